"""What follows from a booking's change for a calendar elsewhere: it is written down with the change, and sent off after it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.domain.calendar_sync.enqueue import note_changes, note_other_changes
from app.events import BookingCancelled, BookingChanged, BookingCreated, BookingEventBase, BookingRescheduled
from app.jobs.calendar_sync import sync_booking


@subscribe(BookingCreated, BookingRescheduled, BookingCancelled, when="before_commit")
def keep_in_step(events: Sequence[BookingEventBase]) -> None:
    _note(events, note_changes)


@subscribe(BookingChanged, when="before_commit")
def tell_confirmations(events: Sequence[BookingEventBase]) -> None:
    _note(events, note_other_changes)


def _note(events: Sequence[BookingEventBase], note: Callable[[Iterable[str]], list[str]]) -> None:
    bookings: dict[str, set[str]] = defaultdict(set)
    for event in events:
        bookings[event.company_id].add(event.booking_id)
    for company_id in sorted(bookings):
        with company_scope(company_id):
            for sync_id in note(bookings[company_id]):
                sync_booking.enqueue(sync_id)
