"""Reconciles with the external calendar: differences are applied and recorded, so that lost webhooks do no harm.

`start_run`, `reconcile_booking`, `request_missing_syncs` and `finish_run` belong in a transaction each, `fetch` and `refetch` in none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calendar_sync import state
from app.domain.calendar_sync.enqueue import enqueue_missing, request_sync
from app.domain.calendar_sync.inbound import apply_snapshot
from app.domain.calendar_sync.inbound_result import ChangeResult
from app.domain.calendar_sync.mapping import find_connection, find_credentials
from app.models import Booking, BookingSync, CalendarReconciliation, Connection, ExternalBooking
from app.providers import CALENDARS, open_calendar
from app.providers.calendar.base import Credentials, RemoteBooking

# clocks differ a little, and the last run may have missed changes made during it
OVERLAP = timedelta(minutes=3)
# between runs over all future events
FULL_RUN_INTERVAL = timedelta(hours=24)
RETENTION = timedelta(days=30)
MAX_REFETCHES = 50
MAX_DRIFT_ENTRIES = 50
# window of changes that webhooks should have delivered
DRIFT_RESULTS = frozenset(
    {
        ChangeResult.CREATED,
        ChangeResult.LINKED,
        ChangeResult.RESCHEDULED,
        ChangeResult.CANCELLED,
        ChangeResult.DUPLICATE,
        ChangeResult.KEPT_OURS,
        ChangeResult.NO_ROOM,
    }
)
# failures that end with a valid key
CREDENTIAL_REASONS = ("bad_key", "forbidden", "no_key", "not_connected")


@dataclass(slots=True)
class CalendarReconciliationRun:
    """A run under way, as plain values."""

    comparison_id: int
    connection_id: str
    provider: str
    access: Credentials
    since: datetime | None
    # nothing of this calendar was compared before
    is_first: bool = False
    seen: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    # (what, name there, booking here), in order; a transaction that is done again notes the same again
    drift: dict[tuple[str, str | None, str | None], None] = field(default_factory=dict)

    def record_drift(self, what: str, uid: str | None, booking_id: str | None) -> None:
        self.drift[what, uid, booking_id] = None


def list_connections() -> list[tuple[str, str]]:
    """(company, connection) of every active one; inside unscoped."""
    active = select(Connection.company_id, Connection.id).where(Connection.provider.in_(CALENDARS), Connection.is_active)
    return [(row.company_id, row.id) for row in db.session.execute(active.order_by(Connection.company_id, Connection.id))]


def start_run(connection_id: str) -> CalendarReconciliationRun | None:
    """Start a run over the changes since the last good one, or once a day over all future events; None without connection or key."""
    connection = find_connection(connection_id)
    access = find_credentials(connection) if connection else None
    if connection is None or access is None:
        return None
    good = select(CalendarReconciliation).where(
        CalendarReconciliation.connection_id == connection_id, CalendarReconciliation.result == "done"
    )
    last = db.session.scalars(good.order_by(CalendarReconciliation.id.desc()).limit(1)).first()
    whole = good.where(CalendarReconciliation.since.is_(None), CalendarReconciliation.started_at > now() - FULL_RUN_INTERVAL).limit(1)
    since = last.started_at - OVERLAP if last and db.session.scalars(whole).first() else None
    comparison = CalendarReconciliation(connection_id=connection_id, since=since)
    db.session.add(comparison)
    db.session.flush()
    return CalendarReconciliationRun(comparison.id, connection_id, connection.provider, access, since, is_first=last is None)


def fetch(run: CalendarReconciliationRun) -> list[RemoteBooking]:
    """The external calendar's bookings, the oldest change first. Raises ProviderError."""
    remotes = list(open_calendar(run.provider, run.access).list_updated_since(run.since))
    run.seen = {remote.uid for remote in remotes}
    return remotes


