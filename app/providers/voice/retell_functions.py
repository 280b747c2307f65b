"""The two questions to which Retell waits for an answer: the phone rings, and the agent wants a function run (retell-sdk 6.2)."""

from dataclasses import replace
from typing import Any

import msgspec

from app.providers.payload_reader import Reader
from app.providers.voice.base import FunctionUse, Ringing, ToolUse, Unreadable
from app.providers.voice.retell_webhooks import Full, FullEvent, Retell, decoded

# a call in which the agent uses a function is running: it is read like a snapshot of its transcript
SNAPSHOT = "transcript_updated"


class Function(msgspec.Struct):
    name: Any = None
    args: Any = None
    call: Full | None = None


class Inbound(msgspec.Struct):
    event: Any = None
    call_inbound: Any = None


FUNCTION = msgspec.json.Decoder(Function)
INBOUND = msgspec.json.Decoder(Inbound)


def read_function(raw: bytes) -> FunctionUse:
    """`{name, args, call}`. Raises Unreadable, nothing else."""
    body = decoded(raw, FUNCTION)
    reader = Reader()
    name = reader.line("name", body.name, 64)
    if name is None:
        raise Unreadable("The body asks for no function: name is missing.")
    arguments = _parsed(body.args)
    given = reader.mapping("args", arguments) if isinstance(arguments, dict) else {}
    event = Retell().event_of(SNAPSHOT, FullEvent(SNAPSHOT, body.call), reader)
    running = _this_use(event.tool_uses, name, given)
    # what the agent uses besides is told by the call's events
    event = replace(event, tool_uses=())
    if running is None:
        return FunctionUse(name, given, event, None, len(event.turns or ()) - 1)
    return FunctionUse(name, given, event, running.tool_call_id, running.position)


def read_inbound(raw: bytes) -> Ringing:
    """`{event: call_inbound, call_inbound: {…}}`. Raises Unreadable, nothing else."""
    body = decoded(raw, INBOUND)
    call = body.call_inbound
    if body.event != "call_inbound" or not isinstance(call, dict):
        raise Unreadable("The body is no call_inbound.")
    reader = Reader()
    return Ringing(
        caller_raw=reader.line("from_number", call.get("from_number"), 64),
        business_raw=reader.line("to_number", call.get("to_number"), 64),
        provider_call_id=reader.line("call_id", call.get("call_id"), 128),
        agent_ref=reader.line("agent_id", call.get("agent_id"), 128),
    )


def _this_use(uses: tuple[ToolUse, ...], name: str, given: dict[str, Any]) -> ToolUse | None:
    """The running use of just this function, the last one; ids made up for want of the vendor's own do not count."""
    running = [use for use in uses if not use.finished and use.name == name and not use.tool_call_id.startswith("tool-")]
    same = [use for use in running if (use.arguments or {}) == given]
    return next(reversed(same), next(reversed(running), None))


def _parsed(value: Any) -> Any:
    """Arguments may come as JSON written as text."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (ValueError, RecursionError):
        return None
