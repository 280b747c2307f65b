"""Moves calls by what their events say: in any order, any number of times, and never backwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import is_ulid, new_ulid
from app.core.phone import Number, normalise
from app.core.tenancy import company_scope
from app.domain.agents.request_hash import hash_request
from app.domain.calls import emergency_detection
from app.domain.calls.call_batch import CallKey, Desk
from app.domain.calls.consent_extraction import delete_there, take_answers, take_notice
from app.domain.calls.follow_up import follow_up
from app.domain.calls.outcome import is_unverified, outcome_of, tool_did_it
from app.domain.calls.transcripts import Spoken, take_snapshot
from app.domain.calls.transitions import fill, move
from app.domain.companies.number_lookup import NumberMatch
from app.domain.customers import matching
from app.domain.emergencies.detections import BusinessProfile
from app.domain.privacy.erasure import erase_words
from app.domain.reports.call_stats import count_call, to_counted
from app.events import (
    CallAnalyzed,
    CallEnded,
    CallEventBase,
    CallStarted,
    CallUpdated,
    LineCheckReceived,
    ToolFinished,
    ToolStarted,
    TranscriptRevised,
    TranscriptTurnAdded,
)
from app.models import Call, LineCheck, ToolCall
from app.providers.voice.base import CallEvent, ToolUse

# the beginning of the ids of uses that the agent asked of us before the provider told of them
OWN_USE = "use_"
TRANSFERS = ("transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event of the inbox, matched to its company; without a webhook event, what a function's call tells of it."""

    webhook_event_id: int | None
    received_at: datetime
    connection_id: str | None
    event: CallEvent
    match: NumberMatch
    cached: bool = False
    replayed: bool = False

    @property
    def key(self) -> CallKey:
        return self.match.company_id, self.event.provider, self.event.provider_call_id or ""


def apply_events(arrivals: Sequence[Arrival]) -> list[Call]:
    """Applies the events, each to its own company's call, in the order given, and announces what happened; the calls they were about."""
    callers = {arrival.webhook_event_id: _caller(arrival) for arrival in arrivals}
    desk = Desk.load(
        {arrival.key for arrival in arrivals},
        numbers={(a.match.company_id, e164) for a in arrivals if (e164 := callers[a.webhook_event_id].e164)},
        replayed={arrival.webhook_event_id for arrival in arrivals if arrival.replayed},
    )
    counted = {key: to_counted(call) for key, call in desk.calls.items()}
    places = emergency_detection.places_of({arrival.match.branch_id for arrival in arrivals if arrival.event.turns})
    alarming = [_apply(desk, arrival, callers[arrival.webhook_event_id], places) for arrival in arrivals]
    desk.write()
    for arrival, is_alarming in zip(arrivals, alarming, strict=True):
        with company_scope(arrival.match.company_id):
            if is_alarming:
                emergency_detection.alarm_people(
                    desk, desk.calls[arrival.key], received_at=arrival.received_at, webhook_event_id=arrival.webhook_event_id
                )
            follow_up(desk, desk.calls[arrival.key], arrival.event, webhook_event_id=arrival.webhook_event_id)
            db.session.flush()
    _keep_promises(desk, arrivals)
    for key, call in desk.calls.items():
        count_call(call, counted.get(key))
    desk.write()
    return list(desk.calls.values())


def _keep_promises(desk: Desk, arrivals: Sequence[Arrival]) -> None:
    """What a caller declined is gone with the transaction that brought it, and is deleted at the provider afterwards."""
    for key, call in desk.calls.items():
        mine = [arrival for arrival in arrivals if arrival.key == key]
        with company_scope(call.company_id):
            if not call.keeps_words:
                erase_words(call, handled=[arrival.webhook_event_id for arrival in mine if arrival.webhook_event_id is not None])
            delete_there(call, [arrival.event for arrival in mine], declined="no" in desk.answers[call.id].values())


def _caller(arrival: Arrival) -> Number:
    return normalise(arrival.event.caller_raw or "", source="e164", region=arrival.match.region)


