"""Requests syncs to the external calendar, in the transaction that changes the booking."""

from collections.abc import Iterable

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calendar_sync.mapping import Mappings, find_active_connection, load_mappings
from app.domain.calendar_sync.state import OUTBOX
from app.models import Booking, BookingSync, Connection, ExternalBooking


def enqueue_changes(booking_ids: Iterable[str]) -> list[str]:
    """Request syncs of created, moved or cancelled bookings of the current company; gives the ids of the syncs, in order.

    A change that came from the external calendar (`synced_version`) requests nothing. A company without one costs one query.
    """
    ids = set(booking_ids)
    connection = find_active_connection()
    if connection is None or not ids:
        return []
    mappings = load_mappings(connection.id)
    syncs = _lock_syncs(ids)
    sync_ids = []
    for booking in db.session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id)):
        sync = syncs.get(booking.id) or _create_sync(booking, connection, mappings)
        if sync and sync.synced_version != booking.version and (action := _get_action(booking, sync)):
            request_sync(sync, booking, action)
            sync_ids.append(sync.id)
    db.session.flush()
    return sync_ids


def enqueue_confirmations(booking_ids: Iterable[str]) -> list[str]:
    """Enqueue confirmed bookings with unchanged time and person, to confirm them in the external calendar too."""
    unconfirmed = (
        select(Booking, BookingSync)
        .join(BookingSync, BookingSync.booking_id == Booking.id)
        .join(ExternalBooking, ExternalBooking.sync_id == BookingSync.id)
        .where(Booking.id.in_(set(booking_ids)), Booking.status == "confirmed", BookingSync.status == "synced")
        .where(ExternalBooking.status == "requested", ExternalBooking.uid == BookingSync.uid)
        .order_by(Booking.id)
    )
    sync_ids = []
    for booking, sync in db.session.execute(unconfirmed).all():
        if sync.synced_version != booking.version:
            request_sync(sync, booking, "confirm")
            sync_ids.append(sync.id)
    db.session.flush()
    return sync_ids


def enqueue_missing(connection: Connection, *, limit: int = 1000) -> list[str]:
    """Request syncs of future bookings that have none: made before the calendar was connected, or lost."""
    mappings = load_mappings(connection.id)
    sync_ids = []
    existing = select(BookingSync.id).where(BookingSync.booking_id == Booking.id)
    unsynced = select(Booking).where(Booking.upcoming(), Booking.service_id.in_(mappings.service_ids), ~existing.exists())
    for booking in db.session.scalars(unsynced.order_by(Booking.starts_at).limit(limit)):
        if sync := _create_sync(booking, connection, mappings):
            sync_ids.append(sync.id)
    db.session.flush()
    return sync_ids


def request_sync(sync: BookingSync, booking: Booking, action: str) -> None:
    """Make the sync due. A worker that has claimed it keeps its lease and finds the newer version on completion."""
    is_claimed = sync.claim_token is not None and sync.due_at > now()
    if not is_claimed:
        OUTBOX.reopen(sync)
        # its job is enqueued with the commit
        sync.dispatched_at = now()
    sync.status, sync.action, sync.version = "pending", action, booking.version
    sync.clear_error()


def _lock_syncs(booking_ids: set[str]) -> dict[str, BookingSync]:
    syncs = select(BookingSync).where(BookingSync.booking_id.in_(booking_ids)).order_by(BookingSync.id).with_for_update()
    return {sync.booking_id: sync for sync in db.session.scalars(syncs.execution_options(populate_existing=True))}


def _create_sync(booking: Booking, connection: Connection, mappings: Mappings) -> BookingSync | None:
    """None for what has no event: past bookings, shared seats of a group, services without a mapping."""
    if not booking.is_active or booking.starts_at <= now() or booking.session_id or mappings.find_outbound(booking) is None:
        return None
    sync = BookingSync(
        booking_id=booking.id, connection_id=connection.id, status="pending", action="create", version=booking.version, due_at=now(),
        dispatched_at=now(),
    )  # fmt: skip
    db.session.add(sync)
    db.session.flush()
    return sync


def _get_action(booking: Booking, sync: BookingSync) -> str | None:
    if booking.is_active:
        return "move" if sync.uid else "create"
    return "cancel" if booking.status == "cancelled" else None