def reconcile_booking(run: CalendarReconciliationRun, remote: RemoteBooking, *, is_certain: bool = False) -> None:
    """Apply one event; where a change was received meanwhile, it is fetched once more."""
    connection = find_connection(run.connection_id)
    if connection is None:
        return
    external = state.find_external_event(run.connection_id, remote.uid)
    had_no_room = external is not None and external.status == "refused"
    result = apply_snapshot(connection, remote, is_certain=is_certain, is_first=run.is_first)
    if result is ChangeResult.OUTDATED and remote.stands:
        run.doubtful.add(remote.uid)
    if had_no_room and result is ChangeResult.NOTHING_TO_DO:
        state.record_external_event(run.connection_id, remote.uid, "over")
    if result in DRIFT_RESULTS and not (had_no_room and result is ChangeResult.NO_ROOM):
        run.record_drift(result.value, remote.uid, _find_booking_id(state.find_external_event(run.connection_id, remote.uid)))


def list_doubtful(run: CalendarReconciliationRun) -> list[str]:
    """List uids to fetch one by one: doubtful or refused events, and in a full comparison those missing in the listing."""
    waiting = (
        select(ExternalBooking.uid)
        .outerjoin(BookingSync, BookingSync.id == ExternalBooking.sync_id)
        .where(ExternalBooking.connection_id == run.connection_id)
        .where(or_(ExternalBooking.status == "refused", (BookingSync.reason == "no_room_here") & (BookingSync.uid == ExternalBooking.uid)))
        .limit(MAX_REFETCHES)
    )
    uids = set(db.session.scalars(waiting))
    if run.since is None:
        expected = (
            select(ExternalBooking.uid)
            .join(BookingSync, BookingSync.id == ExternalBooking.sync_id)
            .join(Booking, Booking.id == BookingSync.booking_id)
            .where(ExternalBooking.connection_id == run.connection_id, ExternalBooking.status.in_(("standing", "requested")))
            .where(Booking.upcoming(), BookingSync.status == "synced")
        )
        uids |= set(db.session.scalars(expected))
    return sorted(uids - run.seen | run.doubtful)[:MAX_REFETCHES]


def refetch(run: CalendarReconciliationRun, uid: str) -> RemoteBooking | None:
    """One booking by its uid. Raises ProviderError."""
    return open_calendar(run.provider, run.access).get(uid)


def record_missing(run: CalendarReconciliationRun, uid: str) -> None:
    """The event does not exist: recorded, not acted upon, since the key may be another account's."""
    run.record_drift("missing", uid, _find_booking_id(state.find_external_event(run.connection_id, uid)))


def request_missing_syncs(run: CalendarReconciliationRun) -> list[str]:
    """Retry syncs that failed for the key, and request those that were lost; gives the ids of the syncs."""
    connection = find_connection(run.connection_id)
    if connection is None:
        return []
    failed = (
        select(Booking, BookingSync)
        .join(BookingSync, BookingSync.booking_id == Booking.id)
        .where(BookingSync.connection_id == run.connection_id, BookingSync.status == "failed", BookingSync.reason.in_(CREDENTIAL_REASONS))
        .where(Booking.starts_at > now())
    )
    sent = []
    for booking, sync in db.session.execute(failed).all():
        request_sync(sync, booking, sync.action)
        sent.append(sync.id)
    sent += enqueue_missing(connection)
    for sync in db.session.scalars(select(BookingSync).where(BookingSync.id.in_(sent))):
        run.record_drift("sent", None, sync.booking_id)
    return sent


def finish_run(run: CalendarReconciliationRun, *, error: str | None = None) -> None:
    comparison = db.session.get_one(CalendarReconciliation, run.comparison_id)
    comparison.finished_at, comparison.result, comparison.error = now(), "failed" if error else "done", error[:500] if error else None
    comparison.checked_count, comparison.repaired = len(run.seen), len(run.drift)
    entries = list(run.drift)[:MAX_DRIFT_ENTRIES]
    comparison.drift = [{"what": what, "uid": uid, "booking_id": booking_id} for what, uid, booking_id in entries]
    db.session.execute(
        delete(CalendarReconciliation).where(
            CalendarReconciliation.connection_id == run.connection_id, CalendarReconciliation.started_at < now() - RETENTION
        )
    )


def _find_booking_id(name: ExternalBooking | None) -> str | None:
    if name is None or name.sync_id is None:
        return None
    return db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == name.sync_id)).first()
