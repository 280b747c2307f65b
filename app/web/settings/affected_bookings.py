"""What a page says of the bookings to come that a change would leave to nobody."""

from dataclasses import dataclass
from typing import Annotated

from flask_login import current_user
from sqlalchemy import select

from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.bookings import queries
from app.domain.bookings.orphaned_bookings import BookingsAffected
from app.models import Booking
from app.web.fields import IntegerField
from app.web.formatting import when

MAX_SHOWN = 5
# the number of bookings that the reader has been told of and agreed to leave
AcceptedCount = Annotated[int, IntegerField(0, 100_000)]


@dataclass(frozen=True)
class AffectedBookings:
    """How many there are, and the first of them that the reader may see as (id, sentence)."""

    count: int
    rows: list[tuple[str, str]]


def build_affected(error: BookingsAffected) -> AffectedBookings:
    """Build it from the refusal; support is told the number only."""
    return describe_bookings(error.booking_ids)


def describe_bookings(booking_ids: list[str]) -> AffectedBookings:
    """Count them and describe the first ones that the reader may see."""
    count, ids = len(booking_ids), [] if current_user.is_platform else booking_ids[:MAX_SHOWN]
    statement = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.starts_at, Booking.id)
    bookings = [row for row in db.session.scalars(statement) if can(current_user, "bookings.read", branch_id=row.branch_id)]
    customers, names = queries.load_customers(bookings), queries.load_names()
    rows = []
    for booking in bookings:
        customer = customers.get(booking.customer_id or "")
        parts = (when(booking.starts_at), customer.name if customer else None, names.services.get(booking.service_id))
        rows.append((booking.id, ", ".join(filter(None, parts))))
    return AffectedBookings(count, rows)
