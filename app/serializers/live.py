"""The payloads of live events, in the shapes of docs/live-events.md."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select

from app.core import phone
from app.core.extensions import db
from app.models.agent import Agent
from app.models.branch import Branch
from app.models.call import ACTIVE_STATUSES, Call
from app.models.company import Company
from app.models.customer import Customer
from app.models.task import StaffTask
from app.models.tool_call import ToolCall
from app.models.turn import Turn
from app.serializers.live_booking import get_call_bookings, get_open_holds

MAX_TURNS = 4
MAX_TEXT_LENGTH = 4000
MAX_SUMMARY_LENGTH = 600
MAX_ARGUMENTS_LENGTH = 1000
# The certainty of a caller known by number alone: families share numbers, and numbers can be forged.
CERTAINTY_BY_NUMBER = 80
# What a running call has → its state; the first match counts.
STATES = (("tool", "tool"), ("hold", "held"), ("booking", "booked"))

# Built once, because building a statement costs more than executing it. All joins are outer joins from the rows named by id, so that
# no query plan can start at the other table and read all rows of a company.
IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
CALLS = (
    select(
        Call.id, Call.company_id, Call.provider, Call.provider_call_id, Call.direction, Call.status, Call.outcome, Call.from_number,
        Call.to_number, Call.caller_kind, Call.branch_id, Call.customer_id, Call.started_at, Call.ended_at, Call.duration_s, Call.summary,
        Call.sentiment, Call.analyzed_at, Call.keeps_words, Branch.name.label("branch_name"),
        Customer.name.label("customer_name"), Company.country,
        Agent.name.label("agent_name"), Call.emergency,
    )
    .outerjoin(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))
    .outerjoin(Company, Company.id == Call.company_id)
    .outerjoin(Customer, and_(Customer.company_id == Call.company_id, Customer.id == Call.customer_id))
    .outerjoin(Agent, and_(Agent.company_id == Call.company_id, Agent.id == Call.agent_id))
    .where(Call.id.in_(IDS))
)  # fmt: skip
NEWEST_TURNS = (
    select(Call.id.label("call_id"), Turn.position, Turn.role, Turn.text, Turn.start_s)
    .outerjoin(Turn, and_(Turn.company_id == Call.company_id, Turn.call_id == Call.id, Turn.position >= Call.turn_count - MAX_TURNS))
    .where(Call.id.in_(IDS))
    .order_by(Call.id, Turn.position)
)
RUNNING_TOOLS = (
    select(Call.id.label("call_id"), ToolCall.tool_call_id, ToolCall.name, ToolCall.arguments, ToolCall.created_at)
    .outerjoin(ToolCall, and_(ToolCall.company_id == Call.company_id, ToolCall.call_id == Call.id, ToolCall.finished_at.is_(None)))
    .where(Call.id.in_(IDS))
    .order_by(ToolCall.id)
)
CONSENT_REFUSED_CALLS = select(Call.id).where(Call.id.in_(IDS), Call.keeps_words.is_(False))
TASKS = select(StaffTask.id, StaffTask.kind, StaffTask.title, StaffTask.status, StaffTask.due_at).where(StaffTask.id.in_(IDS))


def build_live_calls(call_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Build the live objects of these calls by id, in the current company scope, with five queries for any number of calls."""
    if not call_ids:
        return {}
    rows = db.session.execute(CALLS, {"ids": list(call_ids)}).all()
    running = [row.id for row in rows if row.status in ACTIVE_STATUSES]
    turns, tools, holds, bookings = (
        _get_last_turns(running),
        _get_running_tools(running),
        get_open_holds(running),
        get_call_bookings(call_ids),
    )
    return {
        row.id: _build_live_call(row, turns[row.id], tool=tools.get(row.id), hold=holds.get(row.id), booking=bookings.get(row.id))
        for row in rows
    }


def find_silent_calls(call_ids: Collection[str]) -> set[str]:
    """Find the calls whose callers refused that their words are kept."""
    return set(db.session.scalars(CONSENT_REFUSED_CALLS, {"ids": list(call_ids)})) if call_ids else set()


