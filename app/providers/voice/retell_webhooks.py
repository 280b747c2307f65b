"""Retell's call events (API of retell-sdk 6.2); only the needed fields are decoded, for speed."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.providers.payload_reader import PayloadReader, decode_json
from app.providers.voice.call_webhook_reader import (
    CallEventKind,
    CallStatus,
    Direction,
    EndCategory,
    Peek,
    ProviderCallEvent,
    Sentiment,
    Unreadable,
)
from app.providers.voice.retell_transcript import JSON_NULL, parse_transcript

KINDS: dict[str, CallEventKind] = {
    "call_started": "started",
    "call_ended": "ended",
    "call_analyzed": "analyzed",
    "transcript_updated": "transcript",
    "transfer_started": "transfer_started",
    "transfer_bridged": "transfer_bridged",
    "transfer_cancelled": "transfer_cancelled",
    "transfer_ended": "transfer_ended",
}
UNIQUE_EVENTS = frozenset({"call_started", "call_ended", "call_analyzed"})
TRANSCRIPT_UPDATED = "transcript_updated"
RUNNING_EVENTS = frozenset({"call_started", "transcript_updated", "transfer_started", "transfer_bridged", "transfer_cancelled"})
ENDED_EVENTS = frozenset({"call_ended", "call_analyzed"})

END_CATEGORIES: dict[EndCategory, str] = {
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
END_CATEGORY_BY_REASON = {reason: group for group, reasons in END_CATEGORIES.items() for reason in reasons.split()}
STATUS_BY_DISCONNECTION: dict[EndCategory, CallStatus] = {"not_reached": "not_connected", "account": "error", "technical": "error"}
DIRECTIONS: dict[str, Direction] = {"inbound": "inbound", "outbound": "outbound"}
SENTIMENTS: dict[str, Sentiment] = {"positive": "positive", "neutral": "neutral", "negative": "negative", "unknown": "unknown"}
LANGUAGES = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en"}


class RetellCallHeader(msgspec.Struct, gc=False):
    """The part of `call` that the receiver needs."""

    call_id: Any = None
    call_type: Any = None
    direction: Any = None
    from_number: Any = None
    to_number: Any = None
    start_timestamp: Any = None


class CallBody(RetellCallHeader):
    agent_id: Any = None
    agent_version: Any = None
    end_timestamp: Any = None
    duration_ms: Any = None
    disconnection_reason: Any = None
    transfer_destination: Any = None
    transcript: Any = None
    transcript_object: msgspec.Raw = JSON_NULL
    transcript_with_tool_calls: msgspec.Raw = JSON_NULL
    recording_url: Any = None
    call_analysis: Any = None
    call_cost: Any = None
    metadata: Any = None
    retell_llm_dynamic_variables: Any = None
    collected_dynamic_variables: Any = None
    telephony_identifier: Any = None


class EventHeader(msgspec.Struct):
    event: Any = None
    call: RetellCallHeader | None = None
    transfer_destination: Any = None


class EventBody(msgspec.Struct):
    event: Any = None
    call: CallBody | None = None
    transfer_destination: Any = None


HEADER_DECODER = msgspec.json.Decoder(EventHeader)
BODY_DECODER = msgspec.json.Decoder(EventBody)


class RetellCallWebhookReader:
    name = "retell"
    event_names = frozenset(KINDS)

    def peek(self, raw: bytes) -> Peek:
        body = decode(raw, HEADER_DECODER)
        reader = PayloadReader()
        name = _get_event_name(body, reader)
        call_id = _get_call_id(name, body, reader)
        return Peek(name, call_id, _get_numbers(body.call, reader)[0] if body.call else None, _build_dedupe_key(name, call_id, body, raw))

    def read(self, raw: bytes) -> ProviderCallEvent:
        body = decode(raw, BODY_DECODER)
        reader = PayloadReader()
        return self.to_event(_get_event_name(body, reader), body, reader)

    def to_event(self, name: str, body: "EventBody", reader: PayloadReader) -> ProviderCallEvent:
        """Build the event of this name from a call object; mid-call functions carry one too."""
        call_id = _get_call_id(name, body, reader)
        call = body.call or CallBody()
        business, caller, direction = _get_numbers(call, reader)
        group, reason = _get_disconnection(call, reader)
        turns, tool_uses = parse_transcript(call.transcript_with_tool_calls, call.transcript_object, call.transcript, reader)
        analysis = reader.mapping("call_analysis", call.call_analysis)
        metadata = reader.mapping("metadata", call.metadata)
        collected = reader.mapping("collected_dynamic_variables", call.collected_dynamic_variables)
        custom = reader.mapping("custom_analysis_data", analysis.get("custom_analysis_data"))
        started_at, ended_at, duration_s = _get_times(call, reader)
        return ProviderCallEvent(
            provider=self.name,
            kind=KINDS.get(name, "unknown"),
            name=name,
            provider_call_id=call_id,
            direction=direction,
            caller_raw=caller,
            business_raw=business,
            agent_ref=reader.line("agent_id", call.agent_id, 128),
            agent_version=reader.integer("agent_version", call.agent_version, high=2**31 - 1),
            telephony_id=reader.line("twilio_call_sid", _get_key(call.telephony_identifier, "twilio_call_sid"), 128),
            status=_get_status(name, group),
            end_category=group,
            disconnection_reason=reason,
            started_at=started_at,
            ended_at=ended_at,
            duration_s=duration_s,
            turns=turns,
            tool_uses=tool_uses,
            transfer_destination=_get_destination(body, reader),
            recording_url=reader.url("recording_url", call.recording_url),
            language=_find_language(metadata, call.retell_llm_dynamic_variables, collected, custom),
            summary=reader.text("call_summary", analysis.get("call_summary"), 10_000),
            sentiment=reader.label("user_sentiment", analysis.get("user_sentiment"), SENTIMENTS, default="unknown"),
            successful=reader.flag("call_successful", analysis.get("call_successful")),
            in_voicemail=_is_voicemail(analysis, reason, reader),
            analysis=custom,
            collected=collected,
            metadata=metadata,
            cost_cents=reader.money("combined_cost", _get_key(call.call_cost, "combined_cost")),
            problems=tuple(reader.problems),
        )


def decode(raw: bytes, decoder: msgspec.json.Decoder) -> Any:
    """Decode the needed fields of the body. Raises Unreadable."""
    try:
        return decode_json(raw, decoder.decode)
    except msgspec.ValidationError:
        raise Unreadable("The body is no event: it and its call must be objects.") from None


def _get_event_name(body: EventHeader | EventBody, reader: PayloadReader) -> str:
    name = reader.line("event", body.event, 64) if isinstance(body.event, str) else None
    if name is None:
        raise Unreadable("The body is no event: event is missing.")
    return name


def _get_call_id(name: str, body: EventHeader | EventBody, reader: PayloadReader) -> str | None:
    """Get the call's id. Raises Unreadable where a known event has none."""
    call_id = body.call.call_id if body.call else None
    parsed = reader.line("call_id", call_id, 200)
    if parsed and len(parsed) <= 128 and parsed.isascii():
        return parsed
    if name in KINDS:
        raise Unreadable("The body is no event: call.call_id is missing or is no id.")
    return None


