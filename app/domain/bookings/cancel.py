"""Cancel bookings, and the terms of cancellation."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings import slot_locks
from app.domain.bookings.history import Actor
from app.domain.bookings.status import check_deadline, check_transition, get_deadline, get_rules, lock_visit, transition
from app.events import BookingCancelled
from app.models import Booking


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """Deadlines for the caller to cancel and move, and the fee for cancelling now."""

    cancel_until: datetime
    move_until: datetime
    can_cancel: bool
    can_move: bool
    fee_cents: int


def get_terms(booking: Booking) -> CancellationTerms:
    rules = get_rules(booking)
    cancel_until, move_until = get_deadline(booking, rules.cancel_minutes), get_deadline(booking, rules.move_minutes)
    late = now() > get_deadline(booking, rules.fee_within_minutes)
    return CancellationTerms(
        cancel_until,
        move_until,
        can_cancel=booking.is_active and now() <= cancel_until,
        can_move=booking.is_active and now() <= move_until,
        fee_cents=rules.fee_cents if late else 0,
    )


def cancel_booking(
    booking_id: str, actor: Actor, *, reason: str | None = None, version: int | None = None, notify: bool | None = None
) -> Booking:
    """Cancel the whole visit and publish BookingCancelled; idempotent.

    Raises BookingNotFound, StaleVersion, InvalidBookingTransition (it is over) or TooLate (for callers, by policy).
    """
    visit = lock_visit(booking_id, version=version)
    target = next(booking for booking in visit if booking.id == booking_id)
    if target.status == "cancelled":
        return target
    check_transition(target, "cancelled")
    check_deadline(visit[0], actor, get_rules(target).cancel_minutes)
    for booking in visit:
        booking.session_id = None
        booking.cancelled_at = now()
        transition(booking, "cancelled", actor, reason=reason)
    slot_locks.unlock_all(target.occupant, *(booking.id for booking in visit))
    db.session.flush()
    for booking in visit:
        publish(BookingCancelled(booking.company_id, booking.branch_id, booking.id, booking.call_id, notify))
    return target
