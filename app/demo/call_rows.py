"""Generated calls as rows: calls, turns, tool calls, events, tasks and waitlist entries."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from ulid import ULID

from app.demo.booking_generator import ZONE
from app.demo.call_generator import CENTS_PER_MINUTE, DemoCall
from app.domain.privacy.ai_notice_detection import TimedUtterance
from app.domain.privacy.ai_notice_proof import build_proof

Row = dict[str, Any]
OPEN_TASKS = 3
STAYS_OPEN = timedelta(days=5)
FIRST_HOUR, LAST_HOUR = 9, 18
ENDINGS = {
    "missed": ("not_reached", "dial_no_answer"),
    "voicemail": ("machine", "voicemail_reached"),
    "transferred": ("transfer", "call_transfer"),
    "unknown": ("talked", "agent_hangup"),
}
INTENTS = {
    "booked": "Termin buchen", "rescheduled": "Termin verschieben", "cancelled": "Termin absagen", "callback": "Rückruf",
    "transferred": "Weiterleitung", "waitlist": "Warteliste", "information": "Auskunft",
}  # fmt: skip


@dataclass
class DemoRowIds:
    """The ids of the rows that calls refer to."""

    company_id: str
    agent_id: str
    branches: dict[str, str]
    numbers: dict[str, str]
    customers: dict[str, str]
    services: dict[str, str]
    staff: dict[str, str]


@dataclass
class DemoCallRows:
    """Rows by table; `ids` are the call ids, in the order of the calls."""

    ids: list[str] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    tools: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    waitlist: list[Row] = field(default_factory=list)


def create_ulid(moment: datetime, rng: Random) -> str:
    """Create a ULID with this time."""
    return str(ULID.from_bytes(round(moment.timestamp() * 1000).to_bytes(6, "big") + rng.randbytes(10)))


def build_call_rows(calls: list[DemoCall], ids: DemoRowIds, rng: Random, *, now: datetime) -> DemoCallRows:
    rows = DemoCallRows()
    for call in calls:
        call_id = create_ulid(call.started_at, rng)
        rows.ids.append(call_id)
        own = {"company_id": ids.company_id, "call_id": call_id}
        for position, (role, text, start, end) in enumerate(call.turns):
            rows.turns.append({**own, "position": position, "role": role, "text": text, "start_s": start, "end_s": end})
        rows.notices += _notice(call, own)
        rows.tools += _tools(call, own, rng)
        events = _events(call, ids)
        rows.events += [
            {**own, "seq": seq, "type": kind, "occurred_at": at, "data": data} for seq, (kind, at, data) in enumerate(events, 1)
        ]
        rows.calls.append(_call(call, call_id, ids, rng, events=len(events)))
        if call.outcome == "callback":
            rows.tasks.append(_task(call, call_id, ids, rng))
        if call.outcome == "waitlist" and call.caller.is_customer:
            rows.waitlist.append(_build_waitlist_entry(call, call_id, ids, rng, now))
    _complete_old_tasks(rows.tasks, now, rng)
    return rows


def _call(call: DemoCall, call_id: str, ids: DemoRowIds, rng: Random, *, events: int) -> Row:
    talked = call.outcome != "missed"
    end_category, reason = ENDINGS.get(call.outcome, ("talked", rng.choice(("user_hangup", "user_hangup", "agent_hangup"))))
    return {
        "id": call_id,
        "company_id": ids.company_id,
        "provider": "retell",
        "provider_call_id": f"call_demo_{rng.randbytes(12).hex()}",
        "branch_id": ids.branches[call.branch.slug],
        "phone_number_id": ids.numbers[call.branch.slug],
        "agent_id": ids.agent_id,
        "customer_id": ids.customers.get(call.caller.name) if call.caller.is_customer else None,
        "direction": "inbound",
        "status": "ended" if talked else "not_connected",
        "outcome": "emergency" if call.emergency else call.outcome,
        "emergency": call.emergency,
        "end_category": end_category,
        "disconnection_reason": reason,
        "caller_kind": "number" if call.caller.number else "withheld",
        "from_number": call.caller.number,
        "to_number": call.branch.number,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_s": call.duration_s,
        "created_at": call.started_at,
        "summary": call.summary,
        "sentiment": call.sentiment,
        "successful": call.outcome not in ("hung_up", "missed", "voicemail", "unknown"),
        "in_voicemail": call.outcome == "voicemail",
        "analyzed_at": call.ended_at + timedelta(seconds=rng.uniform(6, 24)),
        "analysis": {"anliegen": INTENTS[call.outcome]} if call.outcome in INTENTS else None,
        "language": call.language,
        "transfer_destination": call.branch.number if call.outcome == "transferred" else None,
        "cost_cents": Decimal(str(round(call.duration_s / 60 * CENTS_PER_MINUTE, 4))),
        "routing": _build_routing(call, ids),
        "turn_count": len(call.turns),
        "event_count": events,
        "is_test": False,
    }


def _notice(call: DemoCall, own: Row) -> list[Row]:
    """Build the AI notice proof, as the worker stores it for a real call."""
    utterances = [TimedUtterance(place, role == "agent", text, start, end) for place, (role, text, start, end) in enumerate(call.turns)]
    proof = build_proof(utterances, is_over=True)
    return [{**own, **proof, "created_at": call.ended_at}] if proof else []


def _build_routing(call: DemoCall, ids: DemoRowIds) -> Row:
    return {"by": "number", "number": call.branch.number, "phone_number_id": ids.numbers[call.branch.slug], "cached": True}


def _tools(call: DemoCall, own: Row, rng: Random) -> list[Row]:
    return [
        {
            **own,
            "tool_call_id": f"tool_call_{rng.randbytes(4).hex()}_{index}",
            "name": use.name,
            "arguments": use.arguments,
            "result": use.result,
            "ok": True,
            "after_turn": after,
            "duration_ms": use.duration_ms,
            "database_ms": use.database_ms,
            "provider_ms": 0,
            "created_at": call.started_at + timedelta(seconds=at),
            "finished_at": call.started_at + timedelta(seconds=at, milliseconds=use.duration_ms),
        }
        for index, (use, after, at) in enumerate(call.tools)
    ]


def _events(call: DemoCall, ids: DemoRowIds) -> list[tuple[str, datetime, Row | None]]:
    """Build the call's events, as a real call stores them."""
    events: list[tuple[str, datetime, Row | None]] = [("matched", call.started_at, _build_routing(call, ids))]
    if call.outcome != "missed":
        events.append(("started", call.started_at, {"status": "ongoing"}))
    for use, _after, at in call.tools:
        events.append(("tool", call.started_at + timedelta(seconds=at), {"name": use.name, "ok": True}))
    if call.outcome == "transferred":
        events.append(("transfer_started", call.started_at + timedelta(seconds=20), {"destination": call.branch.number}))
    events.append(("ended", call.ended_at, {"status": "ended" if call.turns else "not_connected", "turns": len(call.turns)}))
    if call.turns:
        events.append(("analyzed", call.ended_at + timedelta(seconds=12), None))
    return events


