"""Links to customers' own pages: 256-bit tokens stored as hashes, valid until after the appointment, or one day."""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete, select

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import company_scope, unscoped
from app.domain.customers.one_time_codes import check_send_limits
from app.models import Booking, BookingLink, Call, Customer, CustomerLink

LINK_GRACE_PERIOD = timedelta(days=2)
# for the page of all upcoming bookings, requested in a call and used at once
CUSTOMER_LINK_LIFETIME = timedelta(days=1)
L = TypeVar("L", BookingLink, CustomerLink)


def create_link(booking: Booking) -> str:
    """Create a token for the booking's page; earlier ones stay valid until they expire."""
    token = generate_token()
    db.session.add(BookingLink(token_hash=hash_token(token), booking_id=booking.id, expires_at=booking.ends_at + LINK_GRACE_PERIOD))
    db.session.flush()
    return token


def create_link_url(booking: Booking) -> str:
    """A new address of the booking's own page."""
    return f"{settings().public_base}/b/{create_link(booking)}"


def create_customer_link(call: Call, customer: Customer, sent_to: str) -> str:
    """A new token for the page of all that the customer has ahead. Raises TooManyRequests where the day is full of codes and links."""
    check_send_limits(sent_to)
    token = generate_token()
    expires_at = now() + CUSTOMER_LINK_LIFETIME
    db.session.add(
        CustomerLink(token_hash=hash_token(token), call_id=call.id, customer_id=customer.id, sent_to=sent_to, expires_at=expires_at)
    )
    return token


def find_link(token: str) -> BookingLink | None:
    """Find the unexpired link of this token across companies; the token identifies it."""
    return _find_unexpired(BookingLink, token)


def find_customer_link(token: str) -> CustomerLink | None:
    """As find_link, for a link to all of a customer's appointments."""
    return _find_unexpired(CustomerLink, token)


def _find_unexpired(model: type[L], token: str) -> L | None:
    if not may_be_token(token):
        return None
    with unscoped():
        return db.session.scalars(select(model).where(model.token_hash == hash_token(token), model.expires_at > now())).first()


def extend_links(booking: Booking) -> None:
    """Extend the links of a rescheduled booking to its new time."""
    with company_scope(booking.company_id):
        for link in db.session.scalars(select(BookingLink).where(BookingLink.booking_id == booking.id)):
            link.expires_at = booking.ends_at + LINK_GRACE_PERIOD


def delete_expired_links(limit: int = 1000) -> int:
    """Delete expired links of the current company, or of all inside unscoped; return their number."""
    expired = list(db.session.scalars(select(BookingLink.token_hash).where(BookingLink.expires_at <= now()).limit(limit)))
    if expired:
        db.session.execute(delete(BookingLink).where(BookingLink.token_hash.in_(expired)))
    return len(expired)
