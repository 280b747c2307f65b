"""Cal.com's booking webhooks (version 2021-10-20), read into our own words; they carry no id and no time of sending."""

import hashlib
from typing import Any

import orjson

from app.providers.calendar.base import CalendarEvent, EventKind
from app.providers.calendar.calcom_mapping import instant, webhook_booking
from app.providers.payload_reader import Reader, mended
from app.providers.webhook_reader import Peek, Unreadable

KINDS: dict[str, EventKind] = {
    "BOOKING_CREATED": "made",
    "BOOKING_REQUESTED": "requested",
    "BOOKING_RESCHEDULED": "moved",
    "BOOKING_CANCELLED": "cancelled",
    "BOOKING_REJECTED": "rejected",
    "BOOKING_NO_SHOW_UPDATED": "no_show",
}


class CalcomEvents:
    name = "calcom"

    def peek(self, raw: bytes) -> Peek:
        event, payload, document = _document(raw)
        reader = Reader()
        uid = reader.line("uid", payload.get("uid") or payload.get("bookingUid"), 128)
        created = reader.line("createdAt", document.get("createdAt"), 40)
        chain = reader.line("iCalUID", payload.get("iCalUID"), 128) or uid
        return Peek(event, chain, None, f"{event}\n{uid}\n{created}" if uid and created else hashlib.sha256(raw).hexdigest())

    def read(self, raw: bytes) -> CalendarEvent:
        event, payload, document = _document(raw)
        reader = Reader()
        booking = webhook_booking(reader, payload)
        kind = KINDS.get(event, "unknown")
        if kind == "no_show" and not _nobody_came(payload):
            kind = "unknown"
        return CalendarEvent(
            provider=self.name,
            kind=kind,
            name=event,
            booking=booking,
            happened_at=instant(reader, "createdAt", document.get("createdAt")),
            sequence=reader.whole("iCalSequence", payload.get("iCalSequence"), high=1_000_000),
            problems=tuple(reader.problems),
        )


def _document(raw: bytes) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The event's name, what it is about (some events are flat) and the whole."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        document = _lenient(raw)
    if not isinstance(document, dict):
        raise Unreadable("The body is no JSON object.")
    event = document.get("triggerEvent")
    if not isinstance(event, str) or not event.strip():
        raise Unreadable("The body names no triggerEvent.")
    payload = document.get("payload", document)
    return Reader().line("triggerEvent", event, 64) or "unknown", payload if isinstance(payload, dict) else {}, document


def _lenient(raw: bytes) -> Any:
    try:
        return orjson.loads(mended(raw))
    except (ValueError, RecursionError):
        raise Unreadable("The body is no JSON.") from None


def _nobody_came(payload: dict[str, Any]) -> bool:
    """Whether the attendees are marked absent; the same event takes the mark back."""
    attendees = payload.get("attendees")
    marks = [each.get("noShow") for each in attendees if isinstance(each, dict)] if isinstance(attendees, list) else []
    return bool(marks) and all(mark is True for mark in marks)
