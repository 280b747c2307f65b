"""Reschedule bookings to another time, person or branch in one transaction; on a conflict nothing changes."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings import history, slot_locks
from app.domain.bookings.allocation import allocate, assign_slots
from app.domain.bookings.booking_request import BookingRequest, validate_request
from app.domain.bookings.history import Actor
from app.domain.bookings.orphaned_bookings import drop_missing_staff
from app.domain.bookings.status import InvalidBookingTransition, check_deadline, get_rules, lock_visit, record_change
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData, VisitPart
from app.events import BookingRescheduled
from app.models import Booking, GroupSession


def reschedule_booking(
    booking_id: str,
    actor: Actor,
    *,
    starts_at: datetime | None = None,
    staff_id: str | None = None,
    any_staff: bool = False,
    excluded_staff: frozenset[str] = frozenset(),
    branch_id: str | None = None,
    reason: str | None = None,
    version: int | None = None,
    ignore_rules: bool = False,
    accepted: frozenset[str] = frozenset(),
    notify: bool | None = None,
) -> Booking:
    """Move the whole visit to begin at `starts_at` (None: as before), with `staff_id` for the given booking, or the same people
    (anybody in place of those who no longer do it; `any_staff`: whoever is free, but nobody of `excluded_staff`), and publish
    BookingRescheduled; does nothing without a change.

    Raises BookingNotFound, StaleVersion, InvalidBookingTransition, TooLate, and the errors of create_booking.
    """
    visit = lock_visit(booking_id, version=version)
    target = next(booking for booking in visit if booking.id == booking_id)
    if not target.is_active:
        raise InvalidBookingTransition(_("Dieser Termin steht nicht mehr."), booking_status=target.status)
    request = _build_request(visit, target, actor, starts_at or visit[0].starts_at, staff_id, branch_id or target.branch_id)
    request = replace(request, ignore_rules=ignore_rules, accepted=accepted)
    if any_staff:
        request = replace(request, parts=tuple(VisitPart(part.service_id) for part in request.parts), excluded_staff=excluded_staff)
    if _is_unchanged(visit, request):
        return target
    check_deadline(visit[0], actor, get_rules(target).move_minutes)
    validate_request(request)

    def reassign(plan: AllocationPlan, data: SchedulingData) -> Booking:
        _reassign(visit, plan, data, actor, reason)
        for booking in visit:
            publish(BookingRescheduled(booking.company_id, booking.branch_id, booking.id, booking.call_id, notify))
        return target

    return allocate(request, reassign, ignoring=frozenset([target.occupant, *_list_own_sessions(visit)]))


def _build_request(
    visit: list[Booking], target: Booking, actor: Actor, starts_at: datetime, staff_id: str | None, branch_id: str
) -> BookingRequest:
    kept = drop_missing_staff(tuple(VisitPart(booking.service_id, booking.staff_id) for booking in visit), branch_id)
    parts = tuple(part._replace(staff_id=staff_id) if staff_id and row is target else part for row, part in zip(visit, kept, strict=True))
    gaps = [(later.starts_at - earlier.ends_at).seconds // 60 for earlier, later in pairwise(visit)]
    return BookingRequest(parts, starts_at, branch_id, target.source, actor, seats=target.seats, max_gap=max(gaps, default=0))


def _is_unchanged(visit: list[Booking], request: BookingRequest) -> bool:
    same_people = [part.staff_id for part in request.parts] == [booking.staff_id for booking in visit]
    return same_people and visit[0].starts_at == request.starts_at and visit[0].branch_id == request.branch_id


def _list_own_sessions(visit: list[Booking]) -> list[str]:
    """Group sessions with no seats but this visit's: they are deleted with the move and do not count as busy."""
    seats_by_session = {booking.session_id: booking.seats for booking in visit if booking.session_id}
    rows = db.session.execute(select(GroupSession.id, GroupSession.seats_taken).where(GroupSession.id.in_(seats_by_session)))
    return [session_id for session_id, taken in rows if taken == seats_by_session[session_id]]


def _reassign(visit: list[Booking], plan: AllocationPlan, data: SchedulingData, actor: Actor, reason: str | None) -> None:
    snapshots = [history.snapshot(booking) for booking in visit]
    for booking in visit:
        booking.session_id = None
    db.session.flush()
    slot_locks.unlock_all(visit[0].occupant, *(booking.id for booking in visit))
    for booking, part in zip(visit, plan.parts, strict=True):
        if booking.starts_at != part.starts_at:
            # the customer has said nothing about the new time
            booking.customer_confirmed_at = None
        booking.branch_id, booking.timezone = plan.branch_id, data.get_branch(plan.branch_id).timezone
        booking.staff_id, booking.starts_at, booking.ends_at = part.staff_id, part.starts_at, part.ends_at
        booking.overridden = list(plan.overridden) or None
    assign_slots(visit, plan, data)
    for booking, before in zip(visit, snapshots, strict=True):
        record_change(booking, "moved", actor, reason=reason, before=before)
