"""When a branch is open and when a person is on shift, as sets of real minutes."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.domain.scheduling.holidays import holiday_name
from app.domain.scheduling.minute_bits import DAY, Axis, WallClock, minute_of, stretches, wall_minute
from app.domain.scheduling.types import Branch, Closure, Facts, Person, SpecialDay, WeeklySpan

ALL_WEEK = tuple(WeeklySpan(weekday, 0, DAY) for weekday in range(7))


class Opening(NamedTuple):
    """A branch's open minutes, and why the others are not: kept holidays and closures."""

    open: int
    holiday: int
    closure: int


class Week(NamedTuple):
    """The usual hours by weekday, and those with a beginning or an end, which stand in place of the whole week while they are valid."""

    usual: list[list[WeeklySpan]]
    for_a_time: list[WeeklySpan]


class OpenDay(NamedTuple):
    """The opening of one date: real stretches, and the holiday's name if it is one."""

    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str | None


def branch_opening(branch: Branch, facts: Facts, axis: Axis) -> Opening:
    """The minutes at which the branch is open: weekly hours, special days instead of them, without holidays and closures."""
    clock = WallClock(branch.zone, axis)
    special = _special_days(branch, facts)
    week = _by_weekday(branch.hours)
    opened = holiday = 0
    for day in clock.days():
        if day not in special and _kept_holiday(branch, day):
            holiday |= clock.span(wall_minute(day), wall_minute(day, DAY))
            continue
        opened |= _day_mask(clock, day, _spans_of(day, special, week))
    closed = _closed(branch, facts, clock)
    return Opening(opened & ~closed, holiday, closed)


def shift_mask(person: Person, branch: Branch, facts: Facts, axis: Axis) -> int:
    """The minutes at which the person works at the branch, as far as it is open; without own hours that is always."""
    clock = WallClock(branch.zone, axis)
    special = {day.day: day for day in facts.special_days if day.staff_id == person.id and day.branch_id in (None, branch.id)}
    away = closure_mask((c for c in facts.closures if c.staff_id == person.id and c.branch_id in (None, branch.id)), clock)
    if not person.hours and not special:
        return axis.full & ~away
    weekly = (span for at, span in person.hours if at == branch.id) if person.hours else ALL_WEEK
    by_weekday = _by_weekday(weekly)
    on_shift = 0
    for day in clock.days():
        on_shift |= _day_mask(clock, day, _spans_of(day, special, by_weekday))
    return on_shift & ~away


def closure_mask(closures: Iterable[Closure], clock: WallClock) -> int:
    days = clock.days()
    mask = 0
    for closure in closures:
        for starts, ends in occurrences(closure, days[0], days[-1]):
            mask |= clock.span(_wall(starts), _wall(ends))
    return mask


def open_day(branch: Branch, facts: Facts, day: date) -> OpenDay:
    """What the branch's hours are on one date, for people who ask; a stretch across midnight counts to the day it begins on."""
    axis = Axis(wall_minute(day) - DAY, 4 * DAY)
    clock = WallClock(branch.zone, axis)
    special = _special_days(branch, facts)
    spans = () if day not in special and _kept_holiday(branch, day) else _spans_of(day, special, _by_weekday(branch.hours))
    opened = _day_mask(clock, day, spans) & ~_closed(branch, facts, clock)
    stretched = tuple((axis.instant(start), axis.instant(end)) for start, end in stretches(opened))
    return OpenDay(stretched, holiday_name(day, branch.country, branch.state))


def next_opening(branch: Branch, facts: Facts, now: datetime, *, days: int = 30) -> tuple[bool, datetime | None]:
    """Whether the branch is open now, and when it opens next (None: not within so many days)."""
    axis = Axis(minute_of(now), days * DAY)
    opened = branch_opening(branch, facts, axis).open
    starts = (start for start, _end in stretches(opened) if start > 0)
    first = next(starts, None)
    return bool(opened & 1), None if first is None else axis.instant(first)


def _special_days(branch: Branch, facts: Facts) -> dict[date, SpecialDay]:
    return {day.day: day for day in facts.special_days if day.staff_id is None and day.branch_id in (None, branch.id)}


def _closed(branch: Branch, facts: Facts, clock: WallClock) -> int:
    return closure_mask((c for c in facts.closures if c.staff_id is None and c.branch_id in (None, branch.id)), clock)


def _kept_holiday(branch: Branch, day: date) -> bool:
    return branch.keeps_holidays and holiday_name(day, branch.country, branch.state) is not None


def _by_weekday(spans: Iterable[WeeklySpan]) -> Week:
    week = Week([[] for _ in range(7)], [])
    for span in spans:
        if span.valid_from is None and span.valid_until is None:
            week.usual[span.weekday].append(span)
        else:
            week.for_a_time.append(span)
    return week


def _spans_of(day: date, special: dict[date, SpecialDay], week: Week) -> Iterable[tuple[int, int]]:
    if day in special:
        return special[day].spans
    if valid := [span for span in week.for_a_time if _counts(span, day)]:
        return [(span.opens, span.closes) for span in valid if span.weekday == day.weekday()]
    return [(span.opens, span.closes) for span in week.usual[day.weekday()]]


def _counts(span: WeeklySpan, day: date) -> bool:
    return (span.valid_from is None or span.valid_from <= day) and (span.valid_until is None or day <= span.valid_until)


def _day_mask(clock: WallClock, day: date, spans: Iterable[tuple[int, int]]) -> int:
    mask = 0
    for opens, closes in spans:
        mask |= clock.span(wall_minute(day, opens), wall_minute(day, closes))
    return mask


def occurrences(closure: Closure, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
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
        starts = _in_year(closure.starts, year)
        if earliest <= starts.date() <= latest:
            yield starts, starts + length


def _in_year(moment: datetime, year: int) -> datetime:
    """The same date of another year; 29 February falls on 1 March where there is none."""
    try:
        return moment.replace(year=year)
    except ValueError:
        return moment.replace(year=year, month=3, day=1)


def _wall(moment: datetime) -> int:
    return wall_minute(moment.date(), moment.hour * 60 + moment.minute)
