"""Cal.com's booking webhooks (version 2021-10-20), mapped to calendar events; they carry no event id and no sending time."""

import hashlib
from typing import Any

from app.providers.calendar.base import CalendarEventKind, CalendarWebhookEvent
from app.providers.calendar.calcom_mapping import parse_timestamp, parse_webhook_booking
from app.providers.payload_reader import PayloadReader, decode_json
from app.providers.webhook_reader import Peek, Unreadable

KINDS: dict[str, CalendarEventKind] = {
    "BOOKING_CREATED": "made",
    "BOOKING_REQUESTED": "requested",
    "BOOKING_RESCHEDULED": "moved",
    "BOOKING_CANCELLED": "cancelled",
    "BOOKING_REJECTED": "rejected",
    "BOOKING_NO_SHOW_UPDATED": "no_show",
}


class CalcomWebhookReader:
    name = "calcom"
    event_names = frozenset(KINDS)

    def peek(self, raw: bytes) -> Peek:
        event, payload, document = _parse_document(raw)
        reader = PayloadReader()
        uid = reader.line("uid", payload.get("uid") or payload.get("bookingUid"), 128)
        created = reader.line("createdAt", document.get("createdAt"), 40)
        chain = reader.line("iCalUID", payload.get("iCalUID"), 128) or uid
        return Peek(event, chain, None, f"{event}\n{uid}\n{created}" if uid and created else hashlib.sha256(raw).hexdigest())

    def read(self, raw: bytes) -> CalendarWebhookEvent:
        event, payload, document = _parse_document(raw)
        reader = PayloadReader()
        booking = parse_webhook_booking(reader, payload)
        kind = KINDS.get(event, "unknown")
        if kind == "no_show" and not _is_no_show(payload):
            kind = "unknown"
        return CalendarWebhookEvent(
            provider=self.name,
            kind=kind,
            name=event,
            booking=booking,
            happened_at=parse_timestamp(reader, "createdAt", document.get("createdAt")),
            sequence=reader.integer("iCalSequence", payload.get("iCalSequence"), high=1_000_000),
            problems=tuple(reader.problems),
        )


def _parse_document(raw: bytes) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Parse (event name, payload, document); some events are flat and have no separate payload."""
    document = decode_json(raw)
    if not isinstance(document, dict):
        raise Unreadable("The body is no JSON object.")
    event = document.get("triggerEvent")
    if not isinstance(event, str) or not event.strip():
        raise Unreadable("The body names no triggerEvent.")
    payload = document.get("payload", document)
    return PayloadReader().line("triggerEvent", event, 64) or "unknown", payload if isinstance(payload, dict) else {}, document


def _is_no_show(payload: dict[str, Any]) -> bool:
    """Whether all attendees are marked absent; the same event name also withdraws the mark."""
    attendees = payload.get("attendees")
    marks = [each.get("noShow") for each in attendees if isinstance(each, dict)] if isinstance(attendees, list) else []
    return bool(marks) and all(mark is True for mark in marks)
