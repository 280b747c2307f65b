"""The words of a call as the search finds them: folded alike on both databases, each once, with its numbers as people write them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import phonenumbers
from sqlalchemy import and_, insert, select, update

from app.core import phone
from app.core.extensions import db
from app.core.search_words import split_words
from app.models import Call, CallSearchText

MAX_WORDS = 20_000
NUMBER_FORMATS = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def update_search_texts(call_texts: Iterable[tuple[Call, Iterable[str], str | None]]) -> None:
    """Index calls of one company or of all, each with its turns and the caller's name.

    To be called when they ended and when they were analysed; again changes nothing.
    """
    texts, companies = {}, {}
    for call, turns, name in call_texts:
        texts[call.id], companies[call.id] = build_search_text(call, turns, name), call.company_id
    rows = select(CallSearchText.call_id, CallSearchText.id).join(
        Call, and_(Call.company_id == CallSearchText.company_id, Call.id == CallSearchText.call_id)
    )
    stored = {row[0]: row[1] for row in db.session.execute(rows.where(Call.id.in_(texts)))}
    new = [{"company_id": companies[key], "call_id": key, "text": text} for key, text in texts.items() if key not in stored]
    if new:
        db.session.execute(insert(CallSearchText), new)
    changed = [{"id": stored[key], "text": text} for key, text in texts.items() if key in stored]
    if changed:
        db.session.execute(update(CallSearchText), changed)


def build_search_text(call: Any, turns: Iterable[str], name: str | None) -> str:
    """All words of the call in the form that is searched: each once, a blank before each, so that ` word` is where one begins.

    `call` has from_number, to_number, provider_call_id and summary.
    """
    numbers = (format_number_variants(call.from_number), format_number_variants(call.to_number))
    parts = [name or "", call.summary or "", call.provider_call_id or "", *numbers, *turns]
    return "".join(f" {word}" for word in list(dict.fromkeys(split_words(" ".join(parts))))[:MAX_WORDS])


@lru_cache(maxsize=4096)
def format_number_variants(number: str | None) -> str:
    """A number as it is dialled at home and from abroad, in one piece and in groups."""
    e164 = phone.normalise(number, source="e164").e164 if number else None
    if e164 is None:
        return number or ""
    parsed = phonenumbers.parse(e164)
    shown = [phonenumbers.format_number(parsed, form) for form in NUMBER_FORMATS]
    return " ".join([*shown, *(re.sub(r"\D", "", form) for form in shown)])
