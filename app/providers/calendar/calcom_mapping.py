"""Maps Cal.com's bookings and webhooks to our values; missing or invalid fields become None."""

from datetime import UTC, datetime
from typing import Any

from app.providers.calendar.base import AttendeeContact, RemoteBooking, RemoteStatus
from app.providers.payload_reader import PayloadReader

STATUSES: dict[str, RemoteStatus] = {
    "accepted": "confirmed",
    "pending": "pending",
    "awaiting_host": "pending",
    "cancelled": "cancelled",
    "rejected": "rejected",
}
# Cal.com generates an address where a booking has only a phone number.
PLACEHOLDER_EMAIL_DOMAIN = "@sms.cal.com"
MIN_TIMESTAMP, MAX_TIMESTAMP = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def parse_api_booking(reader: PayloadReader, data: Any) -> RemoteBooking | None:
    """Parse a booking of the API (2024-08-13 and later); None and a problem where it has no uid."""
    found = reader.mapping("booking", data)
    uid = reader.line("uid", found.get("uid"), 128)
    if uid is None:
        return None
    event_type = reader.mapping("eventType", found.get("eventType"))
    attendees, hosts = _list_objects(reader, "attendees", found.get("attendees")), _list_objects(reader, "hosts", found.get("hosts"))
    return RemoteBooking(
        uid=uid,
        status=reader.label("status", found.get("status"), STATUSES, default="unknown") or "unknown",
        starts_at=parse_timestamp(reader, "start", found.get("start")),
        ends_at=parse_timestamp(reader, "end", found.get("end")),
        event_type=reader.line("eventTypeId", event_type.get("id") or found.get("eventTypeId"), 64),
        hosts=_get_host_names(reader, hosts),
        contact=_parse_contact(reader, attendees[0]) if attendees else None,
        notes=_get_notes(reader, found.get("description"), found.get("bookingFieldsResponses")),
        ref=_get_ref(reader, found.get("metadata")),
        series_uid=reader.line("icsUid", found.get("icsUid"), 128),
        moved_from=reader.line("rescheduledFromUid", found.get("rescheduledFromUid"), 128),
        moved_to=reader.line("rescheduledToUid", found.get("rescheduledToUid"), 128),
        reason=reader.line("reason", found.get("cancellationReason") or found.get("reschedulingReason"), 250),
        changed_at=parse_timestamp(reader, "updatedAt", found.get("updatedAt") or found.get("createdAt")),
    )


def parse_webhook_booking(reader: PayloadReader, payload: dict[str, Any]) -> RemoteBooking | None:
    """Parse the booking of a webhook payload; after a move it is the new one, and `moved_from` names the old."""
    uid = reader.line("uid", payload.get("uid") or payload.get("bookingUid"), 128)
    if uid is None:
        return None
    attendees = _list_objects(reader, "attendees", payload.get("attendees"))
    organizer = reader.mapping("organizer", payload.get("organizer"))
    return RemoteBooking(
        uid=uid,
        status=reader.label("status", payload.get("status"), STATUSES, default="unknown") or "unknown",
        starts_at=parse_timestamp(reader, "startTime", payload.get("startTime")),
        ends_at=parse_timestamp(reader, "endTime", payload.get("endTime")),
        event_type=reader.line("eventTypeId", payload.get("eventTypeId"), 64),
        hosts=_get_host_names(reader, [organizer]),
        contact=_parse_contact(reader, attendees[0], reader.mapping("responses", payload.get("responses"))) if attendees else None,
        notes=reader.text("additionalNotes", payload.get("additionalNotes"), 4000),
        ref=_get_ref(reader, payload.get("metadata")),
        series_uid=reader.line("iCalUID", payload.get("iCalUID"), 128),
        moved_from=reader.line("rescheduleUid", payload.get("rescheduleUid"), 128),
        reason=reader.line("reason", payload.get("cancellationReason") or payload.get("rejectionReason"), 250),
    )


def parse_timestamp(reader: PayloadReader, name: str, value: Any) -> datetime | None:
    """Parse ISO 8601 with Z or an offset; a time without an offset is UTC at Cal.com."""
    text = reader.line(name, value, 40)
    if text is None:
        return None
    try:
        timestamp = datetime.fromisoformat(text)
        timestamp = timestamp.astimezone(UTC) if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return reader.add_problem(f"{name} is no time")
    return timestamp if MIN_TIMESTAMP <= timestamp < MAX_TIMESTAMP else reader.add_problem(f"{name} is out of bounds")


def format_timestamp(timestamp: datetime) -> str:
    """Format as Cal.com requires: UTC with milliseconds and Z."""
    return timestamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _get_ref(reader: PayloadReader, metadata: Any) -> str | None:
    return reader.line("metadata.ref", reader.mapping("metadata", metadata).get("ref"), 64)


def _get_host_names(reader: PayloadReader, hosts: list[dict[str, Any]]) -> tuple[str, ...]:
    names = [reader.line("host", host.get(key), 190) for host in hosts[:20] for key in ("email", "username", "id")]
    return tuple(dict.fromkeys(name.lower() for name in names if name))


def _parse_contact(reader: PayloadReader, attendee: dict[str, Any], responses: dict[str, Any] | None = None) -> AttendeeContact:
    """Parse the first attendee; a placeholder address is dropped."""
    email = reader.line("email", attendee.get("displayEmail") or attendee.get("email"), 190)
    language = attendee.get("language")
    if isinstance(language, dict):
        language = language.get("locale")
    phone = attendee.get("phoneNumber") or _find_response(responses or {}, "attendeePhoneNumber", "phone", "smsReminderNumber")
    return AttendeeContact(
        name=reader.line("name", attendee.get("name"), 160) or "",
        email=None if email is None or email.lower().endswith(PLACEHOLDER_EMAIL_DOMAIN) else email.lower(),
        phone=reader.line("phoneNumber", phone, 32),
        timezone=reader.line("timeZone", attendee.get("timeZone"), 64) or "Europe/Berlin",
        language=(reader.line("language", language, 8) or "de")[:2].lower(),
    )


def _find_response(responses: dict[str, Any], *slugs: str) -> Any:
    """Find the value of a booking field: {"slug": {"label", "value"}}."""
    fields = (responses.get(slug) for slug in slugs)
    return next((field["value"] for field in fields if isinstance(field, dict) and isinstance(field.get("value"), str)), None)


def _get_notes(reader: PayloadReader, description: Any, responses: Any) -> str | None:
    answer = reader.mapping("bookingFieldsResponses", responses).get("notes")
    return reader.text("notes", answer if isinstance(answer, str) else description, 4000)


def _list_objects(reader: PayloadReader, name: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        return reader.add_problem(f"{name} is no list") or []
    return [reader.mapping(name, each) for each in value[:100] if isinstance(each, dict)]
