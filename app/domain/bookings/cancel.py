"""Cancels bookings: the time is free again at once, and what it costs was said before."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings import slot_locks
from app.domain.bookings.history import By
from app.domain.bookings.status import check_in_time, check_may_become, last_moment, rules_of, set_status, visit_for_change
from app.events import BookingCancelled
from app.models import Booking


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when the caller may cancel and move alone, and what cancelling costs at this moment."""

    cancel_until: datetime
    move_until: datetime
    may_cancel: bool
    may_move: bool
    fee_cents: int


def terms_of(booking: Booking) -> Terms:
    rules = rules_of(booking)
    cancel_until, move_until = last_moment(booking, rules.cancel_minutes), last_moment(booking, rules.move_minutes)
    late = now() > last_moment(booking, rules.fee_within_minutes)
    return Terms(
        cancel_until,
        move_until,
        may_cancel=booking.is_standing and now() <= cancel_until,
        may_move=booking.is_standing and now() <= move_until,
        fee_cents=rules.fee_cents if late else 0,
    )


def cancel_booking(booking_id: str, by: By, *, why: str | None = None, version: int | None = None) -> Booking:
    """Cancels the whole visit and announces BookingCancelled; cancelling again changes nothing.

    Raises BookingNotFound, ChangedMeanwhile, NotPossibleNow (it is over) or TooLate (for callers, by policy).
    """
    visit = visit_for_change(booking_id, version=version)
    asked = next(booking for booking in visit if booking.id == booking_id)
    if asked.status == "cancelled":
        return asked
    check_may_become(asked, "cancelled")
    check_in_time(visit[0], by, rules_of(asked).cancel_minutes)
    for booking in visit:
        booking.session_id = None
        booking.cancelled_at = now()
        set_status(booking, "cancelled", by, why=why)
    slot_locks.vacate(asked.occupant, *(booking.id for booking in visit))
    db.session.flush()
    for booking in visit:
        publish(BookingCancelled(booking.company_id, booking.branch_id, booking.id, booking.call_id))
    return asked
