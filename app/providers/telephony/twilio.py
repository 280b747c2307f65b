"""Twilio's voice status callbacks (API 2010-04-01), as the same call events that voice providers send."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.providers.payload_reader import Reader
from app.providers.telephony.base import form_items
from app.providers.voice.base import CallEvent, CallStatus, Direction, Disconnection, Peek, Unreadable

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
DISCONNECTIONS: dict[str, Disconnection] = {
    "completed": "talked",
    "busy": "not_reached",
    "no-answer": "not_reached",
    "canceled": "not_reached",
    "failed": "technical",
}
# Trunking is named from the trunk's side: what originates at the public network rings here.
DIRECTIONS: dict[str, Direction] = {
    "inbound": "inbound",
    "trunking-originating": "inbound",
    "outbound-api": "outbound",
    "outbound-dial": "outbound",
    "trunking-terminating": "outbound",
}


class Twilio:
    name = "twilio"

    def peek(self, raw: bytes) -> Peek:
        form, reader = _form(raw), Reader()
        sid, sequence = _call_sid(form, reader), _sequence(form, reader)
        key = f"{sid}:{sequence}" if sequence is not None else f"{sid}:{hashlib.sha256(raw).hexdigest()}"
        return Peek(_status_word(form, reader) or "status", sid, _numbers(form, reader)[0], key)

    def read(self, raw: bytes) -> CallEvent:
        form, reader = _form(raw), Reader()
        word = _status_word(form, reader)
        business, person, direction = _numbers(form, reader)
        status = reader.word("CallStatus", form.get("CallStatus"), STATUSES, otherwise=None)
        started_at, ended_at, duration_s = _times(form, status, reader)
        sid = _call_sid(form, reader)
        return CallEvent(
            provider=self.name,
            kind="progress",
            name=word or "status",
            provider_call_id=sid,
            telephony_id=sid,
            direction=direction,
            caller_raw=person,
            business_raw=business,
            status=status,
            disconnection=DISCONNECTIONS.get(word or ""),
            disconnection_reason=word if word in DISCONNECTIONS else None,
            started_at=started_at,
            ended_at=ended_at,
            duration_s=duration_s,
            sequence=_sequence(form, reader),
            recording_url=reader.web_address("RecordingUrl", form.get("RecordingUrl") or None),
            problems=tuple(reader.problems),
        )


def _form(raw: bytes) -> dict[str, str]:
    """The fields by name; of a repeated one the first counts, as in most servers."""
    return dict(reversed(form_items(raw)))


def _call_sid(form: dict[str, str], reader: Reader) -> str:
    sid = reader.line("CallSid", form.get("CallSid"), 200)
    if not sid or len(sid) > 128 or not sid.isascii():
        raise Unreadable("The form is no call status: CallSid is missing or is no id.")
    return sid


def _status_word(form: dict[str, str], reader: Reader) -> str | None:
    word = reader.line("CallStatus", form.get("CallStatus"), 64)
    return word.lower() if word else None


def _sequence(form: dict[str, str], reader: Reader) -> int | None:
    return reader.whole("SequenceNumber", form.get("SequenceNumber") or None, high=2**31 - 1)


def _numbers(form: dict[str, str], reader: Reader) -> tuple[str | None, str | None, Direction]:
    """(the business's number, the person's, direction)."""
    direction = reader.word("Direction", form.get("Direction"), DIRECTIONS, otherwise=None) or "unknown"
    from_number, to_number = reader.line("From", form.get("From"), 64), reader.line("To", form.get("To"), 64)
    return (from_number, to_number, direction) if direction == "outbound" else (to_number, from_number, direction)


def _times(form: dict[str, str], status: str | None, reader: Reader) -> tuple[datetime | None, datetime | None, int | None]:
    """(start, end, duration in seconds): the callback says when it happened, and the last one how long the call was."""
    at = _timestamp(form.get("Timestamp"), reader)
    if status == "ringing":
        return at, None, None
    if status not in ("ended", "not_connected", "error"):
        return None, None, None
    duration_s = reader.whole("CallDuration", form.get("CallDuration") or None, high=86_400)
    return at - timedelta(seconds=duration_s) if at and duration_s is not None else None, at, duration_s


def _timestamp(text: str | None, reader: Reader) -> datetime | None:
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return reader.note("Timestamp is no time")
    return at if 1970 <= at.year < 2100 else reader.note("Timestamp is out of bounds")
