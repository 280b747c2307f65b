"""What follows from a booking that was cancelled or moved: its old time goes to who waits for one."""

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.events import BookingCancelled, BookingEventBase, BookingRescheduled
from app.jobs.bookings import refill


@subscribe(BookingCancelled, BookingRescheduled, when="before_commit")
def offer_what_is_free(events: list[BookingEventBase]) -> None:
    for event in events:
        with company_scope(event.company_id):
            refill.enqueue(event.booking_id)
