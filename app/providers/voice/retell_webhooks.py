"""Retell's call events, read with care and in a hurry (API of retell-sdk 6.2)."""

import hashlib
import re
from datetime import datetime
from typing import Any

import msgspec

from app.providers.payload_reader import Reader, mended
from app.providers.voice.base import CallEvent, CallStatus, Direction, Disconnection, EventKind, Peek, Sentiment, Unreadable
from app.providers.voice.retell_transcript import NOTHING, conversation

KINDS: dict[str, EventKind] = {
    "call_started": "started",
    "call_ended": "ended",
    "call_analyzed": "analyzed",
    "transcript_updated": "transcript",
    "transfer_started": "transfer_started",
    "transfer_bridged": "transfer_bridged",
    "transfer_cancelled": "transfer_cancelled",
    "transfer_ended": "transfer_ended",
}
ONCE_PER_CALL = frozenset({"call_started", "call_ended", "call_analyzed"})
SNAPSHOT = "transcript_updated"
RUNNING = frozenset({"call_started", "transcript_updated", "transfer_started", "transfer_bridged", "transfer_cancelled"})
OVER = frozenset({"call_ended", "call_analyzed"})

DISCONNECTIONS: dict[Disconnection, str] = {
    "talked": "user_hangup agent_hangup inactivity max_duration_reached user_requested_dnc user_requested_callback transfer_cancelled"
    " manual_stopped",
    "transfer": "call_transfer transfer_bridged call_take_over",
    "machine": "voicemail_reached ivr_reached",
    "not_reached": "dial_busy dial_failed dial_no_answer user_declined marked_as_spam network_blocked",
    "account": "no_valid_payment credit_exhausted budget_reached concurrency_limit_reached no_concurrency_fallback"
    " telephony_provider_permission_denied",
    "technical": "error_llm_websocket_open error_llm_websocket_lost_connection error_llm_websocket_runtime"
    " error_llm_websocket_corrupt_payload error_no_audio_received error_asr error_retell error_unknown error_user_not_joined"
    " sip_routing_error telephony_provider_unavailable registered_call_timeout invalid_destination",
    "other": "scam_detected",
}
GROUP_OF = {reason: group for group, reasons in DISCONNECTIONS.items() for reason in reasons.split()}
STATUS_OF_GROUP: dict[Disconnection, CallStatus] = {"not_reached": "not_connected", "account": "error", "technical": "error"}
DIRECTIONS: dict[str, Direction] = {"inbound": "inbound", "outbound": "outbound"}
SENTIMENTS: dict[str, Sentiment] = {"positive": "positive", "neutral": "neutral", "negative": "negative", "unknown": "unknown"}
LANGUAGES = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en"}


class Brief(msgspec.Struct, gc=False):
    """The part of `call` that the intake needs."""

    call_id: Any = None
    call_type: Any = None
    direction: Any = None
    from_number: Any = None
    to_number: Any = None
    start_timestamp: Any = None


class Full(Brief):
    agent_id: Any = None
    agent_version: Any = None
    end_timestamp: Any = None
    duration_ms: Any = None
    disconnection_reason: Any = None
    transfer_destination: Any = None
    transcript: Any = None
    transcript_object: msgspec.Raw = NOTHING
    transcript_with_tool_calls: msgspec.Raw = NOTHING
    recording_url: Any = None
    call_analysis: Any = None
    call_cost: Any = None
    metadata: Any = None
    retell_llm_dynamic_variables: Any = None
    collected_dynamic_variables: Any = None
    telephony_identifier: Any = None


class BriefEvent(msgspec.Struct):
    event: Any = None
    call: Brief | None = None
    transfer_destination: Any = None


class FullEvent(msgspec.Struct):
    event: Any = None
    call: Full | None = None
    transfer_destination: Any = None


BRIEF = msgspec.json.Decoder(BriefEvent)
FULL = msgspec.json.Decoder(FullEvent)


class Retell:
    name = "retell"

    def peek(self, raw: bytes) -> Peek:
        body = decoded(raw, BRIEF)
        reader = Reader()
        name = _name(body, reader)
        call_id = _call_id(name, body, reader)
        return Peek(name, call_id, _numbers(body.call, reader)[0] if body.call else None, _dedupe_key(name, call_id, body, raw))

    def read(self, raw: bytes) -> CallEvent:
        body = decoded(raw, FULL)
        reader = Reader()
        return self.event_of(_name(body, reader), body, reader)

    def event_of(self, name: str, body: "FullEvent", reader: Reader) -> CallEvent:
        """The event of this name that a call object tells; functions in mid-call bring one too."""
        call_id = _call_id(name, body, reader)
        call = body.call or Full()
        business, caller, direction = _numbers(call, reader)
        group, reason = _disconnection(call, reader)
        turns, tool_uses = conversation(call.transcript_with_tool_calls, call.transcript_object, call.transcript, reader)
        analysis = reader.mapping("call_analysis", call.call_analysis)
        metadata = reader.mapping("metadata", call.metadata)
        collected = reader.mapping("collected_dynamic_variables", call.collected_dynamic_variables)
        custom = reader.mapping("custom_analysis_data", analysis.get("custom_analysis_data"))
        started_at, ended_at, duration_s = _times(call, reader)
        return CallEvent(
            provider=self.name,
            kind=KINDS.get(name, "unknown"),
            name=name,
            provider_call_id=call_id,
            direction=direction,
            caller_raw=caller,
            business_raw=business,
            agent_ref=reader.line("agent_id", call.agent_id, 128),
            agent_version=reader.whole("agent_version", call.agent_version, high=2**31 - 1),
            telephony_id=reader.line("twilio_call_sid", _inside(call.telephony_identifier, "twilio_call_sid"), 128),
            status=_status(name, group),
            disconnection=group,
            disconnection_reason=reason,
            started_at=started_at,
            ended_at=ended_at,
            duration_s=duration_s,
            turns=turns,
            tool_uses=tool_uses,
            transfer_destination=_destination(body, reader),
            recording_url=reader.web_address("recording_url", call.recording_url),
            language=_language(metadata, call.retell_llm_dynamic_variables, collected, custom),
            summary=reader.text("call_summary", analysis.get("call_summary"), 10_000),
            sentiment=reader.word("user_sentiment", analysis.get("user_sentiment"), SENTIMENTS, otherwise="unknown"),
            successful=reader.flag("call_successful", analysis.get("call_successful")),
            in_voicemail=_in_voicemail(analysis, reason, reader),
            analysis=custom,
            collected=collected,
            metadata=metadata,
            cost_cents=reader.money("combined_cost", _inside(call.call_cost, "combined_cost")),
            problems=tuple(reader.problems),
        )