def _apply(desk: Desk, arrival: Arrival, caller: Number, places: Mapping[str, BusinessProfile]) -> bool:
    """Whether the caller has named an emergency with it."""
    event = arrival.event
    call, is_new = _call_of(desk, arrival, caller)
    before = _shown(call)
    was_running, was_analyzed = call.is_running, call.analyzed_at is not None
    moved = move(call, event)
    take_answers(desk, call, event.turns, final=event.kind in ("ended", "analyzed"))
    fill(call, event)
    _know_caller(desk, call, caller)
    spoken = take_snapshot(desk, call, event.turns, final=event.kind in ("ended", "analyzed"))
    is_alarming = emergency_detection.hear_turns(call, event.turns, spoken, places)
    take_notice(desk, call, event)
    used = _take_tools(desk, arrival, call, event.tool_uses)
    if event.kind == "analyzed" and call.analyzed_at is None:
        call.analyzed_at = arrival.received_at
    call.outcome = _outcome(desk, call, event)
    _note(desk, arrival, call, spoken, moved)
    if call.is_test:
        if is_new:
            publish(LineCheckReceived(call.company_id, call.branch_id, call.id, arrival.received_at, str(event.metadata["line_check"])))
        return False
    if is_new:
        _say(CallStarted, arrival, call)
    if was_running and call.is_running and call.keeps_words:
        for turn in spoken.turns:
            publish(TranscriptTurnAdded(call.company_id, call.branch_id, call.id, arrival.received_at, turn))
    if (was_running or is_new) and not call.is_running:
        _say(CallEnded, arrival, call)
    elif not is_new and before != _shown(call):
        _say(CallUpdated, arrival, call)
    if call.analyzed_at is not None and not was_analyzed:
        _say(CallAnalyzed, arrival, call)
    elif not call.is_running and not was_running and not is_new and (spoken.turns or used):
        publish(TranscriptRevised(call.company_id, call.id))
    return is_alarming


def _shown(call: Call) -> tuple[Any, ...]:
    """What of a running call people see change."""
    return call.status, call.outcome, call.transfer_destination, call.customer_id, call.keeps_words


def _call_of(desk: Desk, arrival: Arrival, caller: Number) -> tuple[Call, bool]:
    """The call of this event, made when it is the first one we see, whichever it is."""
    known = desk.calls.get(arrival.key)
    if known is not None:
        return known, False
    event, match = arrival.event, arrival.match
    call = Call(
        id=new_ulid(),
        company_id=match.company_id,
        provider=event.provider,
        provider_call_id=event.provider_call_id or "",
        connection_id=arrival.connection_id,
        branch_id=match.branch_id,
        phone_number_id=match.phone_number_id,
        agent_id=match.agent_id,
        direction=event.direction,
        status=event.status or "ringing",
        caller_kind=caller.kind,
        from_number=(caller.e164 or event.caller_raw) if caller.kind != "withheld" else None,
        to_number=match.asked,
        started_at=event.started_at or arrival.received_at,
        created_at=arrival.received_at,
        match=match.reason(cached=arrival.cached),
        turn_count=0,
        event_count=0,
        keeps_words=True,
        keeps_audio=False,
        is_test=_is_line_check(event, match),
    )
    db.session.add(call)
    desk.calls[arrival.key] = call
    desk.note(call, "matched", at=arrival.received_at, webhook_event_id=arrival.webhook_event_id, data=call.match)
    return call, True


def _is_line_check(event: CallEvent, match: NumberMatch) -> bool:
    """Only what we have sent ourselves for a check of this company: whoever writes the mark into other calls hides none of them."""
    name = event.metadata.get("line_check")
    if not isinstance(name, str) or not is_ulid(name):
        return False
    with company_scope(match.company_id):
        return db.session.scalar(select(LineCheck.provider_call_id).where(LineCheck.id == name)) == event.provider_call_id


def _know_caller(desk: Desk, call: Call, caller: Number) -> None:
    """Hangs the customer on the call: only a number that the numbering plan knows tells who it is."""
    if call.customer_id is not None or call.caller_kind != "number" or not caller.valid or caller.e164 is None:
        return
    known = desk.callers.setdefault((call.company_id, caller.e164), [])
    if not known:
        known.append(matching.create_unnamed_customer(call.company_id, caller.e164))
    customer = matching.select_customer(known, None)
    if customer is not None:
        matching.attach_customer(call, customer)


