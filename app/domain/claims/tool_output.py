"""Reads prices and rejection codes from tool results."""

import re
from typing import Any

from app.domain.claims.prices import PRICE
from app.domain.language.vocabulary import fold, replace_number_words

CENTS = re.compile(r'"(?:price|fee|total)_cents": ?(\d{1,7})')


def find_quoted_prices(answer: str) -> set[int]:
    """Find prices in cents in a sentence or a JSON result."""
    named = {int(found[1]) * 100 + int(found[2] or found[3] or 0) for found in PRICE.finditer(replace_number_words(fold(answer[:20_000])))}
    return named | {int(found[1]) for found in CENTS.finditer(answer)}


def find_rejection_code(result: Any) -> str | None:
    """Find the code of a rejected result."""
    if isinstance(result, dict) and result.get("ok") is False:
        return str(result.get("code") or "refused")
    return None
