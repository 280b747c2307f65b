"""What follows for the truth check: calls that are over are due, and so are mismatches that a booking may have settled."""

from collections import defaultdict

from app.core.event_bus import listens
from app.core.tenancy import company_scope
from app.domain.calls import truth_queue
from app.events import (
    BookingCancelled,
    BookingChanged,
    BookingHappening,
    BookingMade,
    BookingMoved,
    CallAnalyzed,
    CallEnded,
    CallHappening,
    CallRetold,
)


@listens(CallEnded, CallAnalyzed, CallRetold, when="before_commit")
def check_when_over(events: list[CallHappening | CallRetold]) -> None:
    """In three statements, however many calls of however many companies there are."""
    truth_queue.note_due(event.call_id for event in events)


@listens(BookingMade, BookingMoved, BookingChanged, BookingCancelled, when="before_commit")
def check_again(events: list[BookingHappening]) -> None:
    bookings: dict[str, set[str]] = defaultdict(set)
    for event in events:
        bookings[event.company_id].add(event.booking_id)
    for company_id in sorted(bookings):
        with company_scope(company_id):
            truth_queue.note_again(bookings[company_id])
