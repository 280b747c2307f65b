"""What our own answers named: prices in the words and the data that a tool gave the agent."""

import re
from typing import Any

from app.domain.claims.prices import PRICE
from app.domain.language.vocabulary import fold, replace_number_words

CENTS = re.compile(r'"(?:price|fee|total)_cents": ?(\d{1,7})')


def find_quoted_prices(answer: str) -> set[int]:
    """Prices in cents in an answer, be it a sentence or the whole of it as JSON."""
    named = {int(found[1]) * 100 + int(found[2] or found[3] or 0) for found in PRICE.finditer(replace_number_words(fold(answer[:20_000])))}
    return named | {int(found[1]) for found in CENTS.finditer(answer)}


def find_rejection_code(result: Any) -> str | None:
    """The code of an answer that says no."""
    if isinstance(result, dict) and result.get("ok") is False:
        return str(result.get("code") or "refused")
    return None
