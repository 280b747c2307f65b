"""What is known of a booking in the calendar elsewhere: its names there, whether it is in step, and who must look at it if not."""

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
from app.domain.tasks.lifecycle import make_task
from app.events import BookingChanged
from app.models import Booking, BookingSync, Customer, ExternalEvent
from app.providers.calendar.base import RemoteBooking

# the desk reads why in the task
TITLES = {
    "conflict": "Termin klären: {who}, {when}: im anderen Kalender vergeben",
    "no_room": "Termin klären: {who}, {when}: dort verlegt, hier vergeben",
    "failed": "Kalenderabgleich prüfen: {who}, {when}",
    "away": "Kalenderabgleich stockt: {who}, {when}",
}
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (10, 30, 60, 120, 300, 600))
# the lease is longer than all calls of one claim
OUTBOX = Outbox(BookingSync, lease=timedelta(seconds=90), retry_delays=RETRY_DELAYS)
BY_CALENDAR = Actor("calendar", "calcom")


def lock(booking_id: str) -> tuple[Booking, BookingSync] | None:
    """The booking and how it stands there, locked in this order everywhere, so that nobody waits for each other."""
    mine = select(Booking).where(Booking.id == booking_id).with_for_update().execution_options(populate_existing=True)
    booking = db.session.scalars(mine).first()
    its = select(BookingSync).where(BookingSync.booking_id == booking_id).with_for_update().execution_options(populate_existing=True)
    sync = db.session.scalars(its).first()
    return (booking, sync) if booking and sync else None


def find_name(connection_id: str, uid: str) -> ExternalEvent | None:
    return db.session.scalars(select(ExternalEvent).where(ExternalEvent.connection_id == connection_id, ExternalEvent.uid == uid)).first()


def name(connection_id: str, uid: str, state: str, *, sync_id: str | None = None, successor: str | None = None) -> ExternalEvent:
    """Notes that a booking stands or stood under this name there; what is known besides stays."""
    row = find_name(connection_id, uid)
    if row is None:
        row = ExternalEvent(company_id=current_company_id() or "", connection_id=connection_id, uid=uid)
        db.session.add(row)
    row.status, row.sync_id, row.successor = state, sync_id or row.sync_id, successor or row.successor
    db.session.flush()
    return row


def stand(sync: BookingSync, there: RemoteBooking) -> None:
    """From now on it stands under this name; the one before is over."""
    if sync.uid and sync.uid != there.uid:
        name(sync.connection_id, sync.uid, "moved", sync_id=sync.id, successor=there.uid)
    name(sync.connection_id, there.uid, "requested" if there.status == "pending" else "standing", sync_id=sync.id)
    sync.uid, sync.event_type = there.uid, there.event_type or sync.event_type


def stand_no_more(sync: BookingSync) -> None:
    if sync.uid:
        name(sync.connection_id, sync.uid, "over", sync_id=sync.id)
    sync.uid = sync.event_type = None


def be_in_step(sync: BookingSync, booking: Booking) -> None:
    """Both calendars say the same of this version; whoever is still at it finds nothing left to do."""
    sync.status, sync.reason, sync.error, sync.first_requested_at, sync.attempts = "synced", None, None, None, 0
    sync.version = sync.synced_version = booking.version
    sync.synced_at = now()
    db.session.flush()


def agree(sync: BookingSync, booking: Booking, there: RemoteBooking) -> None:
    """Takes over whether it is firm: a request there waits here too, and what waited only for the other calendar is firm again."""
    if there.status == "pending" and booking.status == "confirmed":
        sync.previous_status = booking.status
        _become(booking, "pending", "im anderen Kalender noch nicht bestätigt")
    elif there.status == "confirmed" and booking.status == "pending" and sync.previous_status:
        _become(booking, sync.previous_status, "im anderen Kalender bestätigt")
        sync.previous_status = None


def be_in_conflict(
    sync: BookingSync, booking: Booking, what: str, *, reason: str, error: str | None = None, free: str | None = None
) -> None:
    """The two calendars cannot both have it: the booking waits, and the front desk gets a task."""
    sync.status, sync.reason, sync.error, sync.first_requested_at = "conflict", reason, error[:500] if error else None, None
    if booking.status == "confirmed":
        sync.previous_status = booking.status
        _become(booking, "pending", "passt nicht in den anderen Kalender")
    sync.version = booking.version
    tell_desk(booking, what, cause=f"{sync.id}:{booking.version}", reason=reason, details=free)


def fail(sync: BookingSync, booking: Booking, *, reason: str, error: str | None = None) -> None:
    """The other calendar will not take it, and asking again would not change that."""
    sync.status, sync.reason, sync.error, sync.first_requested_at = "failed", reason, error[:500] if error else None, None
    tell_desk(booking, "failed", cause=f"{sync.id}:failed:{booking.version}", reason=reason, details=error)
    db.session.flush()


def tell_desk(booking: Booking, what: str, *, cause: str, reason: str, details: str | None = None) -> None:
    who = db.session.scalar(select(Customer.name).where(Customer.id == booking.customer_id)) if booking.customer_id else None
    title = TITLES[what].format(who=who or "ohne Namen", when=in_words(booking.starts_at, booking.zone))
    make_task("check_booking", title, source_ref=f"calendar:{cause}", booking=booking, reason=reason, details=details, due_at=now())


def in_words(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%d.%m.%Y, %H:%M")


def _become(booking: Booking, status: str, why: str) -> None:
    """Waiting for another calendar is no step of the business itself, so it stands beside the table of those."""
    before = history.snapshot(booking)
    booking.status = status
    record_change(booking, status, BY_CALENDAR, reason=why, before=before)
    publish(BookingChanged(booking.company_id, booking.branch_id, booking.id, booking.call_id))
