"""What customers are told: written down with that which happened, and sent off after it."""

from collections.abc import Sequence

from app.core.announcements import listens
from app.core.tenancy import company_scope
from app.domain.bookings.telling import confirm_to_customer, offer_to_customer
from app.domain.notifications.codes import tell_code
from app.events import BookingMade, CodeWanted, WaitlistOffered
from app.jobs.messages import send_message
from app.models import Notification


@listens(BookingMade, when="before_commit")
def confirm_bookings(events: Sequence[BookingMade]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(confirm_to_customer(event.booking_id))


@listens(WaitlistOffered, when="before_commit")
def tell_offers(events: Sequence[WaitlistOffered]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(offer_to_customer(event.offer_id))


@listens(CodeWanted, when="before_commit")
def tell_codes(events: Sequence[CodeWanted]) -> None:
    for event in events:
        with company_scope(event.company_id):
            _send(tell_code(event.code_id, event.number, event.digits, branch_id=event.branch_id))


def _send(row: Notification | None) -> None:
    if row is not None and row.status == "pending":
        send_message.enqueue(row.id)
