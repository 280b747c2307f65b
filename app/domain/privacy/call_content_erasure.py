"""Erases a caller's words from all stored data of a call; bookings and tasks stay without them.

Each table that can hold words of a call has an eraser in ERASERS; a test fills all tables with marked words and finds
a missing one.
"""

import re
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, or_, select, update

from app.core.extensions import db
from app.core.payload_compression import StoredPayloadUnreadable, compress_body, decompress_body
from app.core.phone import display
from app.models import Call, CallSearchText, Customer, LiveEvent, StaffTask, ToolCall, TruthCheck, Turn, UnmetDemand, WebhookEvent

# fields of a webhook that hold no words of the call
RETAINED_FIELDS = (
    "call_id", "call_type", "call_status", "agent_id", "agent_version", "from_number", "to_number", "direction", "start_timestamp",
    "end_timestamp", "duration_ms", "disconnection_reason", "transfer_destination", "call_cost", "telephony_identifier",
)  # fmt: skip
RETAINED_METADATA = ("reference", "branch", "language", "line_check")
# a result with one of these changed data; it stays while the call runs, since a repeated tool call gets it again
EFFECT_KEYS = ("booking_id", "hold", "task_id", "waitlist_id", "notification_id")
PHONE = re.compile(r"\+?[\d ()/-]{6,}")
EMPTY_BODY = b"{}"
CLOCK_TOLERANCE = timedelta(minutes=10)


def erase_words(call: Call, *, handled: Collection[int] = ()) -> None:
    """Erase the caller's words; idempotent. Must run in the call's company and a transaction. `handled` are webhooks in process."""
    db.session.flush()
    for place in ERASERS:
        place(call)
    _erase_webhooks(call, handled)
    db.session.flush()


def _erase_summary(call: Call) -> None:
    call.summary = call.analysis = call.sentiment = None


def _erase_turns(call: Call) -> None:
    db.session.execute(delete(Turn).where(Turn.call_id == call.id))


def _erase_search(call: Call) -> None:
    db.session.execute(delete(CallSearchText).where(CallSearchText.call_id == call.id))


def _erase_tools(call: Call) -> None:
    """Erase arguments and results; name and success stay."""
    statement = select(ToolCall.id, ToolCall.result, ToolCall.ok).where(ToolCall.call_id == call.id, ToolCall.result.is_not(None))
    gone = [row.id for row in db.session.execute(statement) if not (call.is_running and row.ok and _has_changed(row.result))]
    _execute_update(update(ToolCall).where(ToolCall.call_id == call.id), arguments=None)
    if gone:
        _execute_update(update(ToolCall).where(ToolCall.id.in_(gone)), result=None)


def _has_changed(result: Any) -> bool:
    data = result.get("data") if isinstance(result, dict) else None
    return isinstance(data, dict) and any(data.get(name) for name in EFFECT_KEYS)


def _erase_unmet_demands(call: Call) -> None:
    _execute_update(update(UnmetDemand).where(UnmetDemand.call_id == call.id), requested_text=None)


def _erase_truth_check(call: Call) -> None:
    checks = update(TruthCheck).where(TruthCheck.call_id == call.id)
    _execute_update(checks, findings=[], verdict="not_checked", reason="declined")


def _erase_tasks(call: Call) -> None:
    """Reduce tasks to the callback number; the reason is erased."""
    for task in db.session.scalars(select(StaffTask).where(StaffTask.call_id == call.id, StaffTask.kind != "emergency")):
        number = next((line for line in (task.details or "").splitlines() if PHONE.fullmatch(line)), None)
        number = number or (display(call.from_number) if call.from_number and call.caller_kind == "number" else None)
        customer_name = db.session.scalar(select(Customer.name).where(Customer.id == task.customer_id)) if task.customer_id else None
        if task.kind == "message":
            task.kind = "callback"
        head, colon, _who = task.title.partition(": ")
        task.title = f"{head if colon else 'Rückruf'}: {customer_name or number or '–'}"[:200]
        task.details = number


def _erase_live_events(call: Call) -> None:
    """Redact live events; the sequence stays without gaps."""
    events = select(LiveEvent).where(LiveEvent.call_id == call.id, LiveEvent.occurred_at >= call.created_at - CLOCK_TOLERANCE)
    titles = dict(db.session.execute(select(StaffTask.id, StaffTask.title).where(StaffTask.call_id == call.id)).all())
    for event in db.session.scalars(events):
        event.data = redact_live_event(event.name, event.data, titles)


def redact_live_event(name: str, data: dict[str, Any], titles: dict[str, str] | None = None) -> dict[str, Any]:
    """Redact a live event's data."""
    if name.startswith("message."):
        return data | {"text": None}
    if name == "tool.started":
        return data | {"arguments": None}
    if name.startswith("call."):
        tool = data.get("tool")
        return data | {
            "summary": None, "sentiment": None, "last_turns": [], "keeps_words": False, "tool": tool and tool | {"arguments": None},
        }  # fmt: skip
    if name.startswith("task.") and titles and data.get("id") in titles:
        return data | {"title": titles[data["id"]]}
    return data


ERASERS: tuple[Callable[[Call], None], ...] = (
    _erase_summary, _erase_turns, _erase_search, _erase_tools, _erase_unmet_demands, _erase_truth_check, _erase_tasks, _erase_live_events,
)  # fmt: skip


def _erase_webhooks(call: Call, handled: Collection[int]) -> None:
    """Redact webhook bodies; their keys stay, so that duplicates are still recognized.

    Pending events are left alone; their processing calls this again.
    """
    same_way = WebhookEvent.connection_id == call.connection_id if call.connection_id else WebhookEvent.connection_id.is_(None)
    done = or_(WebhookEvent.status != "pending", WebhookEvent.id.in_(list(handled)))
    statement = select(WebhookEvent).where(WebhookEvent.provider_call_id == call.provider_call_id, WebhookEvent.provider == call.provider)
    for event in db.session.scalars(statement.where(same_way, done)):
        redacted = _redact_body(event.body)
        event.body, event.size = compress_body(redacted), len(redacted)
        # an error message may quote content
        event.reason = event.reason.partition(":")[0][:200] if event.reason else None


def _redact_body(sealed: bytes) -> bytes:
    try:
        return redact_webhook(decompress_body(sealed))
    except StoredPayloadUnreadable:
        return EMPTY_BODY


def redact_webhook(raw: bytes) -> bytes:
    """Redact a webhook; it can still be parsed and replayed with the same outcome."""
    try:
        body = orjson.loads(raw)
        call = body["call"]
        facts = {name: call[name] for name in RETAINED_FIELDS if name in call}
    except (ValueError, TypeError, KeyError):
        return EMPTY_BODY
    metadata, analysis = call.get("metadata"), call.get("call_analysis")
    if isinstance(metadata, dict):
        facts["metadata"] = {name: metadata[name] for name in RETAINED_METADATA if name in metadata}
    if isinstance(analysis, dict) and isinstance(analysis.get("in_voicemail"), bool):
        facts["call_analysis"] = {"in_voicemail": analysis["in_voicemail"]}
    beside = {"transfer_destination": body["transfer_destination"]} if "transfer_destination" in body else {}
    return orjson.dumps({"event": body.get("event"), "call": facts, **beside})


def _execute_update(statement: Any, **values: Any) -> None:
    db.session.execute(statement.values(**values).execution_options(synchronize_session=False))
