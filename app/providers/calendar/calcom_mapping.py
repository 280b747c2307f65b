"""Cal.com's bookings and webhooks, read into our own words whatever is missing or odd in them."""

from datetime import UTC, datetime
from typing import Any

from app.providers.calendar.base import Contact, RemoteBooking, RemoteStatus
from app.providers.payload_reader import Reader

STATUSES: dict[str, RemoteStatus] = {
    "accepted": "confirmed",
    "pending": "pending",
    "awaiting_host": "pending",
    "cancelled": "cancelled",
    "rejected": "rejected",
}
# Cal.com makes one up where a booking has only a phone number
PLACEHOLDER_MAIL = "@sms.cal.com"
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def api_booking(reader: Reader, data: Any) -> RemoteBooking | None:
    """A booking of the API (2024-08-13 and later); None and a note for what is none."""
    found = reader.mapping("booking", data)
    uid = reader.line("uid", found.get("uid"), 128)
    if uid is None:
        return None
    event_type = reader.mapping("eventType", found.get("eventType"))
    attendees, hosts = _objects(reader, "attendees", found.get("attendees")), _objects(reader, "hosts", found.get("hosts"))
    return RemoteBooking(
        uid=uid,
        status=reader.word("status", found.get("status"), STATUSES, otherwise="unknown") or "unknown",
        starts_at=instant(reader, "start", found.get("start")),
        ends_at=instant(reader, "end", found.get("end")),
        event_type=reader.line("eventTypeId", event_type.get("id") or found.get("eventTypeId"), 64),
        hosts=_names_of(reader, hosts),
        contact=_contact(reader, attendees[0]) if attendees else None,
        notes=_notes(reader, found.get("description"), found.get("bookingFieldsResponses")),
        ref=_ref(reader, found.get("metadata")),
        series_uid=reader.line("icsUid", found.get("icsUid"), 128),
        moved_from=reader.line("rescheduledFromUid", found.get("rescheduledFromUid"), 128),
        moved_to=reader.line("rescheduledToUid", found.get("rescheduledToUid"), 128),
        why=reader.line("reason", found.get("cancellationReason") or found.get("reschedulingReason"), 250),
        changed_at=instant(reader, "updatedAt", found.get("updatedAt") or found.get("createdAt")),
    )


def webhook_booking(reader: Reader, found: dict[str, Any]) -> RemoteBooking | None:
    """The booking that a webhook's payload is about; after a move it is the new one, and `moved_from` names the old."""
    uid = reader.line("uid", found.get("uid") or found.get("bookingUid"), 128)
    if uid is None:
        return None
    attendees = _objects(reader, "attendees", found.get("attendees"))
    organizer = reader.mapping("organizer", found.get("organizer"))
    return RemoteBooking(
        uid=uid,
        status=reader.word("status", found.get("status"), STATUSES, otherwise="unknown") or "unknown",
        starts_at=instant(reader, "startTime", found.get("startTime")),
        ends_at=instant(reader, "endTime", found.get("endTime")),
        event_type=reader.line("eventTypeId", found.get("eventTypeId"), 64),
        hosts=_names_of(reader, [organizer]),
        contact=_contact(reader, attendees[0], reader.mapping("responses", found.get("responses"))) if attendees else None,
        notes=reader.text("additionalNotes", found.get("additionalNotes"), 4000),
        ref=_ref(reader, found.get("metadata")),
        series_uid=reader.line("iCalUID", found.get("iCalUID"), 128),
        moved_from=reader.line("rescheduleUid", found.get("rescheduleUid"), 128),
        why=reader.line("reason", found.get("cancellationReason") or found.get("rejectionReason"), 250),
    )


def instant(reader: Reader, name: str, value: Any) -> datetime | None:
    """ISO 8601 with Z or an offset; a time without a zone is Cal.com's UTC."""
    text = reader.line(name, value, 40)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return reader.note(f"{name} is no time")
    return moment if EARLIEST <= moment < LATEST else reader.note(f"{name} is out of bounds")


def iso(moment: datetime) -> str:
    """What Cal.com takes: UTC with milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ref(reader: Reader, metadata: Any) -> str | None:
    return reader.line("metadata.ref", reader.mapping("metadata", metadata).get("ref"), 64)


def _names_of(reader: Reader, hosts: list[dict[str, Any]]) -> tuple[str, ...]:
    names = [reader.line("host", host.get(key), 190) for host in hosts[:20] for key in ("email", "username", "id")]
    return tuple(dict.fromkeys(name.lower() for name in names if name))


def _contact(reader: Reader, attendee: dict[str, Any], responses: dict[str, Any] | None = None) -> Contact:
    """The first attendee; a made-up address is no way to reach anybody."""
    email = reader.line("email", attendee.get("displayEmail") or attendee.get("email"), 190)
    language = attendee.get("language")
    if isinstance(language, dict):
        language = language.get("locale")
    phone = attendee.get("phoneNumber") or _response(responses or {}, "attendeePhoneNumber", "phone", "smsReminderNumber")
    return Contact(
        name=reader.line("name", attendee.get("name"), 160) or "",
        email=None if email is None or email.lower().endswith(PLACEHOLDER_MAIL) else email.lower(),
        phone=reader.line("phoneNumber", phone, 32),
        zone=reader.line("timeZone", attendee.get("timeZone"), 64) or "Europe/Berlin",
        language=(reader.line("language", language, 8) or "de")[:2].lower(),
    )


def _response(responses: dict[str, Any], *slugs: str) -> Any:
    """A booking field's answer: {"slug": {"label", "value"}}."""
    fields = (responses.get(slug) for slug in slugs)
    return next((field["value"] for field in fields if isinstance(field, dict) and isinstance(field.get("value"), str)), None)


def _notes(reader: Reader, description: Any, responses: Any) -> str | None:
    said = reader.mapping("bookingFieldsResponses", responses).get("notes")
    return reader.text("notes", said if isinstance(said, str) else description, 4000)


def _objects(reader: Reader, name: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        return reader.note(f"{name} is no list") or []
    return [reader.mapping(name, each) for each in value[:100] if isinstance(each, dict)]
