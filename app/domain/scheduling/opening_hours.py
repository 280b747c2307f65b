"""Opening hours of a branch and shifts of a person, as sets of absolute minutes."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.domain.scheduling.holidays import find_holiday_name
from app.domain.scheduling.minute_bits import MINUTES_PER_DAY, MinuteAxis, WallClockMapper, iter_intervals, to_minute, to_wall_minute
from app.domain.scheduling.types import SchedulingBranch, SchedulingClosure, SchedulingData, SchedulingStaffMember, SpecialDay, WeeklySpan

ALL_WEEK = tuple(WeeklySpan(weekday, 0, MINUTES_PER_DAY) for weekday in range(7))


class OpeningMasks(NamedTuple):
    """Masks of a branch: open minutes, and minutes closed by holidays and by closures."""

    open: int
    holiday: int
    closure: int


class WeeklyHours(NamedTuple):
    """Regular hours by weekday, and hours with a validity period, which replace the whole week while valid."""

    regular: list[list[WeeklySpan]]
    temporary: list[WeeklySpan]


class DayOpening(NamedTuple):
    """The opening of one date: UTC intervals, and the name of a public holiday or None."""

    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str | None


def build_opening(branch: SchedulingBranch, data: SchedulingData, axis: MinuteAxis) -> OpeningMasks:
    """The minutes at which the branch is open: weekly hours, special days instead of them, without holidays and closures."""
    clock = WallClockMapper(branch.timezone, axis)
    special = _get_special_days(branch, data)
    week = _group_by_weekday(branch.hours)
    opened = holiday = 0
    for day in clock.list_dates():
        if day not in special and _is_observed_holiday(branch, day):
            holiday |= clock.interval_mask(to_wall_minute(day), to_wall_minute(day, MINUTES_PER_DAY))
            continue
        opened |= _build_day_mask(clock, day, _list_spans_on(day, special, week))
    closed = _build_branch_closure_mask(branch, data, clock)
    return OpeningMasks(opened & ~closed, holiday, closed)


def build_shift_mask(person: SchedulingStaffMember, branch: SchedulingBranch, data: SchedulingData, axis: MinuteAxis) -> int:
    """The minutes at which the person works at the branch, as far as it is open; without own hours that is always."""
    clock = WallClockMapper(branch.timezone, axis)
    special = {day.day: day for day in data.special_days if day.staff_id == person.id and day.branch_id in (None, branch.id)}
    away = build_closure_mask((c for c in data.closures if c.staff_id == person.id and c.branch_id in (None, branch.id)), clock)
    if not person.hours and not special:
        return axis.full & ~away
    weekly = (span for at, span in person.hours if at == branch.id) if person.hours else ALL_WEEK
    by_weekday = _group_by_weekday(weekly)
    on_shift = 0
    for day in clock.list_dates():
        on_shift |= _build_day_mask(clock, day, _list_spans_on(day, special, by_weekday))
    return on_shift & ~away


def build_closure_mask(closures: Iterable[SchedulingClosure], clock: WallClockMapper) -> int:
    days = clock.list_dates()
    mask = 0
    for closure in closures:
        for starts, ends in iter_occurrences(closure, days[0], days[-1]):
            mask |= clock.interval_mask(_to_wall(starts), _to_wall(ends))
    return mask


def get_day_opening(branch: SchedulingBranch, data: SchedulingData, day: date) -> DayOpening:
    """Get the branch's hours on one date; an interval across midnight belongs to the day on which it begins."""
    axis = MinuteAxis(to_wall_minute(day) - MINUTES_PER_DAY, 4 * MINUTES_PER_DAY)
    clock = WallClockMapper(branch.timezone, axis)
    special = _get_special_days(branch, data)
    spans = (
        () if day not in special and _is_observed_holiday(branch, day) else _list_spans_on(day, special, _group_by_weekday(branch.hours))
    )
    opened = _build_day_mask(clock, day, spans) & ~_build_branch_closure_mask(branch, data, clock)
    stretched = tuple((axis.instant_at(start), axis.instant_at(end)) for start, end in iter_intervals(opened))
    return DayOpening(stretched, find_holiday_name(day, branch.region))


def find_next_opening(branch: SchedulingBranch, data: SchedulingData, now: datetime, *, days: int = 30) -> tuple[bool, datetime | None]:
    """Whether the branch is open now, and when it opens next (None: not within so many days)."""
    axis = MinuteAxis(to_minute(now), days * MINUTES_PER_DAY)
    opened = build_opening(branch, data, axis).open
    starts = (start for start, _end in iter_intervals(opened) if start > 0)
    first = next(starts, None)
    return bool(opened & 1), None if first is None else axis.instant_at(first)


def _get_special_days(branch: SchedulingBranch, data: SchedulingData) -> dict[date, SpecialDay]:
    return {day.day: day for day in data.special_days if day.staff_id is None and day.branch_id in (None, branch.id)}


def _build_branch_closure_mask(branch: SchedulingBranch, data: SchedulingData, clock: WallClockMapper) -> int:
    return build_closure_mask((c for c in data.closures if c.staff_id is None and c.branch_id in (None, branch.id)), clock)


def _is_observed_holiday(branch: SchedulingBranch, day: date) -> bool:
    return branch.observes_holidays and find_holiday_name(day, branch.region) is not None


def _group_by_weekday(spans: Iterable[WeeklySpan]) -> WeeklyHours:
    week = WeeklyHours([[] for _ in range(7)], [])
    for span in spans:
        if span.valid_from is None and span.valid_until is None:
            week.regular[span.weekday].append(span)
        else:
            week.temporary.append(span)
    return week


def _list_spans_on(day: date, special: dict[date, SpecialDay], week: WeeklyHours) -> Iterable[tuple[int, int]]:
    if day in special:
        return special[day].spans
    if valid := [span for span in week.temporary if _is_valid_on(span, day)]:
        return [(span.opens, span.closes) for span in valid if span.weekday == day.weekday()]
    return [(span.opens, span.closes) for span in week.regular[day.weekday()]]


def _is_valid_on(span: WeeklySpan, day: date) -> bool:
    return (span.valid_from is None or span.valid_from <= day) and (span.valid_until is None or day <= span.valid_until)


def _build_day_mask(clock: WallClockMapper, day: date, spans: Iterable[tuple[int, int]]) -> int:
    mask = 0
    for opens, closes in spans:
        mask |= clock.interval_mask(to_wall_minute(day, opens), to_wall_minute(day, closes))
    return mask


def iter_occurrences(closure: SchedulingClosure, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """The closure's occurrences that may touch the dates [first, last]."""
    length = closure.ends - closure.starts
    if closure.repeats == "never":
        yield closure.starts, closure.ends
        return
    earliest = max(closure.starts.date(), first - length - timedelta(days=1))
    latest = min(last, closure.until) if closure.until else last
    if closure.repeats == "weekly":
        weeks = max(0, -((closure.starts.date() - earliest).days // 7))
        starts = closure.starts + timedelta(weeks=weeks)
        while starts.date() <= latest:
            yield starts, starts + length
            starts += timedelta(weeks=1)
        return
    for year in range(earliest.year, latest.year + 1):
        starts = _move_to_year(closure.starts, year)
        if earliest <= starts.date() <= latest:
            yield starts, starts + length


def _move_to_year(at: datetime, year: int) -> datetime:
    """The same date of another year; 29 February falls on 1 March where there is none."""
    try:
        return at.replace(year=year)
    except ValueError:
        return at.replace(year=year, month=3, day=1)


def _to_wall(at: datetime) -> int:
    return to_wall_minute(at.date(), at.hour * 60 + at.minute)
