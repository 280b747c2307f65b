"""Apply call events, in any order and any number of times; a status never goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import is_ulid, new_ulid
from app.core.phone import ParsedPhoneNumber, normalise
from app.core.tenancy import company_scope
from app.domain.agents.request_hash import hash_request
from app.domain.calls import emergency_detection
from app.domain.calls.call_unit_of_work import CallKey, CallUnitOfWork
from app.domain.calls.consent_extraction import request_provider_deletion, update_answers, update_notice
from app.domain.calls.event_merge import advance_status, merge_fields
from app.domain.calls.outcome import determine_outcome, is_tool_successful, is_unverified
from app.domain.calls.post_call_actions import follow_up
from app.domain.calls.transcripts import TranscriptChange, apply_snapshot
from app.domain.companies.number_lookup import NumberMatch
from app.domain.customers import matching
from app.domain.emergencies.detections import EmergencyProfile
from app.domain.privacy.call_content_erasure import erase_words
from app.domain.reports.call_counters import count_call, to_counted
from app.events import (
    CallAnalyzed,
    CallEnded,
    CallEventBase,
    CallStarted,
    CallUpdated,
    LateTranscriptAdded,
    LineCheckReceived,
    ToolFinished,
    ToolStarted,
    TranscriptTurnAdded,
)
from app.models import Call, LineCheck, ToolCall
from app.providers.voice.call_webhook_reader import ProviderCallEvent, TranscriptToolCall

# prefix of ids of tool calls that reached us before the provider's own event
OWN_USE_PREFIX = "use_"
TRANSFER_EVENTS = ("transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended")


@dataclass(frozen=True, slots=True)
class MatchedCallEvent:
    """An inbox event matched to its company; without a webhook event it stems from a function call."""

    webhook_event_id: int | None
    received_at: datetime
    connection_id: str | None
    event: ProviderCallEvent
    match: NumberMatch
    replayed: bool = False

    @property
    def key(self) -> CallKey:
        return self.match.company_id, self.event.provider, self.event.provider_call_id or ""


def apply_events(arrivals: Sequence[MatchedCallEvent]) -> list[Call]:
    """Apply the events in order, each to its own company's call, and publish the changes; returns the calls."""
    callers = {inbound.webhook_event_id: _parse_caller(inbound) for inbound in arrivals}
    batch = CallUnitOfWork.load(
        {inbound.key for inbound in arrivals},
        numbers={(a.match.company_id, e164) for a in arrivals if (e164 := callers[a.webhook_event_id].e164)},
        replayed={inbound.webhook_event_id for inbound in arrivals if inbound.replayed},
    )
    counted = {key: to_counted(call) for key, call in batch.calls.items()}
    places = emergency_detection.load_profiles({inbound.match.branch_id for inbound in arrivals if inbound.event.turns})
    alarming = [_apply_event(batch, inbound, callers[inbound.webhook_event_id], places) for inbound in arrivals]
    batch.write()
    for inbound, is_alarming in zip(arrivals, alarming, strict=True):
        with company_scope(inbound.match.company_id):
            if is_alarming:
                emergency_detection.alert_staff(
                    batch, batch.calls[inbound.key], received_at=inbound.received_at, webhook_event_id=inbound.webhook_event_id
                )
            follow_up(batch, batch.calls[inbound.key], inbound.event, webhook_event_id=inbound.webhook_event_id)
            db.session.flush()
    _enforce_refusals(batch, arrivals)
    for key, call in batch.calls.items():
        count_call(call, counted.get(key))
    batch.write()
    return list(batch.calls.values())


def _enforce_refusals(batch: CallUnitOfWork, arrivals: Sequence[MatchedCallEvent]) -> None:
    """Erase declined words in the same transaction, and request deletion at the provider."""
    for key, call in batch.calls.items():
        call_events = [inbound for inbound in arrivals if inbound.key == key]
        with company_scope(call.company_id):
            if not call.keeps_words:
                erase_words(call, handled=[inbound.webhook_event_id for inbound in call_events if inbound.webhook_event_id is not None])
            request_provider_deletion(call, [inbound.event for inbound in call_events], declined="no" in batch.answers[call.id].values())


def _parse_caller(inbound: MatchedCallEvent) -> ParsedPhoneNumber:
    return normalise(inbound.event.caller_raw or "", source="e164", region=inbound.match.region)


