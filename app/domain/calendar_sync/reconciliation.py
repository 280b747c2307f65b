"""Compares with the calendar elsewhere: what differs is brought into step and noted, so that a lost webhook is made up for.

`begin`, `settle`, `make_up` and `finish` belong into a transaction each, `fetch` and `fetch_again` into none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calendar_sync import state as standing
from app.domain.calendar_sync.enqueue import ask, note_missing
from app.domain.calendar_sync.inbound import apply_snapshot
from app.domain.calendar_sync.mapping import access_of, find_connection
from app.models import Booking, BookingSync, CalendarReconciliation, Connection, ExternalEvent
from app.models.booking import ACTIVE_STATUSES
from app.providers import CALENDARS, open_calendar
from app.providers.calendar.base import Credentials, RemoteBooking

# clocks differ a little, and what changed while the last look was under way may have been missed by it
OVERLAP = timedelta(minutes=3)
# how often everything to come is looked at, and not only what has changed
WHOLE_EVERY = timedelta(hours=24)
KEPT = timedelta(days=30)
MOST_AGAIN = 50
MOST_NOTED = 50
CHANGES = ("made", "linked", "moved", "cancelled", "surplus", "kept", "refused")
# failures that end when the key is right again
OF_THE_KEY = ("bad_key", "forbidden", "no_key", "not_connected")


@dataclass(slots=True)
class Look:
    """One comparison under way, as plain values."""

    comparison_id: int
    connection_id: str
    provider: str
    access: Credentials
    since: datetime | None
    seen: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    # (what, name there, booking here), in order; a transaction that is done again notes the same again
    drift: dict[tuple[str, str | None, str | None], None] = field(default_factory=dict)

    def note(self, what: str, uid: str | None, booking_id: str | None) -> None:
        self.drift[what, uid, booking_id] = None


def connections_to_compare() -> list[tuple[str, str]]:
    """(company, connection) of every active one; inside unscoped."""
    active = select(Connection.company_id, Connection.id).where(Connection.provider.in_(CALENDARS), Connection.is_active)
    return [(row.company_id, row.id) for row in db.session.execute(active.order_by(Connection.company_id, Connection.id))]


def begin(connection_id: str) -> Look | None:
    """Starts a comparison of what changed since the last good one, or once a day of everything to come; None without connection or key."""
    connection = find_connection(connection_id)
    access = access_of(connection) if connection else None
    if connection is None or access is None:
        return None
    good = select(CalendarReconciliation).where(
        CalendarReconciliation.connection_id == connection_id, CalendarReconciliation.result == "done"
    )
    last = db.session.scalars(good.order_by(CalendarReconciliation.id.desc()).limit(1)).first()
    whole = good.where(CalendarReconciliation.since.is_(None), CalendarReconciliation.started_at > now() - WHOLE_EVERY).limit(1)
    since = last.started_at - OVERLAP if last and db.session.scalars(whole).first() else None
    comparison = CalendarReconciliation(connection_id=connection_id, since=since)
    db.session.add(comparison)
    db.session.flush()
    return Look(comparison.id, connection_id, connection.provider, access, since)


def fetch(look: Look) -> list[RemoteBooking]:
    """The other calendar's bookings, the oldest change first. Raises ProviderError."""
    found = list(open_calendar(look.provider, look.access).list_updated_since(look.since))
    look.seen = {there.uid for there in found}
    return found


def settle(look: Look, there: RemoteBooking, *, is_certain: bool = False) -> None:
    """Makes ours agree with one of theirs; where we have heard otherwise meanwhile it is to be asked for once more."""
    connection = find_connection(look.connection_id)
    if connection is None:
        return
    known = standing.find_name(look.connection_id, there.uid)
    had_no_room = known is not None and known.status == "refused"
    word = apply_snapshot(connection, there, is_certain=is_certain)
    if word == "old" and there.stands:
        look.doubtful.add(there.uid)
    if had_no_room and word == "none":
        standing.name(look.connection_id, there.uid, "over")
    if word in CHANGES and not (had_no_room and word == "refused"):
        look.note(word, there.uid, _booking_of(standing.find_name(look.connection_id, there.uid)))


def to_fetch_again(look: Look) -> list[str]:
    """Names to be asked for one by one: those that are doubtful or found no room here, and in a whole look those it should have had."""
    waiting = (
        select(ExternalEvent.uid)
        .outerjoin(BookingSync, BookingSync.id == ExternalEvent.sync_id)
        .where(ExternalEvent.connection_id == look.connection_id)
        .where(or_(ExternalEvent.status == "refused", (BookingSync.reason == "no_room_here") & (BookingSync.uid == ExternalEvent.uid)))
        .limit(MOST_AGAIN)
    )
    uids = set(db.session.scalars(waiting))
    if look.since is None:
        expected = (
            select(ExternalEvent.uid)
            .join(BookingSync, BookingSync.id == ExternalEvent.sync_id)
            .join(Booking, Booking.id == BookingSync.booking_id)
            .where(ExternalEvent.connection_id == look.connection_id, ExternalEvent.status.in_(("standing", "requested")))
            .where(Booking.status.in_(ACTIVE_STATUSES), Booking.starts_at > now(), BookingSync.status == "synced")
        )
        uids |= set(db.session.scalars(expected))
    return sorted(uids - look.seen | look.doubtful)[:MOST_AGAIN]


def fetch_again(look: Look, uid: str) -> RemoteBooking | None:
    """One booking as it stands there now. Raises ProviderError."""
    return open_calendar(look.provider, look.access).get(uid)


def miss(look: Look, uid: str) -> None:
    """It is not there at all; that is shown and not acted upon, for it may be another account's key."""
    look.note("missing", uid, _booking_of(standing.find_name(look.connection_id, uid)))


def make_up(look: Look) -> list[str]:
    """The other calendar answers: what failed for its key is tried again, and what was never noted is; the syncs to be done."""
    connection = find_connection(look.connection_id)
    if connection is None:
        return []
    failed = (
        select(Booking, BookingSync)
        .join(BookingSync, BookingSync.booking_id == Booking.id)
        .where(BookingSync.connection_id == look.connection_id, BookingSync.status == "failed", BookingSync.reason.in_(OF_THE_KEY))
        .where(Booking.starts_at > now())
    )
    sent = []
    for booking, sync in db.session.execute(failed).all():
        ask(sync, booking, sync.action)
        sent.append(sync.id)
    sent += note_missing(connection)
    for sync in db.session.scalars(select(BookingSync).where(BookingSync.id.in_(sent))):
        look.note("sent", None, sync.booking_id)
    return sent


def finish(look: Look, *, error: str | None = None) -> None:
    comparison = db.session.get_one(CalendarReconciliation, look.comparison_id)
    comparison.finished_at, comparison.result, comparison.error = now(), "failed" if error else "done", error[:500] if error else None
    comparison.seen, comparison.repaired = len(look.seen), len(look.drift)
    comparison.drift = [{"what": what, "uid": uid, "booking_id": booking_id} for what, uid, booking_id in list(look.drift)[:MOST_NOTED]]
    db.session.execute(
        delete(CalendarReconciliation).where(
            CalendarReconciliation.connection_id == look.connection_id, CalendarReconciliation.started_at < now() - KEPT
        )
    )


def _booking_of(name: ExternalEvent | None) -> str | None:
    if name is None or name.sync_id is None:
        return None
    return db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == name.sync_id)).first()
