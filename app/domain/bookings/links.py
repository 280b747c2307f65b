"""Links to a caller's own page: 256 bits, of which only the hash is kept, good until some time after the appointment."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope, every_company
from app.models import Booking, BookingLink

GOOD_AFTER_THE_END = timedelta(days=2)
LONGEST_TOKEN = 64


def make_link(booking: Booking) -> str:
    """A new token for the booking's page; earlier ones stay good until they expire."""
    token = secrets.token_urlsafe(32)
    db.session.add(BookingLink(token_hash=hash_of(token), booking_id=booking.id, expires_at=booking.ends_at + GOOD_AFTER_THE_END))
    db.session.flush()
    return token


def find_link(token: str) -> BookingLink | None:
    """The living link of this token, whatever company it belongs to: the token is what tells."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    with every_company():
        wanted = select(BookingLink).where(BookingLink.token_hash == hash_of(token), BookingLink.expires_at > now())
        return db.session.scalars(wanted).first()


def prolong_links(booking: Booking) -> None:
    """The links of a booking that was moved live as long as its new time."""
    with company_scope(booking.company_id):
        for link in db.session.scalars(select(BookingLink).where(BookingLink.booking_id == booking.id)):
            link.expires_at = booking.ends_at + GOOD_AFTER_THE_END


def forget_links(limit: int = 1000) -> int:
    """Removes links that have expired; gives their number."""
    dead = list(db.session.scalars(select(BookingLink.token_hash).where(BookingLink.expires_at <= now()).limit(limit)))
    if dead:
        db.session.execute(delete(BookingLink).where(BookingLink.token_hash.in_(dead)))
    return len(dead)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
