"""Queues booking changes for external calendars in the same transaction and sends them after the commit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.domain.calendar_sync.enqueue import enqueue_changes, enqueue_confirmations
from app.events import BookingCancelled, BookingCreated, BookingDetailsChanged, BookingEventBase, BookingRescheduled
from app.jobs.calendar_sync import sync_booking


@subscribe(BookingCreated, BookingRescheduled, BookingCancelled, when="before_commit")
def sync_changes(events: Sequence[BookingEventBase]) -> None:
    _enqueue_syncs(events, enqueue_changes)


@subscribe(BookingDetailsChanged, when="before_commit")
def sync_other_changes(events: Sequence[BookingEventBase]) -> None:
    _enqueue_syncs(events, enqueue_confirmations)


def _enqueue_syncs(events: Sequence[BookingEventBase], enqueue: Callable[[Iterable[str]], list[str]]) -> None:
    bookings: dict[str, set[str]] = defaultdict(set)
    for event in events:
        bookings[event.company_id].add(event.booking_id)
    for company_id in sorted(bookings):
        with company_scope(company_id):
            for sync_id in enqueue(bookings[company_id]):
                sync_booking.enqueue(sync_id)
