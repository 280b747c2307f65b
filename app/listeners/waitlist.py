"""Offers the slot of a cancelled or moved booking to the waitlist."""

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.events import BookingCancelled, BookingEventBase, BookingRescheduled
from app.jobs.waitlist_and_holds import offer_freed_slot


@subscribe(BookingCancelled, BookingRescheduled, when="before_commit")
def offer_freed_slots(events: list[BookingEventBase]) -> None:
    for event in events:
        with company_scope(event.company_id):
            offer_freed_slot.enqueue(event.booking_id)