def build_live_tasks(task_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Build the live objects of these tasks, by id."""
    if not task_ids:
        return {}
    rows = db.session.execute(TASKS, {"ids": list(task_ids)})
    return {
        row.id: {
            "id": row.id,
            "kind": row.kind,
            "title": truncate(row.title, 200),
            "status": row.status,
            "due_at": row.due_at.isoformat() if row.due_at else None,
        }
        for row in rows
    }


def build_envelope(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Build the envelope of an event; `row` has the columns of live_events."""
    envelope = {"seq": row["seq"], "at": row["occurred_at"].isoformat(), "company": row["company_id"], "data": row["data"]}
    for name in ("branch", "call", "booking"):
        if row[f"{name}_id"]:
            envelope[name] = row[f"{name}_id"]
    return envelope


def build_catch_up_event(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Build an event that is sent again to clients that missed it."""
    return {"event": row["name"], **build_envelope(row)}


def build_live_turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    """Build a turn; `turn` is {index, role, text, start_s}."""
    return {"index": turn["index"], "role": turn["role"], "text": truncate(turn["text"], MAX_TEXT_LENGTH), "start_s": turn.get("start_s")}


def build_tool_started(tool: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Build a running tool; arguments over MAX_ARGUMENTS_LENGTH are left out."""
    arguments = tool.get("arguments")
    small = arguments if arguments is not None and len(json.dumps(arguments, default=str)) <= MAX_ARGUMENTS_LENGTH else None
    return {
        "tool_call_id": tool.get("tool_call_id"),
        "name": truncate(tool["name"], 64),
        "label": None,
        "arguments": small,
        "started_at": at.isoformat(),
    }


def build_tool_finished(tool: Mapping[str, Any]) -> dict[str, Any]:
    """Build a finished tool, without its result, which only the call page shows."""
    return {
        "tool_call_id": tool.get("tool_call_id"),
        "name": truncate(tool["name"], 64),
        "ok": tool.get("ok"),
        "duration_ms": tool.get("duration_ms"),
    }


def truncate(text: str | None, length: int) -> str | None:
    """Truncate to `length` characters and replace characters that UTF-8 cannot encode."""
    if text is None:
        return None
    text = text if len(text) <= length else text[: length - 1] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _build_live_call(
    row: Any,
    turns: list[dict[str, Any]],
    *,
    tool: dict[str, Any] | None,
    hold: dict[str, Any] | None,
    booking: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "id": row.id,
        "provider": row.provider,
        "provider_call_id": row.provider_call_id,
        "direction": row.direction,
        "status": row.status,
        "outcome": row.outcome,
        "from_number": row.from_number,
        "to_number": row.to_number,
        "branch_id": row.branch_id,
        "customer_id": row.customer_id,
        "started_at": row.started_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "duration_s": row.duration_s,
        "summary": truncate(row.summary, MAX_SUMMARY_LENGTH),
        "sentiment": row.sentiment,
        "analyzed": row.analyzed_at is not None,
        "keeps_words": row.keeps_words,
        "booking_id": booking["id"] if booking else None,
        "caller": _build_caller(row),
        "branch": {"id": row.branch_id, "name": row.branch_name},
        "state": get_stage(row.status, tool=tool, hold=hold, booking=booking),
        "emergency": _build_emergency(row.emergency),
        "assistant": row.agent_name,
        "last_turns": turns,
        "tool": tool,
        "hold": hold,
        "booking": booking,
    }


def _build_emergency(emergency: dict[str, Any] | None) -> dict[str, Any] | None:
    """Build the emergency with its kind, level and time, without the caller's words."""
    return {name: emergency.get(name) for name in ("kind", "level", "at")} if emergency else None


def _build_caller(row: Any) -> dict[str, Any]:
    withheld = row.caller_kind == "withheld"
    number = None if withheld else row.from_number
    return {
        "name": row.customer_name,
        "number": number,
        "number_display": phone.display(number, row.country) if number else None,
        "known": row.customer_name is not None,
        "certainty": CERTAINTY_BY_NUMBER if row.customer_name is not None else None,
        "withheld": withheld,
    }


def get_stage(status: str, **has: object) -> str:
    """Get the stage of a call from its status and from what it has (STATES)."""
    if status not in ACTIVE_STATUSES:
        return "ended"
    if status == "ringing":
        return "ringing"
    return next((state for part, state in STATES if has[part]), "talking")


def _get_last_turns(call_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if call_ids:
        for row in db.session.execute(NEWEST_TURNS, {"ids": call_ids}):
            if row.position is None:
                continue
            turns[row.call_id].append(build_live_turn({"index": row.position, "role": row.role, "text": row.text, "start_s": row.start_s}))
    return turns


def _get_running_tools(call_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Get the newest unfinished tool of each call."""
    if not call_ids:
        return {}
    rows = db.session.execute(RUNNING_TOOLS, {"ids": call_ids})
    return {
        row.call_id: build_tool_started({"tool_call_id": row.tool_call_id, "name": row.name, "arguments": row.arguments}, row.created_at)
        for row in rows
        if row.tool_call_id is not None
    }