def _build_dedupe_key(name: str, call_id: str | None, body: EventHeader, raw: bytes) -> str:
    if name in UNIQUE_EVENTS:
        return f"{name}:{call_id}"
    if name in KINDS and name != TRANSCRIPT_UPDATED:
        reader = PayloadReader()
        started = reader.line("start_timestamp", body.call.start_timestamp, 32) if body.call else None
        return f"{name}:{call_id}:{started}:{_get_destination(body, reader)}"
    return f"{name}:{hashlib.sha256(raw).hexdigest()}"


def _get_numbers(call: RetellCallHeader, reader: PayloadReader) -> tuple[str | None, str | None, Direction]:
    """Get (business number, caller number, direction)."""
    if call.call_type == "web_call":
        return None, None, "web"
    direction = reader.label("direction", call.direction, DIRECTIONS, default=None) or "unknown"
    from_number, to_number = reader.line("from_number", call.from_number, 64), reader.line("to_number", call.to_number, 64)
    return (from_number, to_number, direction) if direction == "outbound" else (to_number, from_number, direction)


def _get_disconnection(call: CallBody, reader: PayloadReader) -> tuple[EndCategory | None, str | None]:
    """Get (our category, the vendor's reason); unknown reasons are categorised by their prefix."""
    reason = reader.line("disconnection_reason", call.disconnection_reason, 80)
    if reason is None:
        return None, None
    group = END_CATEGORY_BY_REASON.get(reason)
    if group is None:
        reader.add_problem(f"disconnection_reason is unknown: {reason}")
        group = "technical" if reason.startswith("error_") else "not_reached" if reason.startswith("dial_") else "other"
    return group, reason


def _get_status(name: str, group: EndCategory | None) -> CallStatus | None:
    if name in ENDED_EVENTS:
        return STATUS_BY_DISCONNECTION.get(group, "ended") if group else "ended"
    return "ongoing" if name in RUNNING_EVENTS else None


def _get_times(call: CallBody, reader: PayloadReader) -> tuple[datetime | None, datetime | None, int | None]:
    """Get (start, end, duration in seconds); an end before the start is dropped, a missing start follows from the other two."""
    started_at = reader.timestamp_ms("start_timestamp", call.start_timestamp)
    ended_at = reader.timestamp_ms("end_timestamp", call.end_timestamp)
    if started_at and ended_at and ended_at < started_at:
        reader.add_problem("end_timestamp is before start_timestamp")
        ended_at = None
    duration_ms = reader.integer("duration_ms", call.duration_ms, high=86_400_000)
    if duration_ms is not None:
        if started_at is None and ended_at:
            started_at = ended_at - timedelta(milliseconds=duration_ms)
        return started_at, ended_at, round(duration_ms / 1000)
    return started_at, ended_at, round((ended_at - started_at).total_seconds()) if started_at and ended_at else None


def _get_destination(body: EventHeader | EventBody, reader: PayloadReader) -> str | None:
    of_event = body.transfer_destination
    of_call = getattr(body.call, "transfer_destination", None)
    number = _get_key(of_event, "number") if isinstance(of_event, dict) else of_event
    return reader.line("transfer_destination", number or (_get_key(of_call, "number") if isinstance(of_call, dict) else of_call), 128)


def _is_voicemail(analysis: dict[str, Any], reason: str | None, reader: PayloadReader) -> bool | None:
    return True if reason == "voicemail_reached" else reader.flag("in_voicemail", analysis.get("in_voicemail"))


def _find_language(*sources: Any) -> str | None:
    """Find the call's language in its metadata and variables: `de-DE` and `Deutsch` are de."""
    for source in sources:
        for key in ("language", "sprache"):
            language = _get_key(source, key)
            if isinstance(language, str) and language:
                code = re.match(r"([a-z]{2})(?:[-_]|$)", language.strip().lower())
                return code[1] if code else LANGUAGES.get(language.strip().lower())
    return None


def _get_key(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
