"""Events of calendars elsewhere: matched by the connection they came through, applied to the bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.calendar_sync.inbound import apply_event
from app.domain.inbox.inbox_item import Read
from app.models import BookingSync, CalendarMapping, Connection, ExternalEvent

# words of apply_event for what changes nothing here, and why
NOTHING_TO_DO = {
    "old": "Newer news of this booking were applied before.",
    "unknown": "No booking of ours stands behind it.",
    "unmapped": "The event type stands for none of the services.",
    "none": "There is nothing to do about it.",
}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Whose:
    """The company, and its connection to the other calendar."""

    company_id: str
    connection_id: str


def check(read: Read) -> None:
    """Leaves out what moves no booking."""
    if read.event.kind == "unknown":
        read.ignore(f"The event {read.event.name[:64]} is not one that moves a booking.")
    elif read.event.booking is None:
        read.ignore("The event names no booking.")


def match(reads: Sequence[Read]) -> None:
    """The connection in the webhook's address, or for the platform's own account the one connection that it can be meant for."""
    named = {read.row.connection_id for read in reads if read.row.connection_id}
    with unscoped():
        known = select(Connection.id, Connection.company_id).where(Connection.id.in_(named), Connection.is_active)
        owners = {row.id: row.company_id for row in db.session.execute(known)} if named else {}
        for read in reads:
            through = read.row.connection_id
            if through is None:
                read.match = _meant(read)
            elif through in owners:
                read.match = Whose(owners[through], through)
            if read.match is None:
                read.set_aside("unknown_calendar")


def apply(reads: Sequence[Read]) -> None:
    """In the order in which it happened there."""
    for read in sorted(reads, key=lambda read: (read.event.happened_at or LONG_AGO, read.event.sequence or 0, read.row.id)):
        assert isinstance(read.match, Whose)
        with company_scope(read.match.company_id):
            connection = db.session.scalars(select(Connection).where(Connection.id == read.match.connection_id)).one()
            word = apply_event(connection, read.event)
            db.session.flush()
        if word in NOTHING_TO_DO:
            read.ignore(NOTHING_TO_DO[word])


def _meant(read: Read) -> Whose | None:
    """By our mark, by its name, or by the event type. Only connections without a key of their own are the platform's account: what
    a company writes into its own mappings must not draw others' bookings to it.
    """
    there = read.event.booking
    ours = select(Connection.id, Connection.company_id).where(
        Connection.provider == read.row.provider, Connection.is_active, Connection.api_key.is_(None)
    )
    marked = ours.join(BookingSync, BookingSync.connection_id == Connection.id).where(BookingSync.id == there.ref)
    uids = [uid for uid in (there.uid, there.moved_from) if uid]
    known = ours.join(ExternalEvent, ExternalEvent.connection_id == Connection.id).where(ExternalEvent.uid.in_(uids))
    mapped = ours.join(CalendarMapping, CalendarMapping.connection_id == Connection.id)
    mapped = mapped.where(CalendarMapping.event_type == there.event_type)
    for wanted in (marked if there.ref else None, known, mapped):
        if wanted is None:
            continue
        found = {Whose(row.company_id, row.id) for row in db.session.execute(wanted)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None
