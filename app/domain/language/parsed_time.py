"""Time expressions: days, a time or a window, and a question where they are ambiguous."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

DayPart = Literal["morning", "noon", "afternoon", "evening"]
Language = Literal["de", "en"]
# starts of that part of the day, in minutes after midnight
PART_SPANS: dict[str, tuple[int, int]] = {"morning": (0, 720), "noon": (690, 840), "afternoon": (720, 1080), "evening": (1020, 1440)}


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """`day` is one date, `day_from` and `day_to` are the first and the last of several (either may be open). `excluded_days` lie between
    them and do not suit, `excluded_beside` were cut off at their ends, or are all that was said of days. `at` is an exact wall-clock
    time, `at_from` and `at_to` bound a start. A `question` marks an ambiguous expression: it can be said as is, `options` are the ISO
    dates or times it may mean; the other fields hold what is known all the same.
    """

    day: date | None = None
    day_from: date | None = None
    day_to: date | None = None
    at: time | None = None
    at_from: time | None = None
    at_to: time | None = None
    part: DayPart | None = None
    question: str | None = None
    options: tuple[str, ...] = field(default=())
    excluded_days: tuple[date, ...] = ()
    excluded_beside: tuple[date, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return self.question is not None

    @property
    def names_a_day(self) -> bool:
        return any((self.day, self.day_from, self.day_to))

    @property
    def names_a_time(self) -> bool:
        return any((self.at, self.at_from, self.at_to, self.part)) or self.at == time(0)

    def days(self, *, first: date, last: date) -> tuple[date, date]:
        """Get the first and last date; a first day without a last has no end, otherwise the arguments bound open ends."""
        if self.day:
            return self.day, self.day
        return self.day_from or first, self.day_to or (date.max if self.day_from else last)

    def minutes(self) -> tuple[int, int]:
        """Get the allowed starts [from, to) in minutes after midnight."""
        low, high = PART_SPANS.get(self.part or "", (0, 1440))
        if self.at is not None:
            return _to_minute_of_day(self.at), _to_minute_of_day(self.at) + 1
        if self.at_from is not None:
            low, high = _to_minute_of_day(self.at_from), high if high > _to_minute_of_day(self.at_from) else 1440
        if self.at_to is not None:
            low, high = low if low < _to_minute_of_day(self.at_to) else 0, _to_minute_of_day(self.at_to) + 1
        return low, high

    def as_data(self) -> dict[str, Any]:
        """Serialize the fields that are set, and whether a question is open."""
        lists = {"options": list(self.options), "excluded_days": [day.isoformat() for day in self.excluded_days]}
        return self.as_known() | {"ambiguous": self.is_ambiguous} | {name: values for name, values in lists.items() if values}

    def as_known(self) -> dict[str, str]:
        """Serialize the days and times that are set."""
        values = {
            "date": self.day, "date_from": self.day_from, "date_to": self.day_to,
            "time": self.at, "time_from": self.at_from, "time_to": self.at_to,
        }  # fmt: skip
        data = {
            name: value.strftime("%H:%M") if isinstance(value, time) else value.isoformat()
            for name, value in values.items()
            if value is not None
        }
        return data | ({"part_of_day": self.part} if self.part else {})


def to_utc(day: date, at: time, timezone: str) -> datetime:
    """Convert a local time to UTC; in a repeated hour `at.fold` decides."""
    try:
        return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)
    except OverflowError:
        # beyond the ends of the calendar
        return datetime.min.replace(tzinfo=UTC) if day.year == 1 else datetime.max.replace(tzinfo=UTC)


def is_skipped_time(day: date, at: time, timezone: str) -> bool:
    """Check whether the clock change skips this time."""
    local = to_utc(day, at.replace(fold=0), timezone).astimezone(ZoneInfo(timezone))
    return local.replace(tzinfo=None, fold=0) != datetime.combine(day, at.replace(fold=0))


def is_repeated_time(day: date, at: time, timezone: str) -> bool:
    """Check whether the clock change repeats this time."""
    return to_utc(day, at.replace(fold=0), timezone) < to_utc(day, at.replace(fold=1), timezone) and not is_skipped_time(day, at, timezone)


def get_month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _to_minute_of_day(at: time) -> int:
    return at.hour * 60 + at.minute
