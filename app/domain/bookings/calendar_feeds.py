"""iCalendar feeds: revocable addresses for the bookings of a person, a branch, or a person at a branch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.link_tokens import generate_token, hash_token, may_be_token
from app.core.tenancy import unscoped
from app.models import Booking, Branch, CalendarFeed, Customer, Service, StaffMember

LOOKBACK, LOOKAHEAD = timedelta(days=30), timedelta(days=365)
MAX_ENTRIES = 5000
VISIBLE_STATUSES = ("pending", "confirmed", "done", "no_show")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One booking as a calendar program shows it."""

    booking: Booking
    title: str
    place: str


def create_feed(*, staff_id: str | None = None, branch_id: str | None = None) -> str:
    """Create a feed and return its token, of which only the hash is stored; earlier feeds stay valid. Raises InvalidInput."""
    if not staff_id and not branch_id:
        raise InvalidInput(_("Bitte eine Person oder eine Filiale angeben."))
    for model, row_id in ((StaffMember, staff_id), (Branch, branch_id)):
        if row_id and db.session.scalars(select(model.id).where(model.id == row_id)).first() is None:
            raise InvalidInput(_("Bitte eine Person oder eine Filiale angeben."))
    token = generate_token()
    db.session.add(CalendarFeed(token_hash=hash_token(token), staff_id=staff_id, branch_id=branch_id))
    db.session.flush()
    return token


def list_feeds() -> list[CalendarFeed]:
    """The active feeds of the current company."""
    return list(db.session.scalars(select(CalendarFeed).where(CalendarFeed.revoked_at.is_(None)).order_by(CalendarFeed.created_at)))


def revoke_feed(token_hash: str) -> None:
    """Revoke the feed; its address stops working. Raises NotFound."""
    feed = db.session.get(CalendarFeed, token_hash)
    if feed is None:
        raise NotFound(_("Diesen Kalender gibt es nicht."))
    feed.revoked_at = feed.revoked_at or now()


def find_feed(token: str) -> CalendarFeed | None:
    """Find the active feed of this token across companies; the token identifies it."""
    if not may_be_token(token):
        return None
    with unscoped():
        statement = select(CalendarFeed).where(CalendarFeed.token_hash == hash_token(token), CalendarFeed.revoked_at.is_(None))
        return db.session.scalars(statement).first()


def list_entries(feed: CalendarFeed, now: datetime) -> list[FeedEntry]:
    """List the bookings around `now`, earliest first; of customers only the name."""
    statement = (
        select(Booking, Service.name, StaffMember.name, Branch.name, Customer.name)
        .join(Service, Service.id == Booking.service_id)
        .join(StaffMember, StaffMember.id == Booking.staff_id)
        .join(Branch, Branch.id == Booking.branch_id)
        .outerjoin(Customer, Customer.id == Booking.customer_id)
        .where(Booking.starts_at > now - LOOKBACK, Booking.starts_at < now + LOOKAHEAD, Booking.status.in_(VISIBLE_STATUSES))
    )
    if feed.staff_id:
        statement = statement.where(Booking.staff_id == feed.staff_id)
    if feed.branch_id:
        statement = statement.where(Booking.branch_id == feed.branch_id)
    rows = db.session.execute(statement.order_by(Booking.starts_at, Booking.id).limit(MAX_ENTRIES)).all()
    return [
        FeedEntry(booking, ", ".join(filter(None, (service, customer, None if feed.staff_id else person))), place)
        for booking, service, person, place, customer in rows
    ]


def get_feed_name(feed: CalendarFeed) -> str:
    """The calendar's name: the person, the branch, or both."""
    person = db.session.get(StaffMember, feed.staff_id) if feed.staff_id else None
    branch = db.session.get(Branch, feed.branch_id) if feed.branch_id else None
    return ", ".join(subject.name for subject in (person, branch) if subject)
