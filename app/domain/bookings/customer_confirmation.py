"""The customer says that they will come: by the link of a message, or by an answer to it."""

from flask_babel import gettext as _

from app.core.clock import now
from app.core.event_bus import publish
from app.domain.bookings import history
from app.domain.bookings.history import Actor
from app.domain.bookings.status import InvalidBookingTransition, lock_visit, record_change
from app.domain.notifications.receipts import mark_answered
from app.events import BookingDetailsChanged
from app.models import Booking


def confirm_by_customer(booking_id: str, actor: Actor, *, token: str = "") -> Booking:
    """Note on the whole visit that its customer will come; idempotent, and a move to another time takes it back.

    `token`: of the link over which they say so.

    Raises BookingNotFound, or InvalidBookingTransition where it is cancelled or has begun.
    """
    visit = lock_visit(booking_id)
    if not visit[0].is_active or visit[0].starts_at <= now():
        raise InvalidBookingTransition(_("Das geht bei diesem Termin nicht mehr."), booking_status=visit[0].status)
    for booking in visit:
        if booking.customer_confirmed_at is None:
            before = history.snapshot(booking)
            booking.customer_confirmed_at = now()
            record_change(booking, "acknowledged", actor, reason=None, before=before)
            publish(BookingDetailsChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
    mark_answered([f"booking:{booking.id}" for booking in visit], "confirmed", token=token)
    return next(booking for booking in visit if booking.id == booking_id)
