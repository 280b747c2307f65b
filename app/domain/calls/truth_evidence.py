"""Gathers what a call's claims are judged by: what its tools did, and the bookings that it could speak of with their history."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.extensions import db
from app.domain.claims.evidence import AppointmentEvidence, AppointmentState, Evidence, ServiceOffer, StaffName
from app.domain.claims.tool_output import find_quoted_prices, find_rejection_code
from app.domain.customers import matching
from app.models import (
    Booking,
    BookingChange,
    Branch,
    BranchService,
    Call,
    Company,
    Hold,
    Service,
    ServiceSynonym,
    StaffMember,
    StaffService,
    ToolCall,
    Turn,
)  # fmt: skip

MAX_BOOKINGS = 60
MIN_SYNONYM_CERTAINTY = 90
# appointments that a call may speak of: from shortly before it to far ahead
BEFORE, AHEAD = timedelta(days=1), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue of a company for its truth checks: staff, offers with prices, names of branches."""

    people: Sequence[StaffName]
    offers: Sequence[ServiceOffer]
    places: Sequence[str]

    @property
    def names(self) -> dict[str, str]:
        return {person.id: person.name for person in self.people} | {offer.id: offer.names[0] for offer in self.offers}


def load_catalogue(company_id: str) -> Catalogue:
    """People and services that no longer work or are offered included: old calls spoke of them."""
    people = [StaffName(row.id, row.name) for row in db.session.execute(select(StaffMember.id, StaffMember.name))]
    synonyms: dict[str, list[str]] = defaultdict(list)
    sure = select(ServiceSynonym.service_id, ServiceSynonym.text).where(ServiceSynonym.certainty >= MIN_SYNONYM_CERTAINTY)
    for service_id, text in db.session.execute(sure):
        synonyms[service_id].append(text)
    services = db.session.scalars(select(Service)).all()
    prices = _load_prices(services)
    offers = [ServiceOffer(each.id, (each.name, *synonyms[each.id]), frozenset(prices[each.id])) for each in services]
    company = db.session.get(Company, company_id)
    places = [company.name if company else "", *db.session.scalars(select(Branch.name))]
    return Catalogue(people, offers, places)


def _load_prices(services: Sequence[Service]) -> dict[str, set[int]]:
    """Each service's price, also where a branch or a person has another one; of a combined one the sum of its parts."""
    prices: dict[str, set[int]] = defaultdict(set)
    for service in services:
        if service.price_cents:
            prices[service.id].add(service.price_cents)
    for model in (BranchService, StaffService):
        for service_id, cents in db.session.execute(select(model.service_id, model.price_cents).where(model.price_cents.is_not(None))):
            prices[service_id].add(cents)
    for service in services:
        if service.parts and all(prices[part] for part in service.parts):
            prices[service.id].add(sum(min(prices[part]) for part in service.parts))
    return prices


def load_evidence(call: Call, turns: Sequence[Turn], catalogue: Catalogue) -> Evidence:
    zone = db.session.scalars(select(Branch.zone).where(Branch.id == call.branch_id)).one()
    tools = db.session.scalars(select(ToolCall).where(ToolCall.call_id == call.id).order_by(ToolCall.id)).all()
    refused = {tool.name: code for tool in tools if (code := find_rejection_code(tool.result))}
    done = {tool.name for tool in tools if tool.ok}
    return Evidence(
        zone=zone,
        began_at=call.started_at.astimezone(ZoneInfo(zone)),
        people=catalogue.people,
        offers=catalogue.offers,
        places=catalogue.places,
        appointments=_load_appointments(call, turns, tools),
        rejections={name: code for name, code in refused.items() if name not in done},
        used_tools=frozenset(tool.name for tool in tools),
        holds=_load_hold_states(call),
        quoted_prices=frozenset(cents for tool in tools for cents in find_quoted_prices(json.dumps(tool.result, ensure_ascii=False))),
    )


def _load_hold_states(call: Call) -> list[AppointmentState]:
    holds = db.session.scalars(select(Hold).where(Hold.call_id == call.id))
    return [AppointmentState(hold.starts_at.astimezone(ZoneInfo(hold.zone)), hold.staff_id, frozenset({hold.service_id})) for hold in holds]


