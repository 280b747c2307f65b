"""Applies changes of the external calendar to bookings: once, in order, and never to a time that is taken here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import InvalidBookingTransition, mark_no_show
from app.domain.calendar_sync import state
from app.domain.calendar_sync.booking_import import import_booking
from app.domain.calendar_sync.enqueue import request_sync
from app.domain.calendar_sync.inbound_result import ChangeResult
from app.domain.calendar_sync.mapping import find_staff_id, load_mappings
from app.domain.calendar_sync.state import BY_CALENDAR
from app.models import Booking, BookingSync, Connection, ExternalBooking
from app.providers.calendar.base import CalendarEventKind, CalendarWebhookEvent, RemoteBooking

# events that no longer exist
PAST_STATUSES = ("moved", "over")
# an event that is found so long after its last change was missed by no webhook, but not imported until now
NEWS_FOR = timedelta(hours=24)


@dataclass(slots=True)
class InboundChange:
    """A change of one external event, with its record and the sync of the booking behind it."""

    connection: Connection
    remote: RemoteBooking
    happened_at: datetime | None
    external: ExternalBooking | None
    sync_id: str | None
    # read just now, and so never late; certain: read by its uid, whatever was received
    is_snapshot: bool = False
    is_certain: bool = False
    # of the first comparison with a calendar
    is_first: bool = False

    @property
    def is_old(self) -> bool:
        """Whether the event was in the calendar before it was connected or mapped, so that it is news to nobody."""
        changed_at = self.remote.changed_at
        return self.is_snapshot and (self.is_first or (changed_at is not None and changed_at < now() - NEWS_FOR))

    @property
    def is_past(self) -> bool:
        """Whether the event no longer exists, as far as is known."""
        return self.external is not None and self.external.status in PAST_STATUSES and not self.is_certain

    @property
    def is_late(self) -> bool:
        """Whether a newer change of the same event was applied."""
        last_event_at = self.external.last_event_at if self.external else None
        return not self.is_snapshot and last_event_at is not None and self.happened_at is not None and self.happened_at < last_event_at


def apply_event(connection: Connection, event: CalendarWebhookEvent) -> ChangeResult:
    """Apply a change; applying it again, or after a newer one, changes nothing."""
    if event.booking is None:
        return ChangeResult.NOTHING_TO_DO
    result = _HANDLERS[event.kind](_load_change(connection, event.booking, event.happened_at))
    if result is not ChangeResult.OUTDATED:
        _record_time(connection, event.booking, event.happened_at, event.sequence)
    return result


def apply_snapshot(connection: Connection, remote: RemoteBooking, *, is_certain: bool = False, is_first: bool = False) -> ChangeResult:
    """Apply an event as it was read just now.

    `is_certain` is for an event that was read by its uid: it exists, even if the opposite was received before. `is_first`: the calendar
    is read for the first time.
    """
    if remote.moved_to:
        return ChangeResult.NOTHING_TO_DO
    if not remote.stands:
        kind: CalendarEventKind = "cancelled"
    else:
        kind = "moved" if remote.moved_from else "requested" if remote.status == "pending" else "made"
    change = _load_change(connection, remote, remote.changed_at)
    change.is_snapshot, change.is_certain, change.is_first = True, is_certain and remote.stands, is_first
    return _HANDLERS[kind](change)


def _load_change(connection: Connection, remote: RemoteBooking, happened_at: datetime | None) -> InboundChange:
    external = state.find_external_event(connection.id, remote.uid)
    return InboundChange(connection, remote, happened_at, external, _find_sync_id(connection, remote, external))


def _record_time(connection: Connection, remote: RemoteBooking, happened_at: datetime | None, sequence: int | None) -> None:
    row = state.find_external_event(connection.id, remote.uid)
    if row is not None:
        row.last_event_at, row.sequence = happened_at or row.last_event_at, sequence if sequence is not None else row.sequence
        db.session.flush()


def _find_sync_id(connection: Connection, remote: RemoteBooking, external: ExternalBooking | None) -> str | None:
    """Find the sync by the event's uid, by our reference, or by an earlier uid."""
    if external is not None and external.sync_id:
        return external.sync_id
    if remote.ref:
        marked = select(BookingSync.id).where(BookingSync.id == remote.ref, BookingSync.connection_id == connection.id)
        if sync_id := db.session.scalars(marked).first():
            return sync_id
    for uid in _list_earlier_uids(remote):
        row = state.find_external_event(connection.id, uid)
        if row is not None and row.sync_id:
            return row.sync_id
    return None


