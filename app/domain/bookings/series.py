"""Recurring bookings: the same visit every so many weeks at the same time on the clock, each a booking of its own."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.bookings.cancelling import cancel_booking
from app.domain.bookings.history import By
from app.domain.bookings.making import make_booking
from app.domain.bookings.ordering import Order
from app.domain.bookings.refusing import BookingRefused
from app.models import Booking
from app.models.booking import STANDING

LONGEST = 104


@dataclass(frozen=True, slots=True)
class Series:
    """What became of each time: made, or refused with its error, which tells alternatives."""

    id: str
    made: list[Booking]
    refused: list[tuple[datetime, BookingRefused]]


def make_series(order: Order, *, every_weeks: int, times: int) -> Series:
    """Books the visit `times` times; times that cannot be had are left out and told. The first one must be free, else it is refused.

    Whoever did the first does all. Clock changes do not move the time on the clock. The order's keys count for the whole series.
    """
    if not 1 <= every_weeks <= 52 or not 1 <= times <= LONGEST:
        raise InvalidInput(_("So oft kann ein Termin nicht wiederholt werden."), fields={"times": "out_of_range"})
    series = Series(order.series_id or new_ulid(), [], [])
    first = make_booking(replace(order, series_id=series.id))
    if first.series_id != series.id:
        return Series(first.series_id or first.id, _bookings(first.series_id), [])
    series.made.append(first)
    following = _by_the_same(order, first)
    for number in range(1, times):
        starts_at = _weeks_later(order.starts_at, number * every_weeks, first.zone)
        try:
            with db.session.begin_nested():
                series.made.append(make_booking(replace(following, starts_at=starts_at, series_id=series.id)))
        except BookingRefused as refused:
            series.refused.append((starts_at, refused))
    return series


def cancel_series(series_id: str, by: By, *, since: datetime | None = None, why: str | None = None) -> list[Booking]:
    """Cancels what still stands of the series from `since` (None: now) on."""
    standing = select(Booking.id).where(
        Booking.series_id == series_id, Booking.status.in_(STANDING), Booking.starts_at >= (since or now())
    )  # fmt: skip
    return [cancel_booking(booking_id, by, why=why) for booking_id in db.session.scalars(standing.order_by(Booking.starts_at)).all()]


def _bookings(series_id: str | None) -> list[Booking]:
    return list(db.session.scalars(select(Booking).where(Booking.series_id == series_id).order_by(Booking.starts_at)))


def _by_the_same(order: Order, first: Booking) -> Order:
    """The order with the people of its first booking, at its branch, without the keys that make it once."""
    visit = Booking.visit_id == first.visit_id if first.visit_id else Booking.id == first.id
    people = db.session.scalars(select(Booking.staff_id).where(visit).order_by(Booking.starts_at, Booking.id)).all()
    parts = tuple(part._replace(staff_id=staff_id) for part, staff_id in zip(order.parts, people, strict=True))
    return replace(order, parts=parts, branch_id=first.branch_id, idempotency_key=None, source_ref=None, hold=None)


def _weeks_later(starts_at: datetime, weeks: int, zone: str) -> datetime:
    local = starts_at.astimezone(ZoneInfo(zone))
    return (local + timedelta(weeks=weeks)).astimezone(starts_at.tzinfo)