def decoded(raw: bytes, decoder: msgspec.json.Decoder) -> Any:
    """The needed fields of the body; one that only strict parsers refuse is mended first."""
    try:
        return decoder.decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return decoder.decode(mended(raw))
    except msgspec.ValidationError:
        raise Unreadable("The body is no event: it and its call must be objects.") from None
    except RecursionError:
        raise Unreadable("The body is nested too deeply.") from None
    except ValueError:
        raise Unreadable("The body is no JSON.") from None


def _name(body: BriefEvent | FullEvent, reader: Reader) -> str:
    name = reader.line("event", body.event, 64) if isinstance(body.event, str) else None
    if name is None:
        raise Unreadable("The body is no event: event is missing.")
    return name


def _call_id(name: str, body: BriefEvent | FullEvent, reader: Reader) -> str | None:
    """The call's id; events of ours without one cannot belong anywhere."""
    call_id = body.call.call_id if body.call else None
    found = reader.line("call_id", call_id, 200)
    if found and len(found) <= 128 and found.isascii():
        return found
    if name in KINDS:
        raise Unreadable("The body is no event: call.call_id is missing or is no id.")
    return None


def _dedupe_key(name: str, call_id: str | None, body: BriefEvent, raw: bytes) -> str:
    if name in ONCE_PER_CALL:
        return f"{name}:{call_id}"
    if name in KINDS and name != SNAPSHOT:
        reader = Reader()
        started = reader.line("start_timestamp", body.call.start_timestamp, 32) if body.call else None
        return f"{name}:{call_id}:{started}:{_destination(body, reader)}"
    return f"{name}:{hashlib.sha256(raw).hexdigest()}"


def _numbers(call: Brief, reader: Reader) -> tuple[str | None, str | None, Direction]:
    """(the business's number, the person's, direction)."""
    if call.call_type == "web_call":
        return None, None, "web"
    direction = reader.word("direction", call.direction, DIRECTIONS, otherwise=None) or "unknown"
    from_number, to_number = reader.line("from_number", call.from_number, 64), reader.line("to_number", call.to_number, 64)
    return (from_number, to_number, direction) if direction == "outbound" else (to_number, from_number, direction)


def _disconnection(call: Full, reader: Reader) -> tuple[Disconnection | None, str | None]:
    """(our group, the vendor's reason); the list of reasons grows, so new ones are sorted by their first word."""
    reason = reader.line("disconnection_reason", call.disconnection_reason, 80)
    if reason is None:
        return None, None
    group = GROUP_OF.get(reason)
    if group is None:
        reader.note(f"disconnection_reason is unknown: {reason}")
        group = "technical" if reason.startswith("error_") else "not_reached" if reason.startswith("dial_") else "other"
    return group, reason


def _status(name: str, group: Disconnection | None) -> CallStatus | None:
    if name in OVER:
        return STATUS_OF_GROUP.get(group, "ended") if group else "ended"
    return "ongoing" if name in RUNNING else None


def _times(call: Full, reader: Reader) -> tuple[datetime | None, datetime | None, int | None]:
    """(start, end, duration in seconds); an end before the start is no end."""
    started_at = reader.instant("start_timestamp", call.start_timestamp)
    ended_at = reader.instant("end_timestamp", call.end_timestamp)
    if started_at and ended_at and ended_at < started_at:
        reader.note("end_timestamp is before start_timestamp")
        ended_at = None
    duration_ms = reader.whole("duration_ms", call.duration_ms, high=86_400_000)
    if duration_ms is not None:
        return started_at, ended_at, round(duration_ms / 1000)
    return started_at, ended_at, round((ended_at - started_at).total_seconds()) if started_at and ended_at else None


def _destination(body: BriefEvent | FullEvent, reader: Reader) -> str | None:
    beside = body.transfer_destination
    within = getattr(body.call, "transfer_destination", None)
    number = _inside(beside, "number") if isinstance(beside, dict) else beside
    return reader.line("transfer_destination", number or (_inside(within, "number") if isinstance(within, dict) else within), 128)


def _in_voicemail(analysis: dict[str, Any], reason: str | None, reader: Reader) -> bool | None:
    return True if reason == "voicemail_reached" else reader.flag("in_voicemail", analysis.get("in_voicemail"))


def _language(*places: Any) -> str | None:
    """The call's language where somebody wrote it down: `de-DE` and `Deutsch` are de."""
    for place in places:
        for key in ("language", "sprache"):
            told = _inside(place, key)
            if isinstance(told, str) and told:
                code = re.match(r"([a-z]{2})(?:[-_]|$)", told.strip().lower())
                return code[1] if code else LANGUAGES.get(told.strip().lower())
    return None


def _inside(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
