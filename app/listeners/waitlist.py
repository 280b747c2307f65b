"""What follows from a booking that was cancelled or moved: its old time goes to who waits for one."""

from app.core.event_bus import listens
from app.core.tenancy import company_scope
from app.events import BookingCancelled, BookingHappening, BookingMoved
from app.jobs.bookings import refill


@listens(BookingCancelled, BookingMoved, when="before_commit")
def offer_what_is_free(events: list[BookingHappening]) -> None:
    for event in events:
        with company_scope(event.company_id):
            refill.enqueue(event.booking_id)
