"""Handles events of external calendars: matched by their connection, applied to the bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.calendar_sync.inbound import apply_event
from app.domain.calendar_sync.inbound_result import ChangeResult
from app.domain.inbox.inbox_item import InboxItem
from app.models import BookingSync, CalendarMapping, Connection, ExternalBooking

# results that change nothing, and the reason that is stored
IGNORE_REASONS = {
    ChangeResult.OUTDATED: "Newer news of this booking were applied before.",
    ChangeResult.UNKNOWN_BOOKING: "No booking of platform_connections stands behind it.",
    ChangeResult.UNMAPPED: "The event type stands for none of the services.",
    ChangeResult.NOTHING_TO_DO: "There is nothing to do about it.",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CalendarEventOwner:
    """The company and its connection to the external calendar."""

    company_id: str
    connection_id: str


def check(item: InboxItem) -> None:
    """Ignore events that change no booking."""
    if item.event.kind == "unknown":
        item.ignore(f"The event {item.event.name[:64]} is not one that moves a booking.")
    elif item.event.booking is None:
        item.ignore("The event names no booking.")


def match(items: Sequence[InboxItem]) -> None:
    """Match by the connection in the webhook's address, or for the platform's account by the only connection that fits."""
    named = {item.row.connection_id for item in items if item.row.connection_id}
    with unscoped():
        connections = select(Connection.id, Connection.company_id).where(Connection.id.in_(named), Connection.is_active)
        owners = {row.id: row.company_id for row in db.session.execute(connections)} if named else {}
        for item in items:
            connection_id = item.row.connection_id
            if connection_id is None:
                item.match = _match_by_content(item)
            elif connection_id in owners:
                item.match = CalendarEventOwner(owners[connection_id], connection_id)
            if item.match is None:
                item.mark_unassigned("unknown_calendar")


def apply(items: Sequence[InboxItem]) -> None:
    """Apply in the order in which it happened in the external calendar."""
    for item in sorted(items, key=lambda item: (item.event.happened_at or EPOCH, item.event.sequence or 0, item.row.id)):
        assert isinstance(item.match, CalendarEventOwner)
        with company_scope(item.match.company_id):
            connection = db.session.scalars(select(Connection).where(Connection.id == item.match.connection_id)).one()
            result = apply_event(connection, item.event)
            db.session.flush()
        if result in IGNORE_REASONS:
            item.ignore(IGNORE_REASONS[result])


def _match_by_content(item: InboxItem) -> CalendarEventOwner | None:
    """Match by our reference, by the event's uid, or by its type; None unless exactly one connection fits.

    Only connections without a key of their own use the platform's account: a company's own mappings must not attract bookings of others.
    """
    remote = item.event.booking
    platform_connections = select(Connection.id, Connection.company_id).where(
        Connection.provider == item.row.provider, Connection.is_active, Connection.api_key.is_(None)
    )
    by_ref = platform_connections.join(BookingSync, BookingSync.connection_id == Connection.id).where(BookingSync.id == remote.ref)
    uids = [uid for uid in (remote.uid, remote.moved_from) if uid]
    by_uid = platform_connections.join(ExternalBooking, ExternalBooking.connection_id == Connection.id).where(ExternalBooking.uid.in_(uids))
    by_type = platform_connections.join(CalendarMapping, CalendarMapping.connection_id == Connection.id)
    by_type = by_type.where(CalendarMapping.event_type == remote.event_type)
    for statement in (by_ref if remote.ref else None, by_uid, by_type):
        if statement is None:
            continue
        owners = {CalendarEventOwner(row.company_id, row.id) for row in db.session.execute(statement)}
        if owners:
            return owners.pop() if len(owners) == 1 else None
    return None
