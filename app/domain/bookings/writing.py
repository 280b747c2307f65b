"""Writes a planned visit into the rows: bookings, what they take, and the first line of their history."""

from datetime import datetime

from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.bookings import history, occupying
from app.domain.bookings.ordering import Order
from app.domain.calendar.facts import Facts
from app.domain.calendar.planning import Plan, PlannedPart, Taking
from app.domain.companies.policies import Policies
from app.models import Booking, GroupSession


class SeatsGone(Exception):
    """Somebody else took the last seats of the group in the meantime."""


def write_plan(order: Order, plan: Plan, facts: Facts, policies: Policies) -> list[Booking]:
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


def sit_down(bookings: list[Booking], plan: Plan, facts: Facts) -> None:
    """Takes for these bookings, which are in the rows already, what the plan says."""
    sessions = take_plan(
        plan, facts, names=[booking.id for booking in bookings], together=bookings[0].occupant, seats=bookings[0].seats
    )  # fmt: skip
    for booking, session_id in zip(bookings, sessions, strict=True):
        booking.session_id = session_id
    db.session.flush()


def take_plan(
    plan: Plan, facts: Facts, *, names: list[str], together: str, seats: int, expires_at: datetime | None = None
) -> list[str | None]:
    """Takes people and rooms under one name and group seats each under its part's name; gives the sessions of the parts.

    Seats are taken before a booking names the session: that reference locks the session shared, and two of those cannot both go on.
    """
    sessions: list[str | None] = []
    alone: list[Taking] = []
    for part, name in zip(plan.parts, names, strict=True):
        if part.joins or facts.service(part.service_id).is_group:
            session_id = part.joins or _stand_up(part, plan.branch_id)
            if not occupying.take_seats(session_id, name, seats):
                raise SeatsGone
            sessions.append(session_id)
        else:
            alone += part.takings
            sessions.append(None)
    if alone:
        occupying.occupy(together, alone, expires_at=expires_at)
    return sessions


def _stand_up(part: PlannedPart, branch_id: str) -> str:
    """A new group session with its person and rooms; nobody sits in it yet."""
    session = GroupSession(
        id=new_ulid(), branch_id=branch_id, service_id=part.service_id, staff_id=part.staff_id,
        starts_at=part.starts_at, ends_at=part.ends_at, seats=part.seats,
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    occupying.occupy(session.id, part.takings)
    return session.id


def _booking(order: Order, plan: Plan, part: PlannedPart, facts: Facts, policies: Policies, visit_id: str | None) -> Booking:
    rules = policies.rules(branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id)
    offer = facts.offer(part.service_id, part.staff_id, plan.branch_id)
    return Booking(
        id=new_ulid(), branch_id=plan.branch_id, service_id=part.service_id, staff_id=part.staff_id, customer_id=order.customer_id,
        call_id=order.call_id, status="pending" if rules.needs_confirmation and order.from_a_caller else "confirmed",
        starts_at=part.starts_at, ends_at=part.ends_at, zone=facts.branch(plan.branch_id).zone, seats=order.seats, visit_id=visit_id,
        series_id=order.series_id, source=order.source, price_cents=offer.price_cents, notes=order.notes, version=1,
        contact_phone=order.contact_phone, contact_email=order.contact_email,
    )  # fmt: skip
