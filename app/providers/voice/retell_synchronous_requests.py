"""Retell's two synchronous requests: an inbound call, and a mid-call function (retell-sdk 6.2)."""

from dataclasses import replace
from typing import Any

import msgspec

from app.providers.payload_reader import PayloadReader
from app.providers.voice.call_webhook_reader import FunctionRequest, InboundRequest, TranscriptToolCall, Unreadable
from app.providers.voice.retell_webhooks import CallBody, EventBody, RetellCallWebhookReader, decode

# During a function the call is running: its call object is parsed like a transcript snapshot.
SNAPSHOT_EVENT = "transcript_updated"


class FunctionBody(msgspec.Struct):
    name: Any = None
    args: Any = None
    call: CallBody | None = None


class InboundBody(msgspec.Struct):
    event: Any = None
    call_inbound: Any = None


FUNCTION_DECODER = msgspec.json.Decoder(FunctionBody)
INBOUND_DECODER = msgspec.json.Decoder(InboundBody)


def parse_function(raw: bytes) -> FunctionRequest:
    """Parse `{name, args, call}`. Raises Unreadable, nothing else."""
    body = decode(raw, FUNCTION_DECODER)
    reader = PayloadReader()
    name = reader.line("name", body.name, 64)
    if name is None:
        raise Unreadable("The body asks for no function: name is missing.")
    arguments = _parse_arguments(body.args)
    given = reader.mapping("args", arguments) if isinstance(arguments, dict) else {}
    event = RetellCallWebhookReader().to_event(SNAPSHOT_EVENT, EventBody(SNAPSHOT_EVENT, body.call), reader)
    running = _find_running_use(event.tool_uses, name, given)
    # The other tool uses arrive with the call's events.
    event = replace(event, tool_uses=())
    if running is None:
        return FunctionRequest(name, given, event, None, len(event.turns or ()) - 1)
    return FunctionRequest(name, given, event, running.tool_call_id, running.position)


def parse_inbound(raw: bytes) -> InboundRequest:
    """Parse `{event: call_inbound, call_inbound: {…}}`. Raises Unreadable, nothing else."""
    body = decode(raw, INBOUND_DECODER)
    call = body.call_inbound
    if body.event != "call_inbound" or not isinstance(call, dict):
        raise Unreadable("The body is no call_inbound.")
    reader = PayloadReader()
    return InboundRequest(
        caller_raw=reader.line("from_number", call.get("from_number"), 64),
        business_raw=reader.line("to_number", call.get("to_number"), 64),
        provider_call_id=reader.line("call_id", call.get("call_id"), 128),
        agent_ref=reader.line("agent_id", call.get("agent_id"), 128),
    )


def _find_running_use(uses: tuple[TranscriptToolCall, ...], name: str, arguments: dict[str, Any]) -> TranscriptToolCall | None:
    """Find the last running use of this function; ids that we generated in place of the vendor's do not count."""
    running = [use for use in uses if not use.finished and use.name == name and not use.tool_call_id.startswith("tool-")]
    same = [use for use in running if (use.arguments or {}) == arguments]
    return next(reversed(same), next(reversed(running), None))


def _parse_arguments(value: Any) -> Any:
    """Parse arguments, which may arrive as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (ValueError, RecursionError):
        return None