def _apply_event(
    batch: CallUnitOfWork, inbound: MatchedCallEvent, caller: ParsedPhoneNumber, places: Mapping[str, EmergencyProfile]
) -> bool:
    """Whether the caller has named an emergency with it."""
    event = inbound.event
    call, is_new = _get_or_create_call(batch, inbound, caller)
    before = _get_live_fields(call)
    was_running, was_analyzed = call.is_running, call.analyzed_at is not None
    moved = advance_status(call, event)
    update_answers(batch, call, event.turns)
    merge_fields(call, event)
    _identify_caller(batch, call, caller)
    change = apply_snapshot(batch, call, event.turns, final=event.kind in ("ended", "analyzed"))
    is_alarming = emergency_detection.detect_in_snapshot(call, event.turns, change, places)
    update_notice(batch, call, event)
    used = _apply_tool_uses(batch, inbound, call, event.tool_uses)
    if event.kind == "analyzed" and call.analyzed_at is None:
        call.analyzed_at = inbound.received_at
    call.outcome = _determine_outcome(batch, call, event)
    _record_events(batch, inbound, call, change, moved)
    if call.is_test:
        if is_new:
            publish(LineCheckReceived(call.company_id, call.branch_id, call.id, inbound.received_at, str(event.metadata["line_check"])))
        return False
    if is_new:
        _publish_event(CallStarted, inbound, call)
    if was_running and call.is_running and call.keeps_words:
        for turn in change.turns:
            publish(TranscriptTurnAdded(call.company_id, call.branch_id, call.id, inbound.received_at, turn))
    if (was_running or is_new) and not call.is_running:
        _publish_event(CallEnded, inbound, call)
    elif not is_new and before != _get_live_fields(call):
        publish(CallUpdated(call.company_id, call.branch_id, call.id, inbound.received_at, is_over=not call.is_running))
    if call.analyzed_at is not None and not was_analyzed:
        _publish_event(CallAnalyzed, inbound, call)
    elif not call.is_running and not was_running and not is_new and (change.turns or used):
        publish(LateTranscriptAdded(call.company_id, call.id))
    return is_alarming


def _get_live_fields(call: Call) -> tuple[Any, ...]:
    """The fields of a running call that the dashboard shows."""
    return call.status, call.outcome, call.transfer_destination, call.customer_id, call.keeps_words


def _get_or_create_call(batch: CallUnitOfWork, inbound: MatchedCallEvent, caller: ParsedPhoneNumber) -> tuple[Call, bool]:
    """The call of this event, made when it is the first one we see, whichever it is."""
    existing = batch.calls.get(inbound.key)
    if existing is not None:
        return existing, False
    event, match = inbound.event, inbound.match
    call = Call(
        id=new_ulid(),
        company_id=match.company_id,
        provider=event.provider,
        provider_call_id=event.provider_call_id or "",
        connection_id=inbound.connection_id,
        branch_id=match.branch_id,
        phone_number_id=match.phone_number_id,
        agent_id=match.agent_id,
        direction=event.direction,
        status=event.status or "ringing",
        caller_kind=caller.kind,
        from_number=(caller.e164 or event.caller_raw) if caller.kind != "withheld" else None,
        to_number=match.asked,
        started_at=event.started_at or inbound.received_at,
        created_at=inbound.received_at,
        routing=match.reason(),
        turn_count=0,
        event_count=0,
        keeps_words=True,
        keeps_audio=False,
        is_test=_is_line_check(event, match),
    )
    db.session.add(call)
    batch.calls[inbound.key] = call
    batch.add_event(call, "matched", at=inbound.received_at, webhook_event_id=inbound.webhook_event_id, data=call.routing)
    return call, True


def _is_line_check(event: ProviderCallEvent, match: NumberMatch) -> bool:
    """Whether the event belongs to a line check of this company; a forged marker on other calls is ignored."""
    name = event.metadata.get("line_check")
    if not isinstance(name, str) or not is_ulid(name):
        return False
    with company_scope(match.company_id):
        return db.session.scalar(select(LineCheck.provider_call_id).where(LineCheck.id == name)) == event.provider_call_id


def _identify_caller(batch: CallUnitOfWork, call: Call, caller: ParsedPhoneNumber) -> None:
    """Attach the customer to the call, only by a number that is valid in the numbering plan."""
    if call.customer_id is not None or call.caller_kind != "number" or not caller.valid or caller.e164 is None:
        return
    candidates = batch.callers.setdefault((call.company_id, caller.e164), [])
    if not candidates:
        candidates.append(matching.create_unnamed_customer(call.company_id, caller.e164))
    customer = matching.select_customer(candidates, None)
    if customer is not None:
        matching.attach_customer(call, customer)


