"""Collects the evidence for a call's claims: its tool calls, appointments, tasks and messages, and the company's catalogue."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.core.extensions import db
from app.domain.agents.tools.registry import find_tool
from app.domain.calls.truth_appointments import load_appointments
from app.domain.calls.truth_catalogue import TruthCatalogue
from app.domain.claims.evidence_types import AppointmentEvidence, AppointmentSnapshot, Evidence, SearchEvidence, ServiceEvidence, Span
from app.domain.claims.tool_output import (
    find_booking_ids,
    find_free_starts,
    find_hours,
    find_quoted_fees,
    find_quoted_minutes,
    find_quoted_prices,
    find_rejection_code,
    find_services,
)
from app.domain.language.vocabulary import fold
from app.domain.notifications.message_kinds import KINDS
from app.models import BookingSync, Branch, Call, Hold, Notification, StaffTask, ToolCall, Turn, WaitlistEntry

# a booking made from the analysis, and its confirmation, come after the call
AFTER_CALL = timedelta(minutes=30)
SENT_STATUSES = ("pending", "sent", "expired")
# planned for later, they are no message that a call promises
KINDS_AHEAD = tuple(kind.name for kind in KINDS.values() if kind.precedes_appointment)
# the provider's own functions leave nothing behind; other foreign ones may have done anything
PROVIDER_TOOLS = frozenset({"end_call", "put_through", "press_digit", "press_digits", "agent_swap", "agent_transfer"})
TASK_TOOLS = {"request_callback": "callback", "take_message": "message"}


def load_evidence(call: Call, turns: Sequence[Turn], catalogue: TruthCatalogue) -> Evidence:
    timezone = db.session.scalars(select(Branch.timezone).where(Branch.id == call.branch_id)).one()
    began_at = call.started_at.astimezone(ZoneInfo(timezone))
    tools = db.session.scalars(select(ToolCall).where(ToolCall.call_id == call.id).order_by(ToolCall.id)).all()
    refused = {tool.name: code for tool in tools if (code := find_rejection_code(tool.result))}
    done = {tool.name for tool in tools if tool.ok}
    answers = [json.dumps(tool.result, ensure_ascii=False) for tool in tools]
    appointments = load_appointments(call, turns, tools)
    has_foreign = any(find_tool(tool.name) is None and tool.name not in PROVIDER_TOOLS for tool in tools)
    return Evidence(
        timezone=timezone,
        began_at=began_at,
        people=catalogue.people,
        offers=_add_services(catalogue.offers, tools),
        places=catalogue.places,
        branches=catalogue.list_branches(began_at.date()),
        branch_id=call.branch_id,
        appointments=appointments,
        rejections={name: code for name, code in refused.items() if name not in done},
        used_tools=frozenset(tool.name for tool in tools),
        holds=_load_hold_states(call),
        quoted_prices=frozenset(cents for answer in answers for cents in find_quoted_prices(answer)),
        quoted_fees=frozenset(cents for answer in answers for cents in find_quoted_fees(answer)),
        quoted_minutes=frozenset(minutes for answer in answers for minutes in find_quoted_minutes(answer)),
        quoted_hours=_list_hours(tools),
        disclosed_after=_list_disclosed(tools),
        searches=None if has_foreign else _list_searches(tools, timezone),
        tasks=None if has_foreign else _load_task_kinds(call, done),
        notifications=None if has_foreign else _load_channels(call, appointments, tools),
        is_on_waitlist=None if has_foreign else _is_on_waitlist(call, done),
    )


def _add_services(offers: Sequence[ServiceEvidence], tools: Sequence[ToolCall]) -> list[ServiceEvidence]:
    """Add what tools told of services by name: it is right as well, and they may name others than the catalogue."""
    by_name = {fold(name): offer.id for offer in offers for name in offer.names}
    known = {offer.id: offer for offer in offers}
    for quoted in (service for tool in tools for service in find_services(tool.result)):
        key = by_name.setdefault(fold(quoted.names[0]), quoted.id)
        offer = known.get(key, quoted)
        known[key] = replace(offer, prices=offer.prices | quoted.prices, minutes=offer.minutes | quoted.minutes)
    return list(known.values())


def _load_hold_states(call: Call) -> list[AppointmentSnapshot]:
    holds = db.session.scalars(select(Hold).where(Hold.call_id == call.id))
    return [
        AppointmentSnapshot(
            hold.starts_at.astimezone(ZoneInfo(hold.timezone)), hold.staff_id, frozenset({hold.service_id}), branch_id=hold.branch_id
        )
        for hold in holds
    ]


def _list_hours(tools: Sequence[ToolCall]) -> dict[date, list[tuple[Span, ...]]]:
    quoted: dict[date, list[tuple[Span, ...]]] = defaultdict(list)
    for tool in tools:
        if (hours := find_hours(tool.result)) is not None:
            quoted[hours[0]].append(hours[1])
    return quoted


def _list_disclosed(tools: Sequence[ToolCall]) -> dict[str, int]:
    disclosed: dict[str, int] = {}
    for tool in tools:
        if tool.name != "book_appointment":
            disclosed = dict.fromkeys(find_booking_ids(tool.result), tool.after_turn) | disclosed
    return disclosed


def _list_searches(tools: Sequence[ToolCall], timezone: str) -> list[SearchEvidence]:
    searches = []
    for tool in tools:
        starts = find_free_starts(tool.result)
        if starts is not None:
            searches.append(SearchEvidence(tuple(start.astimezone(ZoneInfo(timezone)) for start in starts), is_complete=bool(tool.ok)))
    return searches


def _load_task_kinds(call: Call, done: set[str]) -> frozenset[str]:
    kinds = db.session.scalars(select(StaffTask.kind).where(StaffTask.call_id == call.id, StaffTask.kind != "mismatch"))
    return frozenset(kinds) | {kind for name, kind in TASK_TOOLS.items() if name in done}


def _load_channels(call: Call, appointments: Sequence[AppointmentEvidence], tools: Sequence[ToolCall]) -> frozenset[str]:
    """Load the channels of the messages that this call caused; an external calendar writes e-mails of its own."""
    own = [each.id for each in appointments if each.was_created or each.was_moved or each.was_cancelled]
    named = [key for tool in tools if tool.ok for key in _list_notification_ids(tool)]
    until = (call.ended_at or call.started_at) + AFTER_CALL
    of_customer = Notification.customer_id == call.customer_id if call.customer_id else Notification.id.in_(named)
    caused = or_(
        Notification.id.in_(named),
        Notification.subject.in_([f"booking:{booking_id}" for booking_id in own]) & (Notification.created_at >= call.started_at),
        of_customer & Notification.created_at.between(call.started_at, until),
    )
    was_sent = (Notification.status.in_(SENT_STATUSES), Notification.kind.not_in(KINDS_AHEAD))
    channels = set(db.session.scalars(select(Notification.channel).where(caused, *was_sent)))
    if named:
        # a one-time code is kept apart from the message that carries it
        channels.add("sms")
    if own and db.session.scalar(select(BookingSync.id).where(BookingSync.booking_id.in_(own)).limit(1)):
        channels.add("email")
    return frozenset(channels)


def _list_notification_ids(tool: ToolCall) -> list[str]:
    data = tool.result.get("data") if isinstance(tool.result, dict) else None
    key = data.get("notification_id") if isinstance(data, dict) else None
    return [key] if isinstance(key, str) else []


def _is_on_waitlist(call: Call, done: set[str]) -> bool:
    waiting = db.session.scalar(select(WaitlistEntry.id).where(WaitlistEntry.call_id == call.id).limit(1))
    return waiting is not None or "join_waitlist" in done
