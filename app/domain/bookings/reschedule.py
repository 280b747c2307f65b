"""Reschedule bookings to another time, person or branch in one transaction; on a conflict nothing changes."""

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
from app.domain.bookings.status import InvalidTransition, check_deadline, get_rules, lock_visit, record_change
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
    branch_id: str | None = None,
    reason: str | None = None,
    version: int | None = None,
    ignore_rules: bool = False,
) -> Booking:
    """Moves the whole visit so that it begins at `starts_at` (None: as before), with `staff_id` for the booking named, or the same
    people, and publish BookingRescheduled; without a change nothing happens.

    Raises BookingNotFound, StaleVersion, InvalidTransition, TooLate, and the errors of create_booking.
    """
    visit = lock_visit(booking_id, version=version)
    target = next(booking for booking in visit if booking.id == booking_id)
    if not target.is_active:
        raise InvalidTransition(_("Dieser Termin steht nicht mehr."), booking_status=target.status)
    request = _build_request(visit, target, actor, starts_at or visit[0].starts_at, staff_id, branch_id or target.branch_id, ignore_rules)
    if _is_unchanged(visit, request):
        return target
    check_deadline(visit[0], actor, get_rules(target).move_minutes)
    validate_request(request)

    def reassign(plan: AllocationPlan, data: SchedulingData) -> Booking:
        _reassign(visit, plan, data, actor, reason)
        for booking in visit:
            publish(BookingRescheduled(booking.company_id, booking.branch_id, booking.id, booking.call_id))
        return target

    return allocate(request, reassign, ignoring=frozenset([target.occupant, *_list_own_sessions(visit)]))


def _build_request(
    visit: list[Booking], target: Booking, actor: Actor, starts_at: datetime, staff_id: str | None, branch_id: str, ignore_rules: bool
) -> BookingRequest:
    parts = tuple(VisitPart(booking.service_id, staff_id if staff_id and booking is target else booking.staff_id) for booking in visit)
    gaps = [(later.starts_at - earlier.ends_at).seconds // 60 for earlier, later in pairwise(visit)]
    return BookingRequest(
        parts, starts_at, branch_id, target.source, actor, seats=target.seats, ignore_rules=ignore_rules, max_gap=max(gaps, default=0)
    )


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
        booking.branch_id, booking.zone = plan.branch_id, data.get_branch(plan.branch_id).zone
        booking.staff_id, booking.starts_at, booking.ends_at = part.staff_id, part.starts_at, part.ends_at
    assign_slots(visit, plan, data)
    for booking, before in zip(visit, snapshots, strict=True):
        record_change(booking, "moved", actor, reason=reason, before=before)