def _task(call: DemoCall, call_id: str, ids: DemoRowIds, rng: Random) -> Row:
    return {
        "id": create_ulid(call.ended_at, rng),
        "company_id": ids.company_id,
        "branch_id": ids.branches[call.branch.slug],
        "call_id": call_id,
        "customer_id": ids.customers.get(call.caller.name) if call.caller.is_customer else None,
        "kind": "callback",
        "title": f"Rückruf: {call.caller.name}",
        "details": call.summary,
        "status": "open",
        "due_at": _to_working_hours(call.ended_at + timedelta(hours=rng.choice((2, 4, 18)))).replace(minute=0, second=0, microsecond=0),
        "done_at": None,
        "source_ref": f"callback:{call_id}",
        "created_at": call.ended_at,
    }


def _complete_old_tasks(tasks: list[Row], now: datetime, rng: Random) -> None:
    """Mark all but the newest tasks as done."""
    for left, task in enumerate(reversed(tasks)):
        if left >= OPEN_TASKS or now - task["created_at"] > STAYS_OPEN:
            done_at = _to_working_hours(task["created_at"] + timedelta(minutes=rng.randint(15, 300)))
            task |= {"status": "done", "done_at": min(done_at, now)}


def _to_working_hours(moment: datetime) -> datetime:
    """Return the moment, or the next opening in the morning if it is outside working hours."""
    local = moment.astimezone(ZONE)
    if local.hour < FIRST_HOUR:
        return local.replace(hour=FIRST_HOUR).astimezone(UTC)
    return moment if local.hour < LAST_HOUR else (local + timedelta(days=1)).replace(hour=FIRST_HOUR).astimezone(UTC)


def _build_waitlist_entry(call: DemoCall, call_id: str, ids: DemoRowIds, rng: Random, now: datetime) -> Row:
    until = call.ended_at + timedelta(days=7)
    return {
        "id": create_ulid(call.ended_at, rng),
        "company_id": ids.company_id,
        "branch_id": ids.branches[call.branch.slug],
        "call_id": call_id,
        "customer_id": ids.customers[call.caller.name],
        "service_id": ids.services[call.service.key],
        "window_from": call.ended_at,
        "window_until": until,
        "status": "waiting" if until > now else "expired",
        "created_at": call.ended_at,
    }