def _list_earlier_uids(remote: RemoteBooking) -> list[str]:
    """Of a moved event: the uid before, and the first one, which Cal.com keeps as the appointment's stable id (iCalUID)."""
    if not remote.moved_from:
        return []
    first = (remote.series_uid or "").partition("@")[0]
    return [uid for uid in dict.fromkeys((remote.moved_from, first)) if uid and uid != remote.uid]


def _apply_created(change: InboundChange) -> ChangeResult:
    external = change.external
    if change.is_past or (external is not None and change.is_late and external.status != "refused"):
        return ChangeResult.OUTDATED
    pair = _lock_booking(change)
    if pair is None:
        return _import(change)
    booking, sync = pair
    if external is None and sync.uid and sync.uid != change.remote.uid:
        if not change.remote.ref:
            return _import(change)
        # our request took effect twice: one of the two is cancelled
        state.record_external_event(change.connection.id, change.remote.uid, "surplus", sync_id=sync.id)
        request_sync(sync, booking, "move" if booking.is_active else "cancel")
        return ChangeResult.DUPLICATE
    return ChangeResult.ALREADY_APPLIED if external is not None and external.status == "surplus" else _follow_remote(change, booking, sync)


def _apply_moved(change: InboundChange) -> ChangeResult:
    remote, external = change.remote, change.external
    if change.is_past and external is not None and external.status == "moved":
        return ChangeResult.OUTDATED
    pair = _lock_booking(change)
    if pair is not None and external is None and _has_moved_further(change):
        state.record_external_event(change.connection.id, remote.uid, "moved", sync_id=change.sync_id, successor=pair[1].uid)
        return ChangeResult.OUTDATED
    if change.is_past:
        result = _apply_cancelled(change, late=True)
    elif pair is None:
        result = _import(change)
    else:
        result = ChangeResult.OUTDATED if change.is_late else _follow_remote(change, *pair)
    for uid in _list_earlier_uids(remote):
        state.record_external_event(change.connection.id, uid, "moved", successor=remote.uid)
    return result


def _has_moved_further(change: InboundChange) -> bool:
    """An event moves only once from a uid: if the one before is known as moved, it went through this uid to a later one."""
    before = state.find_external_event(change.connection.id, change.remote.moved_from or "")
    return before is not None and before.status == "moved" and not change.is_snapshot


def _follow_remote(change: InboundChange, booking: Booking, sync: BookingSync) -> ChangeResult:
    """Take over the uid, and the time where it differs; of two changes the later one stays."""
    remote, unsent = change.remote, sync.status == "pending"
    is_left_to_desk = sync.status in ("conflict", "failed") and sync.reason != "no_room_here" and sync.uid == remote.uid
    state.link(sync, remote)
    if not booking.is_active:
        request_sync(sync, booking, "cancel")
        return ChangeResult.ALREADY_APPLIED
    if remote.starts_at is None or (is_left_to_desk and remote.starts_at != booking.starts_at):
        return ChangeResult.ALREADY_APPLIED
    mapping = load_mappings(change.connection.id).find_inbound(remote.event_type, remote.hosts)
    staff_id = find_staff_id(mapping, remote.hosts) if mapping else None
    if remote.starts_at == booking.starts_at and staff_id in (None, booking.staff_id):
        state.confirm_status(sync, booking, remote)
        state.mark_synced(sync, booking)
        return ChangeResult.ALREADY_APPLIED
    if unsent and change.happened_at and booking.updated_at > change.happened_at:
        request_sync(sync, booking, "move")
        return ChangeResult.KEPT_OURS
    return _move_booking(change, booking, sync, remote.starts_at, staff_id)


