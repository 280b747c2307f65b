"""Writes down, with the change of a booking, that the company's calendar elsewhere is to hear of it."""

from collections.abc import Iterable

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calendar_sync.mapping import Mappings, active_connection, load_mappings
from app.domain.calendar_sync.state import OUTBOX
from app.models import Booking, BookingSync, Connection, ExternalEvent
from app.models.booking import ACTIVE_STATUSES


def note_changes(booking_ids: Iterable[str]) -> list[str]:
    """Made, moved or cancelled bookings of the company at work; the ids of the syncs that are to be done, in order.

    A change that came from there is known to be there already (`synced_version`), and nothing is written. A company without a
    calendar elsewhere costs one query.
    """
    ids = set(booking_ids)
    connection = active_connection()
    if connection is None or not ids:
        return []
    mappings = load_mappings(connection.id)
    syncs = _syncs_of(ids)
    noted = []
    for booking in db.session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id)):
        sync = syncs.get(booking.id) or _new_sync(booking, connection, mappings)
        if sync and sync.synced_version != booking.version and (action := _action(booking, sync)):
            ask(sync, booking, action)
            noted.append(sync.id)
    db.session.flush()
    return noted


def note_other_changes(booking_ids: Iterable[str]) -> list[str]:
    """Bookings whose time and person are as before: one that waits for consent there and was confirmed here is confirmed there."""
    waiting = (
        select(Booking, BookingSync)
        .join(BookingSync, BookingSync.booking_id == Booking.id)
        .join(ExternalEvent, ExternalEvent.sync_id == BookingSync.id)
        .where(Booking.id.in_(set(booking_ids)), Booking.status == "confirmed", BookingSync.status == "synced")
        .where(ExternalEvent.status == "requested", ExternalEvent.uid == BookingSync.uid)
        .order_by(Booking.id)
    )
    noted = []
    for booking, sync in db.session.execute(waiting).all():
        if sync.synced_version != booking.version:
            ask(sync, booking, "confirm")
            noted.append(sync.id)
    db.session.flush()
    return noted


def note_missing(connection: Connection, *, limit: int = 1000) -> list[str]:
    """Bookings still to come that were made before the calendar was connected, or whose note got lost."""
    mappings = load_mappings(connection.id)
    noted = []
    known = select(BookingSync.id).where(BookingSync.booking_id == Booking.id)
    missing = select(Booking).where(
        Booking.starts_at > now(), Booking.status.in_(ACTIVE_STATUSES), Booking.service_id.in_(mappings.services), ~known.exists()
    )
    for booking in db.session.scalars(missing.order_by(Booking.starts_at).limit(limit)):
        if sync := _new_sync(booking, connection, mappings):
            noted.append(sync.id)
    db.session.flush()
    return noted


def ask(sync: BookingSync, booking: Booking, action: str) -> None:
    """Makes the sync due. Whoever is at it right now keeps their lease, and finds out afterwards that there is more to do."""
    at_work = sync.claim_token is not None and sync.due_at > now()
    if not at_work:
        OUTBOX.reopen(sync)
        # its job is enqueued with the commit
        sync.dispatched_at = now()
    sync.status, sync.action, sync.version = "pending", action, booking.version
    sync.clear_error()


def _syncs_of(booking_ids: set[str]) -> dict[str, BookingSync]:
    mine = select(BookingSync).where(BookingSync.booking_id.in_(booking_ids)).order_by(BookingSync.id).with_for_update()
    return {sync.booking_id: sync for sync in db.session.scalars(mine.execution_options(populate_existing=True))}


def _new_sync(booking: Booking, connection: Connection, mappings: Mappings) -> BookingSync | None:
    """None for what has no place there: what is over, shares a group's seats, or is no event type there."""
    if not booking.is_standing or booking.starts_at <= now() or booking.session_id or mappings.outward(booking) is None:
        return None
    sync = BookingSync(
        booking_id=booking.id, connection_id=connection.id, status="pending", action="make", version=booking.version, due_at=now(),
        dispatched_at=now(),
    )  # fmt: skip
    db.session.add(sync)
    db.session.flush()
    return sync


def _action(booking: Booking, sync: BookingSync) -> str | None:
    if booking.is_standing:
        return "move" if sync.uid else "make"
    return "cancel" if booking.status == "cancelled" else None
