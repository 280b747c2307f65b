"""The life cycle of a booking: transitions, locking, version check, deadlines and history."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings import history
from app.domain.bookings.history import Actor
from app.domain.companies.policies import Rules, load_policies
from app.events import BookingDetailsChanged
from app.models import Booking

TRANSITIONS = {
    "pending": ("confirmed", "cancelled"),
    "confirmed": ("cancelled", "no_show", "done"),
    "no_show": ("done", "confirmed"),
    "done": ("no_show", "confirmed"),
    "cancelled": (),
}


class BookingNotFound(NotFound):
    code = "not_found"


class StaleVersion(Conflict):
    """The booking was changed since it was read; `version` in data is the current one."""

    code = "changed_meanwhile"


class InvalidBookingTransition(Conflict):
    """The booking's status does not allow this; `booking_status` in data."""

    code = "not_possible"


class TooLate(Conflict):
    """The deadline for callers has passed; `until` in data."""

    code = "too_late"


def get_booking(booking_id: str) -> Booking:
    """Get a booking; raises BookingNotFound, also for a booking of another company."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first()
    if booking is None:
        raise BookingNotFound(_("Diesen Termin gibt es nicht."))
    return booking


def lock_visit(booking_id: str, *, version: int | None = None) -> list[Booking]:
    """Lock the booking with the other parts of its visit, in order; raises BookingNotFound or StaleVersion.

    `version` is the version of this booking that the client read.
    """
    booking = get_booking(booking_id)
    condition = Booking.visit_id == booking.visit_id if booking.visit_id else Booking.id == booking.id
    visit = list(
        db.session.scalars(
            select(Booking)
            .where(condition)
            .order_by(Booking.starts_at, Booking.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if version is not None and booking.version != version:
        raise StaleVersion(_("Der Termin wurde inzwischen geändert."), version=booking.version)
    return visit


def check_transition(booking: Booking, status: str) -> None:
    if status not in TRANSITIONS.get(booking.status, ()):
        raise InvalidBookingTransition(_("Das geht bei diesem Termin nicht mehr."), booking_status=booking.status)


def check_deadline(booking: Booking, actor: Actor, minutes: int) -> None:
    """Raise TooLate for callers less than `minutes` before the start; staff may always."""
    until = get_deadline(booking, minutes)
    if actor.kind == "caller" and now() > until:
        raise TooLate(_("Dafür ist es leider zu spät; bitte rufen Sie an."), until=until.astimezone(ZoneInfo(booking.timezone)).isoformat())


def get_deadline(booking: Booking, minutes: int) -> datetime:
    return booking.starts_at - timedelta(minutes=minutes)


def get_rules(booking: Booking) -> Rules:
    return load_policies().rules(branch_id=booking.branch_id, service_id=booking.service_id, staff_id=booking.staff_id)


def transition(booking: Booking, status: str, actor: Actor, *, reason: str | None = None) -> None:
    """Change the status as TRANSITIONS allows, with a new version and a history row."""
    check_transition(booking, status)
    before = history.snapshot(booking)
    booking.status = status
    record_change(booking, status, actor, reason=reason, before=before)


def record_change(booking: Booking, action: str, actor: Actor, *, reason: str | None, before: dict[str, Any]) -> None:
    """Increment the version and append the change to the history."""
    booking.version += 1
    booking.updated_at = now()
    history.append(booking, action, actor, reason=reason, before=before)
    db.session.flush()


def confirm_booking(booking_id: str, actor: Actor, *, version: int | None = None) -> Booking:
    """Confirm a pending booking; idempotent."""
    return _transition_visit(booking_id, "confirmed", actor, version=version)


def mark_done(booking_id: str, actor: Actor, *, version: int | None = None) -> Booking:
    return _transition_visit(booking_id, "done", actor, version=version)


def mark_no_show(booking_id: str, actor: Actor, *, version: int | None = None, reason: str | None = None) -> Booking:
    """Mark a no-show. The slot stays locked; it is in the past."""
    return _transition_visit(booking_id, "no_show", actor, version=version, reason=reason)


def edit_notes(booking_id: str, notes: str | None, actor: Actor, *, version: int | None = None) -> Booking:
    booking = next(part for part in lock_visit(booking_id, version=version) if part.id == booking_id)
    if booking.notes != notes:
        before = history.snapshot(booking)
        booking.notes = notes
        record_change(booking, "edited", actor, reason=None, before=before)
        publish(BookingDetailsChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
    return booking


def _transition_visit(booking_id: str, status: str, actor: Actor, *, version: int | None, reason: str | None = None) -> Booking:
    """Set the status on all parts of the visit; idempotent."""
    visit = lock_visit(booking_id, version=version)
    for booking in visit:
        if booking.status != status:
            transition(booking, status, actor, reason=reason)
            publish(BookingDetailsChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
    return next(booking for booking in visit if booking.id == booking_id)