def _move_booking(change: InboundChange, booking: Booking, sync: BookingSync, starts_at: datetime, staff_id: str | None) -> ChangeResult:
    try:
        with db.session.begin_nested():
            begin = _get_visit_start(booking) + (starts_at - booking.starts_at)
            reschedule_booking(booking.id, BY_CALENDAR, starts_at=begin, staff_id=staff_id, reason=change.remote.reason, ignore_rules=True)
    except AppError as rejection:
        if sync.status != "conflict":
            when = state.format_time(starts_at, booking.timezone)
            state.mark_conflict(sync, booking, "no_room", reason="no_room_here", error=rejection.message, free=f"Dort jetzt: {when}")
        return ChangeResult.NO_ROOM
    state.confirm_status(sync, booking, change.remote)
    state.mark_synced(sync, booking)
    return ChangeResult.RESCHEDULED


def _apply_cancelled(change: InboundChange, *, late: bool = False) -> ChangeResult:
    remote, external = change.remote, change.external
    if external is not None and external.status in PAST_STATUSES and not late:
        return ChangeResult.OUTDATED
    pair = _lock_booking(change)
    is_current = pair is not None and (external is None or pair[1].uid in (remote.uid, remote.moved_from))
    if pair is None or not is_current:
        state.record_external_event(change.connection.id, remote.uid, "over")
        return ChangeResult.UNKNOWN_BOOKING if pair is None else ChangeResult.ALREADY_APPLIED
    booking, sync = pair
    state.unlink(sync)
    state.record_external_event(change.connection.id, remote.uid, "over", sync_id=sync.id)
    if sync.status == "pending" and booking.is_active and change.happened_at and booking.updated_at > change.happened_at:
        request_sync(sync, booking, "create")
        return ChangeResult.KEPT_OURS
    result = ChangeResult.CANCELLED if booking.is_active else ChangeResult.ALREADY_APPLIED
    try:
        cancel_booking(booking.id, BY_CALENDAR, reason=remote.reason or "im anderen Kalender abgesagt")
    except InvalidBookingTransition:
        result = ChangeResult.ALREADY_APPLIED
    state.mark_synced(sync, booking)
    return result


def _apply_no_show(change: InboundChange) -> ChangeResult:
    pair = _lock_booking(change)
    if pair is None:
        return ChangeResult.UNKNOWN_BOOKING
    booking, sync = pair
    if not booking.is_active or booking.starts_at > now():
        return ChangeResult.ALREADY_APPLIED
    mark_no_show(booking.id, BY_CALENDAR)
    state.mark_synced(sync, booking)
    return ChangeResult.NO_SHOW


def _apply_nothing(_news: InboundChange) -> ChangeResult:
    return ChangeResult.NOTHING_TO_DO


def _import(change: InboundChange) -> ChangeResult:
    return import_booking(change.connection, change.remote, is_old=change.is_old)


def _lock_booking(change: InboundChange) -> tuple[Booking, BookingSync] | None:
    """Booking and sync, locked."""
    if change.sync_id is None:
        return None
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == change.sync_id)).first()
    return state.lock_sync(booking_id) if booking_id else None


def _get_visit_start(booking: Booking) -> datetime:
    if booking.visit_id is None:
        return booking.starts_at
    first = select(Booking.starts_at).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at).limit(1)
    return db.session.scalars(first).one()


_HANDLERS = {
    "made": _apply_created,
    "requested": _apply_created,
    "moved": _apply_moved,
    "cancelled": _apply_cancelled,
    "rejected": _apply_cancelled,
    "no_show": _apply_no_show,
    "unknown": _apply_nothing,
}
