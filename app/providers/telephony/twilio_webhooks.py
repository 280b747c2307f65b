"""Twilio's voice status callbacks (API 2010-04-01), mapped to call events."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.providers.payload_reader import PayloadReader
from app.providers.telephony.form_body import parse_form
from app.providers.voice.call_webhook_reader import CallStatus, Direction, EndCategory, Peek, ProviderCallEvent, Unreadable

STATUSES: dict[str, CallStatus] = {
    "queued": "ringing",
    "initiated": "ringing",
    "ringing": "ringing",
    "in-progress": "ongoing",
    "completed": "ended",
    "busy": "not_connected",
    "no-answer": "not_connected",
    "canceled": "not_connected",
    "failed": "error",
}
END_CATEGORIES: dict[str, EndCategory] = {
    "completed": "talked",
    "busy": "not_reached",
    "no-answer": "not_reached",
    "canceled": "not_reached",
    "failed": "technical",
}
# Trunking directions are named from the trunk's side: a call from the public network is inbound.
DIRECTIONS: dict[str, Direction] = {
    "inbound": "inbound",
    "trunking-originating": "inbound",
    "outbound-api": "outbound",
    "outbound-dial": "outbound",
    "trunking-terminating": "outbound",
}


class TwilioCallWebhookReader:
    name = "twilio"
    event_names = frozenset(STATUSES)

    def peek(self, raw: bytes) -> Peek:
        form, reader = _parse_fields(raw), PayloadReader()
        sid, sequence = _get_call_sid(form, reader), _get_sequence(form, reader)
        key = f"{sid}:{sequence}" if sequence is not None else f"{sid}:{hashlib.sha256(raw).hexdigest()}"
        return Peek(_get_status(form, reader) or "status", sid, _get_numbers(form, reader)[0], key)

    def read(self, raw: bytes) -> ProviderCallEvent:
        form, reader = _parse_fields(raw), PayloadReader()
        call_status = _get_status(form, reader)
        business, person, direction = _get_numbers(form, reader)
        status = reader.label("CallStatus", form.get("CallStatus"), STATUSES, default=None)
        started_at, ended_at, duration_s = _get_times(form, status, reader)
        sid = _get_call_sid(form, reader)
        return ProviderCallEvent(
            provider=self.name,
            kind="progress",
            name=call_status or "status",
            provider_call_id=sid,
            telephony_id=sid,
            direction=direction,
            caller_raw=person,
            business_raw=business,
            status=status,
            end_category=END_CATEGORIES.get(call_status or ""),
            disconnection_reason=call_status if call_status in END_CATEGORIES else None,
            started_at=started_at,
            ended_at=ended_at,
            duration_s=duration_s,
            sequence=_get_sequence(form, reader),
            recording_url=reader.url("RecordingUrl", form.get("RecordingUrl") or None),
            problems=tuple(reader.problems),
        )


def _parse_fields(raw: bytes) -> dict[str, str]:
    """Parse the fields by name; the first value of a repeated field counts, as in most servers."""
    return dict(reversed(parse_form(raw)))


def _get_call_sid(form: dict[str, str], reader: PayloadReader) -> str:
    sid = reader.line("CallSid", form.get("CallSid"), 200)
    if not sid or len(sid) > 128 or not sid.isascii():
        raise Unreadable("The form is no call status: CallSid is missing or is no id.")
    return sid


def _get_status(form: dict[str, str], reader: PayloadReader) -> str | None:
    call_status = reader.line("CallStatus", form.get("CallStatus"), 64)
    return call_status.lower() if call_status else None


def _get_sequence(form: dict[str, str], reader: PayloadReader) -> int | None:
    return reader.integer("SequenceNumber", form.get("SequenceNumber") or None, high=2**31 - 1)


def _get_numbers(form: dict[str, str], reader: PayloadReader) -> tuple[str | None, str | None, Direction]:
    """Get (business number, caller number, direction)."""
    direction = reader.label("Direction", form.get("Direction"), DIRECTIONS, default=None) or "unknown"
    from_number, to_number = reader.line("From", form.get("From"), 64), reader.line("To", form.get("To"), 64)
    return (from_number, to_number, direction) if direction == "outbound" else (to_number, from_number, direction)


def _get_times(form: dict[str, str], status: str | None, reader: PayloadReader) -> tuple[datetime | None, datetime | None, int | None]:
    """Get (start, end, duration in seconds): callbacks carry their own time, the last one also the duration."""
    at = _parse_timestamp(form.get("Timestamp"), reader)
    if status == "ringing":
        return at, None, None
    if status not in ("ended", "not_connected", "error"):
        return None, None, None
    duration_s = reader.integer("CallDuration", form.get("CallDuration") or None, high=86_400)
    return at - timedelta(seconds=duration_s) if at and duration_s is not None else None, at, duration_s


def _parse_timestamp(text: str | None, reader: PayloadReader) -> datetime | None:
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return reader.add_problem("Timestamp is no time")
    return at if 1970 <= at.year < 2100 else reader.add_problem("Timestamp is out of bounds")