def _apply_tool_uses(batch: CallUnitOfWork, inbound: MatchedCallEvent, call: Call, uses: Sequence[TranscriptToolCall]) -> bool:
    """Apply the tool uses of the event; True when there is anything new."""
    is_new = False
    for use in uses:
        stored = batch.tools[call.id].get(use.tool_call_id) or _find_own_use(batch, call, use)
        ok = is_tool_successful(use.result, use.successful)
        shown: dict[str, Any] = {"tool_call_id": use.tool_call_id, "name": use.name}
        if stored is None:
            stored = batch.add_tool(
                call,
                {
                    "tool_call_id": use.tool_call_id, "name": use.name, "arguments": use.arguments, "after_turn": use.position,
                    "result": use.result if use.finished else None, "ok": ok if use.finished else None,
                    "created_at": inbound.received_at, "finished_at": inbound.received_at if use.finished else None,
                },
            )  # fmt: skip
            if call.is_running:
                publish(_build_tool_event(ToolStarted, inbound, call, shown | {"arguments": use.arguments}))
        elif stored["finished_at"] is not None or not use.finished:
            continue
        else:
            batch.change_tool(stored, result=use.result, ok=ok, finished_at=inbound.received_at)
        is_new = True
        if use.finished:
            batch.add_event(call, "tool", at=inbound.received_at, webhook_event_id=inbound.webhook_event_id, data=shown | {"ok": ok})
            if call.is_running:
                publish(_build_tool_event(ToolFinished, inbound, call, shown | {"ok": ok, "result": use.result}))
    return is_new


def _find_own_use(batch: CallUnitOfWork, call: Call, use: TranscriptToolCall) -> dict[str, Any] | None:
    """The tool call that was answered before its event: from here on it has the provider's id."""
    ours = [tool for tool in batch.tools[call.id].values() if tool["tool_call_id"].startswith(OWN_USE_PREFIX) and tool["name"] == use.name]
    key = hash_request(use.name, use.arguments) if ours else None
    same = next((tool for tool in ours if tool["request_hash"] == key), None)
    if same is not None:
        del batch.tools[call.id][same["tool_call_id"]]
        batch.change_tool(same, tool_call_id=use.tool_call_id, after_turn=use.position)
        batch.tools[call.id][use.tool_call_id] = same
    return same


def _build_tool_event(kind: type, inbound: MatchedCallEvent, call: Call, tool: dict[str, Any]) -> object:
    return kind(call.company_id, call.branch_id, call.id, inbound.received_at, tool)


def _determine_outcome(batch: CallUnitOfWork, call: Call, event: ProviderCallEvent) -> str | None:
    """Determine the outcome; it is replaced only by one with more knowledge, and a booking is never lost."""
    if call.outcome == "booked":
        return "booked"
    return determine_outcome(
        call,
        booked=False,
        caller_spoke=not call.keeps_words or any(turn["role"] == "caller" for turn in batch.turns[call.id]),
        tools_done={tool["name"] for tool in batch.tools[call.id].values() if tool.get("ok")},
        transferred=call.was_transferred,
        is_unverified=_is_unverified(batch, call),
    )


def _is_unverified(batch: CallUnitOfWork, call: Call) -> bool:
    """Whether the caller was refused for lack of verification; reads the answers only for a finished call with a refusal."""
    if call.is_running or all(tool.get("ok") is not False for tool in batch.tools[call.id].values()):
        return False
    with company_scope(call.company_id):
        return is_unverified(db.session.scalars(select(ToolCall.result).where(ToolCall.call_id == call.id).order_by(ToolCall.id)))


def _record_events(batch: CallUnitOfWork, inbound: MatchedCallEvent, call: Call, change: TranscriptChange, moved: bool) -> None:
    event = inbound.event
    at = {"started": event.started_at, "ended": event.ended_at}.get(event.kind) or inbound.received_at
    data: dict[str, Any] = {}
    if event.kind == "transcript" and not change.turns:
        return
    if change.turns:
        data |= {"from": change.first, "turns": call.turn_count}
    if moved:
        data["status"] = call.status
    if event.kind in TRANSFER_EVENTS and event.transfer_destination:
        data["destination"] = event.transfer_destination
    if event.kind == "progress":
        data |= {"name": event.name, "sequence": event.sequence}
    if event.problems:
        data["problems"] = list(event.problems[:20])
    kind = "turns" if event.kind == "transcript" else event.kind
    batch.add_event(call, kind, at=at, webhook_event_id=inbound.webhook_event_id, data=data or None)


def _publish_event(kind: type[CallEventBase], inbound: MatchedCallEvent, call: Call) -> None:
    publish(kind(call.company_id, call.branch_id, call.id, inbound.received_at))
