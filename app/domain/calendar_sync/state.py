"""The sync state of a booking: its external events, whether both calendars agree, and tasks for the front desk if not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.outbox import Outbox
from app.core.tenancy import current_company_id
from app.domain.bookings import history
from app.domain.bookings.history import Actor
from app.domain.bookings.status import record_change
from app.domain.tasks.lifecycle import create_task
from app.events import BookingDetailsChanged
from app.models import Booking, BookingSync, Customer, ExternalBooking
from app.providers.calendar.base import RemoteBooking

# reasons of tasks for the front desk
TASK_TITLES = {
    "conflict": "Termin klären: {who}, {when}: im anderen Kalender vergeben",
    "no_room": "Termin klären: {who}, {when}: dort verlegt, hier vergeben",
    "failed": "Kalenderabgleich prüfen: {who}, {when}",
    "away": "Kalenderabgleich stockt: {who}, {when}",
}
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (10, 30, 60, 120, 300, 600))
# the lease is longer than all calls of one claim
OUTBOX = Outbox(BookingSync, lease=timedelta(seconds=90), retry_delays=RETRY_DELAYS)
BY_CALENDAR = Actor("calendar", "calcom")


def lock_sync(booking_id: str) -> tuple[Booking, BookingSync] | None:
    """The booking and its sync, locked in this order everywhere, so that transactions do not deadlock."""
    statement = select(Booking).where(Booking.id == booking_id).with_for_update().execution_options(populate_existing=True)
    booking = db.session.scalars(statement).first()
    statement = select(BookingSync).where(BookingSync.booking_id == booking_id).with_for_update().execution_options(populate_existing=True)
    sync = db.session.scalars(statement).first()
    return (booking, sync) if booking and sync else None


def find_external_event(connection_id: str, uid: str) -> ExternalBooking | None:
    return db.session.scalars(
        select(ExternalBooking).where(ExternalBooking.connection_id == connection_id, ExternalBooking.uid == uid)
    ).first()


def record_external_event(
    connection_id: str, uid: str, status: str, *, sync_id: str | None = None, successor: str | None = None
) -> ExternalBooking:
    """Record that the booking has or had an event with this uid; other known fields stay."""
    row = find_external_event(connection_id, uid)
    if row is None:
        row = ExternalBooking(company_id=current_company_id() or "", connection_id=connection_id, uid=uid)
        db.session.add(row)
    row.status, row.sync_id, row.replaced_by_uid = status, sync_id or row.sync_id, successor or row.replaced_by_uid
    db.session.flush()
    return row


def link(sync: BookingSync, remote: RemoteBooking) -> None:
    """Link the booking to this event; the one before is over."""
    if sync.uid and sync.uid != remote.uid:
        record_external_event(sync.connection_id, sync.uid, "moved", sync_id=sync.id, successor=remote.uid)
    record_external_event(sync.connection_id, remote.uid, "requested" if remote.status == "pending" else "standing", sync_id=sync.id)
    sync.uid, sync.event_type = remote.uid, remote.event_type or sync.event_type


def unlink(sync: BookingSync) -> None:
    if sync.uid:
        record_external_event(sync.connection_id, sync.uid, "over", sync_id=sync.id)
    sync.uid = sync.event_type = None


def mark_synced(sync: BookingSync, booking: Booking) -> None:
    """Both calendars agree on this version; a call under way finds nothing left to do."""
    sync.status, sync.reason, sync.error, sync.first_requested_at, sync.attempts = "synced", None, None, None, 0
    sync.version = sync.synced_version = booking.version
    sync.synced_at = now()
    db.session.flush()


def confirm_status(sync: BookingSync, booking: Booking, remote: RemoteBooking) -> None:
    """Take over whether it is confirmed: a request there is pending here, and a booking that waited only for it is confirmed."""
    if remote.status == "pending" and booking.status == "confirmed":
        sync.previous_status = booking.status
        _set_status(booking, "pending", "im anderen Kalender noch nicht bestätigt")
    elif remote.status == "confirmed" and booking.status == "pending" and sync.previous_status:
        _set_status(booking, sync.previous_status, "im anderen Kalender bestätigt")
        sync.previous_status = None


def mark_conflict(
    sync: BookingSync, booking: Booking, what: str, *, reason: str, error: str | None = None, free: str | None = None
) -> None:
    """Mark a booking that only one of the two calendars can hold: it becomes pending, and the front desk gets a task.

    Not so a new booking that the desk made all the same: that there is no room for it is no news.
    """
    sync.status, sync.reason, sync.error, sync.first_requested_at = "conflict", reason, error[:500] if error else None, None
    if booking.overridden and sync.uid is None:
        sync.version = booking.version
        return
    if booking.status == "confirmed":
        sync.previous_status = booking.status
        _set_status(booking, "pending", "passt nicht in den anderen Kalender")
    sync.version = booking.version
    create_sync_task(booking, what, cause=f"{sync.id}:{booking.version}", reason=reason, details=free)


def mark_failed(sync: BookingSync, booking: Booking, *, reason: str, error: str | None = None) -> None:
    """The external calendar rejects it, and a retry would not change that."""
    sync.status, sync.reason, sync.error, sync.first_requested_at = "failed", reason, error[:500] if error else None, None
    create_sync_task(booking, "failed", cause=f"{sync.id}:failed:{booking.version}", reason=reason, details=error)
    db.session.flush()


def create_sync_task(booking: Booking, what: str, *, cause: str, reason: str, details: str | None = None) -> None:
    who = db.session.scalar(select(Customer.name).where(Customer.id == booking.customer_id)) if booking.customer_id else None
    title = TASK_TITLES[what].format(who=who or "ohne Namen", when=format_time(booking.starts_at, booking.timezone))
    create_task("check_booking", title, source_ref=f"calendar:{cause}", booking=booking, reason=reason, details=details, due_at=now())


def format_time(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).strftime("%d.%m.%Y, %H:%M")


def _set_status(booking: Booking, status: str, why: str) -> None:
    """Waiting for another calendar is no step of the business itself, so it is not part of the booking's transitions."""
    before = history.snapshot(booking)
    booking.status = status
    record_change(booking, status, BY_CALENDAR, reason=why, before=before)
    publish(BookingDetailsChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
