"""Recurring bookings: the same visit every so many weeks at the same time on the clock, each a booking of its own."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, dropwhile, islice, pairwise
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import BookingError, SlotTaken
from app.domain.bookings.history import Actor
from app.domain.bookings.status import InvalidBookingTransition, lock_visit
from app.domain.scheduling.types import VisitPart
from app.models import Booking

MAX_OCCURRENCES = 104


@dataclass(frozen=True, slots=True)
class BookingSeriesResult:
    """The result of each occurrence: booked, or rejected with its error and alternatives."""

    id: str
    bookings: list[Booking]
    rejected: list[tuple[datetime, BookingError]]


def create_series(request: BookingRequest, *, every_weeks: int, times: int) -> BookingSeriesResult:
    """Book the visit `times` times; occurrences that are not free are skipped and reported. Raises when the first is not free.

    All occurrences have the staff of the first and the same wall-clock time. The request's keys apply to the whole series.
    """
    check_recurrence(every_weeks, times)
    series = BookingSeriesResult(request.series_id or new_ulid(), [], [])
    first = create_booking(replace(request, series_id=series.id))
    if first.series_id != series.id:
        return get_series(first)
    series.bookings.append(first)
    following = _with_same_staff(request, first)
    _book_following(series, following, first.timezone, every_weeks=every_weeks, missing=times - 1, after=first.starts_at)
    return series


def continue_series(booking_id: str, actor: Actor, *, every_weeks: int, times: int) -> BookingSeriesResult:
    """Make an active booking the first of a series, or extend its series after the last; `times` includes it.

    Raises BookingNotFound, InvalidBookingTransition, InvalidInput.
    """
    check_recurrence(every_weeks, times)
    visit = lock_visit(booking_id)
    first = visit[0]
    if not first.is_active:
        raise InvalidBookingTransition(_("Dieser Termin steht nicht mehr."), booking_status=first.status)
    series_id = first.series_id or new_ulid()
    for booking in visit:
        booking.series_id = series_id
    db.session.flush()
    series = BookingSeriesResult(series_id, _list_occurrences(series_id, since=first.starts_at), [])
    parts = tuple(VisitPart(booking.service_id, booking.staff_id) for booking in visit)
    gaps = [(later.starts_at - earlier.ends_at).seconds // 60 for earlier, later in pairwise(visit)]
    request = BookingRequest(
        parts, first.starts_at, first.branch_id, "web", actor, customer_id=first.customer_id, notes=first.notes, seats=first.seats,
        max_gap=max(gaps, default=0),
    )  # fmt: skip
    last = series.bookings[-1].starts_at
    _book_following(series, request, first.timezone, every_weeks=every_weeks, missing=times - len(series.bookings), after=last)
    return series


def _list_occurrences(series_id: str, *, since: datetime) -> list[Booking]:
    """List the visits of the series that take place or took place from `since` on, each by its first booking."""
    statement = select(Booking).where(Booking.series_id == series_id, Booking.starts_at >= since, Booking.status != "cancelled")
    visits: dict[str, Booking] = {}
    for booking in db.session.scalars(statement.order_by(Booking.starts_at, Booking.id)):
        visits.setdefault(booking.occupant, booking)
    return list(visits.values())


def list_following(booking: Booking) -> list[Booking]:
    """List the other upcoming bookings of its series, by time, one per visit."""
    if not booking.series_id:
        return []
    others = select(Booking).where(
        Booking.series_id == booking.series_id, Booking.upcoming(), Booking.id != booking.id
    )  # fmt: skip
    first: dict[str, Booking] = {}
    for other in db.session.scalars(others.order_by(Booking.starts_at, Booking.id).limit(MAX_OCCURRENCES)):
        if other.occupant != booking.occupant:
            first.setdefault(other.occupant, other)
    return list(first.values())


def cancel_series_from(booking_id: str, actor: Actor, *, reason: str | None = None, version: int | None = None) -> list[Booking]:
    """Cancel this booking and the later ones of its series, and return one per visit; raises the errors of cancel_booking."""
    first = cancel_booking(booking_id, actor, reason=reason, version=version)
    later = cancel_series(first.series_id, actor, since=first.starts_at, reason=reason) if first.series_id else []
    return list({booking.occupant: booking for booking in (first, *later)}.values())


def check_recurrence(every_weeks: int, times: int) -> None:
    if not 1 <= every_weeks <= 52 or not 1 <= times <= MAX_OCCURRENCES:
        raise InvalidInput(_("So oft kann ein Termin nicht wiederholt werden."), fields={"times": "out_of_range"})


def _book_following(
    series: BookingSeriesResult, request: BookingRequest, timezone: str, *, every_weeks: int, missing: int, after: datetime
) -> None:  # fmt: skip
    """Book so many occurrences in the rhythm of the request, the first one after `after`; collect the rejected ones."""
    length = series.bookings[0].ends_at - series.bookings[0].starts_at
    starts = (_add_weeks(request.starts_at, number * every_weeks, timezone) for number in count(1))
    for starts_at in islice(dropwhile(lambda start: start <= after, starts), max(0, missing)):
        try:
            with db.session.begin_nested():
                _check_own_bookings(request, starts_at, starts_at + length)
                series.bookings.append(create_booking(replace(request, starts_at=starts_at, series_id=series.id)))
        except BookingError as error:
            series.rejected.append((starts_at, error))


def _check_own_bookings(request: BookingRequest, starts_at: datetime, ends_at: datetime) -> None:
    """Raise SlotTaken where the customer has the same service at that time already, in a series or by itself."""
    own = select(Booking.id).where(
        Booking.customer_id == request.customer_id, Booking.service_id == request.parts[0].service_id, Booking.active(),
        Booking.starts_at < ends_at, Booking.ends_at > starts_at,
    )  # fmt: skip
    if request.customer_id and db.session.scalar(own.limit(1)):
        raise SlotTaken(_("Dort steht schon ein Termin dieser Person."))


def cancel_series(series_id: str, actor: Actor, *, since: datetime | None = None, reason: str | None = None) -> list[Booking]:
    """Cancel the active bookings of the series from `since` (None: now) on."""
    active_ids = select(Booking.id).where(
        Booking.series_id == series_id, Booking.active(), Booking.starts_at >= (since or now())
    )  # fmt: skip
    return [
        cancel_booking(booking_id, actor, reason=reason) for booking_id in db.session.scalars(active_ids.order_by(Booking.starts_at)).all()
    ]


def get_series(first: Booking) -> BookingSeriesResult:
    """The series of this booking, or a series of it alone."""
    if first.series_id is None:
        return BookingSeriesResult("", [first], [])
    statement = select(Booking).where(Booking.series_id == first.series_id).order_by(Booking.starts_at, Booking.id)
    return BookingSeriesResult(first.series_id, list(db.session.scalars(statement)), [])


def _with_same_staff(request: BookingRequest, first: Booking) -> BookingRequest:
    """The order with the people of its first booking, at its branch, without the keys that make it once."""
    visit = Booking.visit_id == first.visit_id if first.visit_id else Booking.id == first.id
    people = db.session.scalars(select(Booking.staff_id).where(visit).order_by(Booking.starts_at, Booking.id)).all()
    parts = tuple(part._replace(staff_id=staff_id) for part, staff_id in zip(request.parts, people, strict=True))
    return replace(
        request, parts=parts, branch_id=first.branch_id, idempotency_key=None, source_ref=None, hold=None, accepted=frozenset(), note=None
    )


def _add_weeks(starts_at: datetime, weeks: int, timezone: str) -> datetime:
    local = starts_at.astimezone(ZoneInfo(timezone))
    return (local + timedelta(weeks=weeks)).astimezone(starts_at.tzinfo)