def _take_tools(desk: Desk, arrival: Arrival, call: Call, uses: Sequence[ToolUse]) -> bool:
    """Whether there was anything new."""
    is_new = False
    for use in uses:
        stored = desk.tools[call.id].get(use.tool_call_id) or _asked_of_us(desk, call, use)
        ok = tool_did_it(use.result, use.successful)
        shown: dict[str, Any] = {"tool_call_id": use.tool_call_id, "name": use.name}
        if stored is None:
            stored = desk.add_tool(
                call,
                {
                    "tool_call_id": use.tool_call_id, "name": use.name, "arguments": use.arguments, "after_turn": use.position,
                    "result": use.result if use.finished else None, "ok": ok if use.finished else None,
                    "created_at": arrival.received_at, "finished_at": arrival.received_at if use.finished else None,
                },
            )  # fmt: skip
            if call.is_running:
                publish(_tool(ToolStarted, arrival, call, shown | {"arguments": use.arguments}))
        elif stored["finished_at"] is not None or not use.finished:
            continue
        else:
            desk.change_tool(stored, result=use.result, ok=ok, finished_at=arrival.received_at)
        is_new = True
        if use.finished:
            desk.note(call, "tool", at=arrival.received_at, webhook_event_id=arrival.webhook_event_id, data=shown | {"ok": ok})
            if call.is_running:
                publish(_tool(ToolFinished, arrival, call, shown | {"ok": ok, "result": use.result}))
    return is_new


def _asked_of_us(desk: Desk, call: Call, use: ToolUse) -> dict[str, Any] | None:
    """The use that was answered by us and is told of only now: from here on it goes by the provider's id."""
    ours = [tool for tool in desk.tools[call.id].values() if tool["tool_call_id"].startswith(OWN_USE) and tool["name"] == use.name]
    key = hash_request(use.name, use.arguments) if ours else None
    same = next((tool for tool in ours if tool["request_hash"] == key), None)
    if same is not None:
        del desk.tools[call.id][same["tool_call_id"]]
        desk.change_tool(same, tool_call_id=use.tool_call_id, after_turn=use.position)
        desk.tools[call.id][use.tool_call_id] = same
    return same


def _tool(kind: type, arrival: Arrival, call: Call, tool: dict[str, Any]) -> object:
    return kind(call.company_id, call.branch_id, call.id, arrival.received_at, tool)


def _outcome(desk: Desk, call: Call, event: CallEvent) -> str | None:
    """Never forgets a booking: what was found out once is only replaced by something said with more knowledge."""
    if call.outcome == "booked":
        return "booked"
    return outcome_of(
        call,
        booked=False,
        caller_spoke=not call.keeps_words or any(turn["role"] == "caller" for turn in desk.turns[call.id]),
        tools_done={tool["name"] for tool in desk.tools[call.id].values() if tool.get("ok")},
        transferred=call.was_transferred,
        is_unverified=_is_unverified(desk, call),
    )


def _is_unverified(desk: Desk, call: Call) -> bool:
    """Looks at the answers only where the call is over and one of them was a refusal."""
    if call.is_running or all(tool.get("ok") is not False for tool in desk.tools[call.id].values()):
        return False
    with company_scope(call.company_id):
        return is_unverified(db.session.scalars(select(ToolCall.result).where(ToolCall.call_id == call.id).order_by(ToolCall.id)))


def _note(desk: Desk, arrival: Arrival, call: Call, spoken: Spoken, moved: bool) -> None:
    event = arrival.event
    at = {"started": event.started_at, "ended": event.ended_at}.get(event.kind) or arrival.received_at
    data: dict[str, Any] = {}
    if event.kind == "transcript" and not spoken.turns:
        return
    if spoken.turns:
        data |= {"from": spoken.first, "turns": call.turn_count}
    if moved:
        data["status"] = call.status
    if event.kind in TRANSFERS and event.transfer_destination:
        data["destination"] = event.transfer_destination
    if event.kind == "progress":
        data |= {"name": event.name, "sequence": event.sequence}
    if event.problems:
        data["problems"] = list(event.problems[:20])
    kind = "turns" if event.kind == "transcript" else event.kind
    desk.note(call, kind, at=at, webhook_event_id=arrival.webhook_event_id, data=data or None)


def _say(kind: type[CallEventBase], arrival: Arrival, call: Call) -> None:
    publish(kind(call.company_id, call.branch_id, call.id, arrival.received_at))
