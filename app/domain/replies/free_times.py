"""Three other times for an appointment: near to it and on different days, or as the customer wishes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.domain.bookings.booking_request import list_free_times
from app.domain.bookings.message_writer import list_visit
from app.domain.bookings.orphaned_bookings import drop_missing_staff
from app.domain.language.parsed_time import TimeExpression
from app.domain.scheduling.types import SlotQuery, VisitPart
from app.models import Booking

MAX_TIMES = 3
LOOKAHEAD = timedelta(days=21)
# another time on the same day is at least so far from the one that does not suit
MIN_DISTANCE_MINUTES = 60


@dataclass(frozen=True, slots=True)
class TimePreference:
    """What the customer wishes; `direction`: 1 later than the appointment, -1 earlier."""

    expression: TimeExpression | None = None
    direction: int = 0

    @property
    def is_open(self) -> bool:
        return self.expression is None or not (self.expression.names_a_day or self.expression.names_a_time)


def find_times(booking: Booking, wish: TimePreference, *, excluded: Collection[datetime] = ()) -> list[datetime]:
    """Find up to three free starts, in order; what the wish leaves free to choose is filled up with the nearest."""
    zone = ZoneInfo(booking.timezone)
    starts = [start for start in _list_starts(booking) if start != booking.starts_at and start not in excluded]
    wished = [start for start in starts if _suits(start.astimezone(zone), booking, wish, zone)]
    if wish.is_open:
        return sorted(_choose_by_day(wished, booking, zone))
    clock = _get_clock(booking, wish, zone)
    nearest = sorted(wished, key=lambda start: (abs(_to_minute(start.astimezone(zone)) - clock), start))
    return sorted(_space_out(nearest, zone) or _choose_by_day(starts, booking, zone))


def _list_starts(booking: Booking) -> list[datetime]:
    parts = drop_missing_staff(tuple(VisitPart(part.service_id, part.staff_id) for part in list_visit(booking)), booking.branch_id)
    until = max(now(), booking.starts_at) + LOOKAHEAD
    query = SlotQuery(parts, now(), until, now(), branch_id=booking.branch_id, seats=booking.seats, ignoring=frozenset([booking.occupant]))
    slots, _data = list_free_times(query, for_callers=True)
    return sorted({slot.starts_at for slot in slots})


def _suits(local: datetime, booking: Booking, wish: TimePreference, zone: ZoneInfo) -> bool:
    if wish.direction and (local > booking.starts_at.astimezone(zone)) != (wish.direction > 0):
        return False
    if wish.is_open or wish.expression is None:
        return True
    expression = wish.expression
    first, last = expression.days(first=date.min, last=date.max)
    if not first <= local.date() <= last or local.date() in expression.excluded_days:
        return False
    low, high = expression.minutes()
    # near an exact time is better than nothing
    slack = 120 if expression.at is not None else 0
    return low - slack <= _to_minute(local) < high + slack


def _choose_by_day(starts: Iterable[datetime], booking: Booking, zone: ZoneInfo) -> list[datetime]:
    """On each day the time that is nearest to the appointment's own; the nearest days, the later one of two."""
    own = booking.starts_at.astimezone(zone)
    by_day: dict[date, datetime] = {}
    for start in starts:
        local = start.astimezone(zone)
        distance = abs(_to_minute(local) - _to_minute(own))
        if local.date() == own.date() and distance < MIN_DISTANCE_MINUTES:
            continue
        best = by_day.get(local.date())
        if best is None or distance < abs(_to_minute(best.astimezone(zone)) - _to_minute(own)):
            by_day[local.date()] = start
    days = sorted(by_day, key=lambda day: (abs(day - own.date()), day < own.date()))
    return [by_day[day] for day in days[:MAX_TIMES]]


def _space_out(starts: list[datetime], zone: ZoneInfo) -> list[datetime]:
    """The first ones that are half an hour apart from each other, else the first."""
    chosen: list[datetime] = []
    for start in starts:
        if all(abs(start - other) >= timedelta(minutes=30) for other in chosen):
            chosen.append(start)
    return chosen[:MAX_TIMES]


def _get_clock(booking: Booking, wish: TimePreference, zone: ZoneInfo) -> int:
    at = wish.expression.at if wish.expression else None
    return at.hour * 60 + at.minute if at else _to_minute(booking.starts_at.astimezone(zone))


def _to_minute(local: datetime) -> int:
    return local.hour * 60 + local.minute