def _load_appointments(call: Call, turns: Sequence[Turn], tools: Sequence[ToolCall]) -> list[AppointmentEvidence]:
    bookings = _load_bookings(call, tools)
    changes: dict[str, list[BookingChange]] = defaultdict(list)
    statement = select(BookingChange).where(BookingChange.booking_id.in_([booking.id for booking in bookings])).order_by(BookingChange.id)
    for change in db.session.scalars(statement) if bookings else ():
        changes[change.booking_id].append(change)
    return [_build_appointment(call, booking, changes[booking.id], turns) for booking in bookings]


def _load_bookings(call: Call, tools: Sequence[ToolCall]) -> Sequence[Booking]:
    """The bookings created or named in this call, and those of all customers with its number."""
    number = call.from_number if call.caller_kind == "number" else None
    callers = matching.find_customers_by_numbers([(call.company_id, number)])[call.company_id, number] if number else []
    customers = {customer.id for customer in callers} | ({call.customer_id} if call.customer_id else set())
    by_customer = Booking.customer_id.in_(customers) & Booking.starts_at.between(call.started_at - BEFORE, call.started_at + AHEAD)
    named = _list_booking_ids_in(tools)
    conditions = [Booking.call_id == call.id, *([Booking.id.in_(named)] if named else []), *([by_customer] if customers else [])]
    # one query each, so that each uses its index
    several = [db.session.scalars(select(Booking).where(statement).limit(MAX_BOOKINGS)).all() for statement in conditions]
    return list({booking.id: booking for bookings in several for booking in bookings}.values())


def _list_booking_ids_in(tools: Sequence[ToolCall]) -> set[str]:
    booking_ids: set[str] = set()
    for tool in tools:
        data = tool.result.get("data") if isinstance(tool.result, dict) else None
        if isinstance(data, dict):
            several = data.get("bookings")
            rows = [data, *(several if isinstance(several, list) else [])]
            booking_ids |= {row["booking_id"] for row in rows if isinstance(row, dict) and isinstance(row.get("booking_id"), str)}
    return booking_ids


def _build_appointment(call: Call, booking: Booking, changes: Sequence[BookingChange], turns: Sequence[Turn]) -> AppointmentEvidence:
    ended_at = call.ended_at or call.started_at + timedelta(seconds=call.duration_s or 3600)
    own_actions = {change.action for change in changes if change.actor_type == "caller" and change.actor_id == call.id}
    cancelled = next((change for change in reversed(changes) if change.action == "cancelled"), None)
    is_own, stands = booking.call_id == call.id, booking.status != "cancelled"
    if not stands and cancelled is not None and "cancelled" not in own_actions and cancelled.at > call.started_at:
        # what people cancelled later stood when it was spoken of; what a calendar never took did not
        stands = not _was_undone(cancelled)
        is_own = is_own and stands
    return AppointmentEvidence(
        booking.id,
        _build_states(call, booking, changes, turns, ended_at),
        was_created=is_own,
        was_moved="moved" in own_actions,
        was_cancelled="cancelled" in own_actions,
        is_active=stands,
        is_pending=booking.status == "pending",
    )


def _was_undone(cancelled: BookingChange) -> bool:
    """It still waited for the other calendar or for consent when it was given up."""
    return (cancelled.before or {}).get("status") == "pending" and cancelled.actor_type in ("calendar", "house")


def _build_states(
    call: Call, booking: Booking, changes: Sequence[BookingChange], turns: Sequence[Turn], ended_at: datetime
) -> tuple[AppointmentState, ...]:
    """How it stood from the beginning of the call on, the last one as it is now."""
    zone = ZoneInfo(booking.zone)
    now = {"starts_at": booking.starts_at.isoformat(), "staff_id": booking.staff_id, "service_id": booking.service_id}
    states = [_build_state(now, zone, None)]
    for change in reversed(changes):
        if change.at < call.started_at or not change.before:
            continue
        now |= {name: value for name, value in change.before.items() if name in now and value is not None}
        states.append(_build_state(now, zone, _find_last_turn_before(change.at, call, turns) if change.at <= ended_at else None))
    return tuple(reversed(states))


def _build_state(at: dict[str, str], zone: ZoneInfo, until: int | None) -> AppointmentState:
    return AppointmentState(datetime.fromisoformat(at["starts_at"]).astimezone(zone), at["staff_id"], frozenset({at["service_id"]}), until)


def _find_last_turn_before(instant: datetime, call: Call, turns: Sequence[Turn]) -> int | None:
    """The turn after which it changed, where the turns have their times."""
    second = (instant - call.started_at).total_seconds()
    change = [turn.position for turn in turns if turn.start_s is not None and turn.start_s <= second]
    return max(change) if change else None
