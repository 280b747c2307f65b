"""What was made, moved or cancelled in a calendar elsewhere happens here too: once, in order, and never over what is taken here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import InvalidTransition, mark_no_show
from app.domain.calendar_sync import state as standing
from app.domain.calendar_sync.enqueue import ask
from app.domain.calendar_sync.import_booking import take_in
from app.domain.calendar_sync.mapping import load_mappings, person_of
from app.domain.calendar_sync.state import BY_CALENDAR
from app.models import Booking, BookingSync, Connection, ExternalEvent
from app.providers.calendar.base import CalendarEvent, CalendarEventKind, RemoteBooking

# names under which nothing stands there any more
PAST_NAMES = ("moved", "over")


@dataclass(slots=True)
class News:
    """Something about one booking there, and what we know of it: its name, and the booking of ours behind it."""

    connection: Connection
    there: RemoteBooking
    happened_at: datetime | None
    known: ExternalEvent | None
    sync_id: str | None
    # how it stood there a moment ago, and so never late; certain: asked for by itself, whatever else was heard
    is_snapshot: bool = False
    is_certain: bool = False

    @property
    def has_past_name(self) -> bool:
        """Nothing stands under this name any more, as far as we know."""
        return self.known is not None and self.known.status in PAST_NAMES and not self.is_certain

    @property
    def is_late(self) -> bool:
        """Newer news of the same name have been heard."""
        heard = self.known.last_event_at if self.known else None
        return not self.is_snapshot and heard is not None and self.happened_at is not None and self.happened_at < heard


def apply_event(connection: Connection, event: CalendarEvent) -> str:
    """What became of it in a word: made, linked, moved, cancelled, no_show, surplus, kept or refused where something changed; echo, old,
    unknown, unmapped or none where nothing did. Applying an event again, or after a newer one, changes nothing.
    """
    if event.booking is None:
        return "none"
    word = _HANDLERS[event.kind](_news(connection, event.booking, event.happened_at))
    if word != "old":
        _heard(connection, event.booking, event.happened_at, event.sequence)
    return word


def apply_snapshot(connection: Connection, there: RemoteBooking, *, is_certain: bool = False) -> str:
    """Makes ours agree with a booking as it stands there now; says the same words.

    `is_certain` is for one that was asked for by itself just now: it stands there even if we have heard otherwise.
    """
    if there.moved_to:
        return "none"
    if not there.stands:
        kind: CalendarEventKind = "cancelled"
    else:
        kind = "moved" if there.moved_from else "requested" if there.status == "pending" else "made"
    news = _news(connection, there, there.changed_at)
    news.is_snapshot, news.is_certain = True, is_certain and there.stands
    return _HANDLERS[kind](news)


def _news(connection: Connection, there: RemoteBooking, happened_at: datetime | None) -> News:
    known = standing.find_name(connection.id, there.uid)
    return News(connection, there, happened_at, known, _sync_of(connection, there, known))


def _heard(connection: Connection, there: RemoteBooking, happened_at: datetime | None, sequence: int | None) -> None:
    row = standing.find_name(connection.id, there.uid)
    if row is not None:
        row.last_event_at, row.sequence = happened_at or row.last_event_at, sequence if sequence is not None else row.sequence
        db.session.flush()


def _sync_of(connection: Connection, there: RemoteBooking, known: ExternalEvent | None) -> str | None:
    """The booking of ours: by the name there, by our mark, or by a name it had before."""
    if known is not None and known.sync_id:
        return known.sync_id
    if there.ref:
        marked = select(BookingSync.id).where(BookingSync.id == there.ref, BookingSync.connection_id == connection.id)
        if found := db.session.scalars(marked).first():
            return found
    for uid in _earlier_names(there):
        row = standing.find_name(connection.id, uid)
        if row is not None and row.sync_id:
            return row.sync_id
    return None


def _earlier_names(there: RemoteBooking) -> list[str]:
    """Of what was moved: the name before, and the first one, which Cal.com keeps as the stable name of the appointment (iCalUID)."""
    if not there.moved_from:
        return []
    first = (there.series_uid or "").partition("@")[0]
    return [uid for uid in dict.fromkeys((there.moved_from, first)) if uid and uid != there.uid]


def _made(news: News) -> str:
    known = news.known
    if news.has_past_name or (known is not None and news.is_late and known.status != "refused"):
        return "old"
    ours = _ours(news)
    if ours is None:
        return _take_in(news)
    booking, sync = ours
    if known is None and sync.uid and sync.uid != news.there.uid:
        if not news.there.ref:
            return _take_in(news)
        # our request was answered twice: one of the two goes again
        standing.name(news.connection.id, news.there.uid, "surplus", sync_id=sync.id)
        ask(sync, booking, "move" if booking.is_standing else "cancel")
        return "surplus"
    return "echo" if known is not None and known.status == "surplus" else _follow(news, booking, sync)


def _moved(news: News) -> str:
    there, known = news.there, news.known
    if news.has_past_name and known is not None and known.status == "moved":
        return "old"
    ours = _ours(news)
    if ours is not None and known is None and _has_moved_on(news):
        standing.name(news.connection.id, there.uid, "moved", sync_id=news.sync_id, successor=ours[1].uid)
        return "old"
    if news.has_past_name:
        word = _cancelled(news, late=True)
    elif ours is None:
        word = _take_in(news)
    else:
        word = "old" if news.is_late else _follow(news, *ours)
    for uid in _earlier_names(there):
        standing.name(news.connection.id, uid, "moved", successor=there.uid)
    return word


def _has_moved_on(news: News) -> bool:
    """A booking is moved only once from a name: if the one before is known to have moved, it was from this new name on to a later one."""
    before = standing.find_name(news.connection.id, news.there.moved_from or "")
    return before is not None and before.status == "moved" and not news.is_snapshot


def _follow(news: News, booking: Booking, sync: BookingSync) -> str:
    """Takes over the name, and the time where it differs from ours; of two changes the later one stays."""
    there, unsent = news.there, sync.status == "pending"
    left_to_desk = sync.status in ("conflict", "failed") and sync.reason != "no_room_here" and sync.uid == there.uid
    standing.stand(sync, there)
    if not booking.is_standing:
        ask(sync, booking, "cancel")
        return "echo"
    if there.starts_at is None or (left_to_desk and there.starts_at != booking.starts_at):
        return "echo"
    mapping = load_mappings(news.connection.id).inward(there.event_type, there.hosts)
    person = person_of(mapping, there.hosts) if mapping else None
    if there.starts_at == booking.starts_at and person in (None, booking.staff_id):
        standing.agree(sync, booking, there)
        standing.be_in_step(sync, booking)
        return "echo"
    if unsent and news.happened_at and booking.updated_at > news.happened_at:
        ask(sync, booking, "move")
        return "kept"
    return _move_here(news, booking, sync, there.starts_at, person)


def _move_here(news: News, booking: Booking, sync: BookingSync, starts_at: datetime, person: str | None) -> str:
    try:
        with db.session.begin_nested():
            begin = _begin_of_visit(booking) + (starts_at - booking.starts_at)
            reschedule_booking(booking.id, BY_CALENDAR, starts_at=begin, staff_id=person, reason=news.there.why, ignore_rules=True)
    except AppError as refused:
        if sync.status != "conflict":
            when = standing.in_words(starts_at, booking.zone)
            standing.be_in_conflict(sync, booking, "no_room", reason="no_room_here", error=refused.message, free=f"Dort jetzt: {when}")
        return "refused"
    standing.agree(sync, booking, news.there)
    standing.be_in_step(sync, booking)
    return "moved"


def _cancelled(news: News, *, late: bool = False) -> str:
    there, known = news.there, news.known
    if known is not None and known.status in PAST_NAMES and not late:
        return "old"
    ours = _ours(news)
    its_present_name = ours is not None and (known is None or ours[1].uid in (there.uid, there.moved_from))
    if ours is None or not its_present_name:
        standing.name(news.connection.id, there.uid, "over")
        return "unknown" if ours is None else "echo"
    booking, sync = ours
    standing.stand_no_more(sync)
    standing.name(news.connection.id, there.uid, "over", sync_id=sync.id)
    if sync.status == "pending" and booking.is_standing and news.happened_at and booking.updated_at > news.happened_at:
        ask(sync, booking, "make")
        return "kept"
    word = "cancelled" if booking.is_standing else "echo"
    try:
        cancel_booking(booking.id, BY_CALENDAR, reason=there.why or "im anderen Kalender abgesagt")
    except InvalidTransition:
        word = "echo"
    standing.be_in_step(sync, booking)
    return word


def _nobody_came(news: News) -> str:
    ours = _ours(news)
    if ours is None:
        return "unknown"
    booking, sync = ours
    if not booking.is_standing or booking.starts_at > now():
        return "echo"
    mark_no_show(booking.id, BY_CALENDAR)
    standing.be_in_step(sync, booking)
    return "no_show"


def _nothing(_news: News) -> str:
    return "none"


def _take_in(news: News) -> str:
    return take_in(news.connection, news.there)


def _ours(news: News) -> tuple[Booking, BookingSync] | None:
    """Booking and sync, locked."""
    if news.sync_id is None:
        return None
    booking_id = db.session.scalars(select(BookingSync.booking_id).where(BookingSync.id == news.sync_id)).first()
    return standing.lock(booking_id) if booking_id else None


def _begin_of_visit(booking: Booking) -> datetime:
    if booking.visit_id is None:
        return booking.starts_at
    first = select(Booking.starts_at).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at).limit(1)
    return db.session.scalars(first).one()


_HANDLERS = {
    "made": _made,
    "requested": _made,
    "moved": _moved,
    "cancelled": _cancelled,
    "rejected": _cancelled,
    "no_show": _nobody_came,
    "unknown": _nothing,
}
