"""Moves bookings to another time or person: the new time is taken before the old one is lost, or nothing happens."""

from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings import history, slot_locks
from app.domain.bookings.allocation import settle, sit_down
from app.domain.bookings.booking_request import Order, checked
from app.domain.bookings.history import By
from app.domain.bookings.status import NotPossibleNow, changed, check_in_time, rules_of, visit_for_change
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData, VisitPart
from app.events import BookingRescheduled
from app.models import Booking, GroupSession


def move_booking(
    booking_id: str,
    by: By,
    *,
    starts_at: datetime | None = None,
    staff_id: str | None = None,
    branch_id: str | None = None,
    why: str | None = None,
    version: int | None = None,
    outside_rules: bool = False,
) -> Booking:
    """Moves the whole visit so that it begins at `starts_at` (None: as before), with `staff_id` for the booking named, or the same
    people, and announces BookingRescheduled; moving it to where it is changes nothing.

    Raises BookingNotFound, ChangedMeanwhile, NotPossibleNow, TooLate, and what make_booking raises.
    """
    visit = visit_for_change(booking_id, version=version)
    asked = next(booking for booking in visit if booking.id == booking_id)
    if not asked.is_standing:
        raise NotPossibleNow(_("Dieser Termin steht nicht mehr."), booking_status=asked.status)
    order = _as_order(visit, asked, by, starts_at or visit[0].starts_at, staff_id, branch_id or asked.branch_id, outside_rules)
    if _is_there(visit, order):
        return asked
    check_in_time(visit[0], by, rules_of(asked).move_minutes)
    checked(order)

    def resettle(plan: AllocationPlan, facts: SchedulingData) -> Booking:
        _resettle(visit, plan, facts, by, why)
        for booking in visit:
            publish(BookingRescheduled(booking.company_id, booking.branch_id, booking.id, booking.call_id))
        return asked

    return settle(order, resettle, ignoring=frozenset([asked.occupant, *_own_sessions(visit)]))


def _as_order(
    visit: list[Booking], asked: Booking, by: By, starts_at: datetime, staff_id: str | None, branch_id: str, outside_rules: bool
) -> Order:
    parts = tuple(VisitPart(booking.service_id, staff_id if staff_id and booking is asked else booking.staff_id) for booking in visit)
    gaps = [(later.starts_at - earlier.ends_at).seconds // 60 for earlier, later in pairwise(visit)]
    return Order(
        parts, starts_at, branch_id, asked.source, by, seats=asked.seats, outside_rules=outside_rules, max_gap=max(gaps, default=0)
    )


def _is_there(visit: list[Booking], order: Order) -> bool:
    same_people = [part.staff_id for part in order.parts] == [booking.staff_id for booking in visit]
    return same_people and visit[0].starts_at == order.starts_at and visit[0].branch_id == order.branch_id


def _own_sessions(visit: list[Booking]) -> list[str]:
    """Groups that only this visit sits in: they go when it leaves and so do not stand in its way."""
    mine = {booking.session_id: booking.seats for booking in visit if booking.session_id}
    found = db.session.execute(select(GroupSession.id, GroupSession.seats_taken).where(GroupSession.id.in_(mine)))
    return [session_id for session_id, taken in found if taken == mine[session_id]]


def _resettle(visit: list[Booking], plan: AllocationPlan, facts: SchedulingData, by: By, why: str | None) -> None:
    pictures = [history.picture(booking) for booking in visit]
    for booking in visit:
        booking.session_id = None
    db.session.flush()
    slot_locks.vacate(visit[0].occupant, *(booking.id for booking in visit))
    for booking, part in zip(visit, plan.parts, strict=True):
        booking.branch_id, booking.zone = plan.branch_id, facts.get_branch(plan.branch_id).zone
        booking.staff_id, booking.starts_at, booking.ends_at = part.staff_id, part.starts_at, part.ends_at
    sit_down(visit, plan, facts)
    for booking, before in zip(visit, pictures, strict=True):
        changed(booking, "moved", by, why=why, before=before)
