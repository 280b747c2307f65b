"""Queues truth checks of ended calls, and of mismatches that a booking change may have resolved."""

from collections import defaultdict

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.domain.calls import truth_check_schedule
from app.events import (
    BookingCancelled,
    BookingCreated,
    BookingDetailsChanged,
    BookingEventBase,
    BookingRescheduled,
    CallAnalyzed,
    CallEnded,
    CallEventBase,
    LateTranscriptAdded,
)


@subscribe(CallEnded, CallAnalyzed, LateTranscriptAdded, when="before_commit")
def queue_ended_calls(events: list[CallEventBase | LateTranscriptAdded]) -> None:
    """Queue the calls of all events in three statements, over all companies."""
    truth_check_schedule.schedule_checks(event.call_id for event in events)


@subscribe(BookingCreated, BookingRescheduled, BookingDetailsChanged, BookingCancelled, when="before_commit")
def queue_changed_bookings(events: list[BookingEventBase]) -> None:
    bookings: dict[str, set[str]] = defaultdict(set)
    for event in events:
        bookings[event.company_id].add(event.booking_id)
    for company_id in sorted(bookings):
        with company_scope(company_id):
            truth_check_schedule.schedule_rechecks(bookings[company_id])
