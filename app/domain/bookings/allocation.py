"""Finds a way to have an order and writes it; who loses the race for it looks again, and at last is told why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.bookings import history, slot_locks
from app.domain.bookings.booking_request import Order
from app.domain.bookings.errors import BookingRefused, SlotTaken, refusal
from app.domain.companies.policies import Policies
from app.domain.scheduling.allocation_plan import AllocationPlan, PlannedPart, ResourceAllocation, list_plans
from app.domain.scheduling.alternatives import Alternatives, find_alternatives
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.reasons import Reason, explain_unavailable
from app.domain.scheduling.types import AvailabilityQuery, SchedulingData, ignore_rules
from app.models import Booking, GroupSession

T = TypeVar("T")
# each lost race is somebody else's booking, and the next person who is free is tried; beyond this the time counts as sold
ATTEMPTS = 25
REACH = timedelta(days=7)


def settle(
    order: Order,
    write: Callable[[AllocationPlan, SchedulingData], T],
    *,
    ignoring: frozenset[str] = frozenset(),
    same: Callable[[], T | None] | None = None,
) -> T:
    """Calls `write` with the preferred way in a savepoint until it is not refused by the database.

    `ignoring` names what shall not stand in the way; `same` looks, after a refusal, for what this very order has made meanwhile.
    Raises InThePast, Closed, NotBookable or SlotTaken, with reasons and alternatives.
    """
    question = question_of(order, ignoring)
    for _attempt in range(ATTEMPTS):
        try:
            plan, facts = find_way(order, question)
            with db.session.begin_nested():
                return write(plan, facts)
        except SeatsGone:
            continue
        except (BookingRefused, IntegrityError) as error:
            if same and (made := same()):
                return made
            if isinstance(error, BookingRefused) or not slot_locks.was_taken(error):
                raise
    raise SlotTaken(_("Diese Zeit ist gerade vergeben worden."))


def find_way(order: Order, question: AvailabilityQuery) -> tuple[AllocationPlan, SchedulingData]:
    """The preferred way to have the order as things stand, and the facts it comes from. Reads only; raises as settle does."""
    facts = load_scheduling_data(question, for_callers=order.from_a_caller)
    facts = ignore_rules(facts) if order.outside_rules else facts
    ways = list_plans(question, facts, order.starts_at)
    if not ways:
        raise refused(question, facts, order)
    return ways[0], facts


def question_of(order: Order, ignoring: frozenset[str] = frozenset()) -> AvailabilityQuery:
    """The order as a question about its very minute."""
    present = min(now(), order.starts_at) if order.outside_rules else now()
    return AvailabilityQuery(
        order.parts, order.starts_at, order.starts_at + timedelta(minutes=1), present, branch_id=order.branch_id,
        seats=order.seats, max_gap=order.max_gap, ignoring=ignoring, any_start=True,
    )  # fmt: skip


def refused(question: AvailabilityQuery, facts: SchedulingData, order: Order) -> BookingRefused:
    """Why not, and what is free near it."""
    reasons = explain_unavailable(question, facts, order.starts_at) or [Reason("booked", order.branch_id)]
    wanted = max(order.starts_at, question.now)
    around = replace(question, starts_from=max(wanted - REACH, question.now), starts_before=wanted + REACH, any_start=False)

    def near() -> Alternatives:
        wide = load_scheduling_data(around, for_callers=order.from_a_caller, all_branches=True)
        return find_alternatives(around, wide, wanted, search_radius=REACH)

    return refusal(reasons, facts, near=near)


class SeatsGone(Exception):
    """Somebody else took the last seats of the group in the meantime."""


def write_plan(order: Order, plan: AllocationPlan, facts: SchedulingData, policies: Policies) -> list[Booking]:
    """One booking for each part. Raises IntegrityError or SeatsGone when somebody was faster; wrap it in a savepoint."""
    visit_id = new_ulid() if len(plan.parts) > 1 else None
    bookings = [_booking(order, plan, part, facts, policies, visit_id) for part in plan.parts]
    bookings[0].source_ref, bookings[0].idempotency_key = order.source_ref, order.idempotency_key
    db.session.add_all(bookings)
    db.session.flush()
    sit_down(bookings, plan, facts)
    for booking in bookings:
        history.note(booking, "made", order.by)
    db.session.flush()
    return bookings


def sit_down(bookings: list[Booking], plan: AllocationPlan, facts: SchedulingData) -> None:
    """Takes for these bookings, which are in the rows already, what the plan says."""
    sessions = take_plan(
        plan, facts, names=[booking.id for booking in bookings], together=bookings[0].occupant, seats=bookings[0].seats
    )  # fmt: skip
    for booking, session_id in zip(bookings, sessions, strict=True):
        booking.session_id = session_id
    db.session.flush()


def take_plan(
    plan: AllocationPlan, facts: SchedulingData, *, names: list[str], together: str, seats: int, expires_at: datetime | None = None
) -> list[str | None]:
    """Takes people and rooms under one name and group seats each under its part's name; gives the sessions of the parts.

    Seats are taken before a booking names the session: that reference locks the session shared, and two of those cannot both go on.
    """
    sessions: list[str | None] = []
    alone: list[ResourceAllocation] = []
    for part, name in zip(plan.parts, names, strict=True):
        if part.session_id or facts.get_service(part.service_id).is_group:
            session_id = part.session_id or _stand_up(part, plan.branch_id)
            if not slot_locks.take_seats(session_id, name, seats):
                raise SeatsGone
            sessions.append(session_id)
        else:
            alone += part.allocations
            sessions.append(None)
    if alone:
        slot_locks.occupy(together, alone, expires_at=expires_at)
    return sessions


def _stand_up(part: PlannedPart, branch_id: str) -> str:
    """A new group session with its person and rooms; nobody sits in it yet."""
    session = GroupSession(
        id=new_ulid(), branch_id=branch_id, service_id=part.service_id, staff_id=part.staff_id,
        starts_at=part.starts_at, ends_at=part.ends_at, seats=part.seats,
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    slot_locks.occupy(session.id, part.allocations)
    return session.id


def _booking(
    order: Order, plan: AllocationPlan, part: PlannedPart, facts: SchedulingData, policies: Policies, visit_id: str | None
) -> Booking:
    rules = policies.rules(branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id)
    offer = facts.get_offer(part.service_id, part.staff_id, plan.branch_id)
    return Booking(
        id=new_ulid(), branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id, customer_id=order.customer_id,
        call_id=order.call_id, status="pending" if rules.needs_confirmation and order.from_a_caller else "confirmed",
        starts_at=part.starts_at, ends_at=part.ends_at, zone=facts.get_branch(plan.branch_id).zone, seats=order.seats, visit_id=visit_id,
        series_id=order.series_id, source=order.source, price_cents=offer.price_cents, notes=order.notes, version=1,
        contact_phone=order.contact_phone, contact_email=order.contact_email,
    )  # fmt: skip
