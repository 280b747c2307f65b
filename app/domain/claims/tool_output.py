"""Reads what tool results told the agent: prices, durations, hours, free times, and why something was rejected."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from app.domain.claims.durations import LENGTH, read_minutes
from app.domain.claims.evidence_types import ServiceEvidence, Span
from app.domain.claims.prices import PRICE, read_cents, replace_numbers
from app.domain.language.vocabulary import fold, replace_number_words

CENTS = re.compile(r'"(?:price|fee|total)_cents": ?(\d{1,7})')
EUROS = re.compile(r'"(?:price|fee|total)": ?"?(\d{1,5})(?:[.,](\d\d))?\b')
FEE_CENTS = re.compile(r'"(?:cancellation_)?fee_cents": ?(\d{1,7})')
CANCELLATION = re.compile(r"\b(?:absag\w*|stornier\w*|stornogebuehr\w*|ausfallgebuehr\w*|cancel\w*|no-?show)\b")
FREE = re.compile(r"\b(?:free|kostenlos|kostenfrei|gebuehrenfrei|umsonst|nichts|keine|no (?:fee|charge)|nothing)\b")
MINUTES = re.compile(r'"(?:minutes|duration)": ?"?(\d{1,4})\b')
MAX_TEXT_LENGTH = 20_000


def find_quoted_prices(answer: str) -> set[int]:
    """Find prices in cents in a sentence or a JSON result."""
    answer = answer[:MAX_TEXT_LENGTH]
    named = {read_cents(match) for match in PRICE.finditer(replace_numbers(fold(answer)))}
    in_euros = {int(match[1]) * 100 + int(match[2] or 0) for match in EUROS.finditer(answer)}
    return named | in_euros | {int(match[1]) for match in CENTS.finditer(answer)}


def find_quoted_fees(answer: str) -> set[int]:
    """Find what a cancellation costs in cents, in a sentence or a JSON result; zero where it may cost nothing."""
    answer = answer[:MAX_TEXT_LENGTH]
    fees = {int(match[1]) for match in FEE_CENTS.finditer(answer)}
    plain = replace_numbers(fold(answer))
    if CANCELLATION.search(plain):
        fees |= {read_cents(match) for match in PRICE.finditer(plain)} | ({0} if FREE.search(plain) else set())
    return fees


def find_quoted_minutes(answer: str) -> set[int]:
    """Find durations in minutes in a sentence or a JSON result."""
    answer = answer[:MAX_TEXT_LENGTH]
    named = {read_minutes(match) for match in LENGTH.finditer(replace_number_words(fold(answer)))}
    return named | {int(match[1]) for match in MINUTES.finditer(answer)}


def find_rejection_code(result: Any) -> str | None:
    """Find the code of a rejected result."""
    if isinstance(result, dict) and result.get("ok") is False:
        return str(result.get("code") or "refused")
    return None


def find_free_starts(result: Any) -> list[datetime] | None:
    """Find the free times of a search; None where the result is none."""
    slots = _get_data(result).get("slots")
    if not isinstance(slots, list):
        return None
    return [start for slot in slots if (start := _read_start(slot.get("starts_at") if isinstance(slot, dict) else slot)) is not None]


def find_start(result: Any) -> datetime | None:
    """Find the start of the booking that a result describes."""
    return _read_start(_get_data(result).get("starts_at"))


def find_hours(result: Any) -> tuple[date, tuple[Span, ...]] | None:
    """Find a date and its opening spans."""
    data = _get_data(result)
    with suppress(ValueError, TypeError, AttributeError):
        spans = (
            tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in data["spans"]) if "spans" in data else None
        )
        return (date.fromisoformat(data["date"]), spans) if spans is not None and "date" in data else None
    return None


def find_booking_ids(result: Any) -> set[str]:
    """Find the ids of the bookings that a result shows."""
    data = _get_data(result)
    several = data.get("bookings")
    rows = [data, *(several if isinstance(several, list) else [])]
    return {row["booking_id"] for row in rows if isinstance(row, dict) and isinstance(row.get("booking_id"), str)}


def find_services(result: Any) -> Iterator[ServiceEvidence]:
    """Find services with the prices and durations that a result gives for them by name."""
    data = _get_data(result)
    several = data.get("services")
    for row in [data.get("service"), *(several if isinstance(several, list) else [])]:
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(row, dict) and isinstance(name, str) and name:
            cents = [row.get("price_cents"), *(price * 100 for price in [row.get("price")] if isinstance(price, int | float))]
            minutes = [row.get("minutes"), row.get("duration")]
            yield ServiceEvidence(f"named:{fold(name)}", (name,), _list_positive(cents), _list_positive(minutes))


def _get_data(result: Any) -> dict[str, Any]:
    data = result.get("data") if isinstance(result, dict) else None
    return data if isinstance(data, dict) else {}


def _read_start(value: Any) -> datetime | None:
    with suppress(ValueError, TypeError):
        start = datetime.fromisoformat(value)
        return start if start.tzinfo is not None else None
    return None


def _list_positive(values: list[Any]) -> frozenset[int]:
    return frozenset(round(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool) and value > 0)
