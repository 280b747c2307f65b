"""What follows for the truth check: calls that are over are due, and so are mismatches that a booking may have settled."""

from collections import defaultdict

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.domain.calls import truth_queue
from app.events import (
    BookingCancelled,
    BookingChanged,
    BookingCreated,
    BookingEventBase,
    BookingRescheduled,
    CallAnalyzed,
    CallEnded,
    CallEventBase,
    TranscriptRevised,
)


@subscribe(CallEnded, CallAnalyzed, TranscriptRevised, when="before_commit")
def check_when_over(events: list[CallEventBase | TranscriptRevised]) -> None:
    """In three statements, however many calls of however many companies there are."""
    truth_queue.note_due(event.call_id for event in events)


@subscribe(BookingCreated, BookingRescheduled, BookingChanged, BookingCancelled, when="before_commit")
def check_again(events: list[BookingEventBase]) -> None:
    bookings: dict[str, set[str]] = defaultdict(set)
    for event in events:
        bookings[event.company_id].add(event.booking_id)
    for company_id in sorted(bookings):
        with company_scope(company_id):
            truth_queue.note_again(bookings[company_id])
