"""Reads what counts of the named days and times: later corrections, exclusions, alternatives."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from app.domain.language.calendar_arithmetic import WEEK, find_weekday, get_monday
from app.domain.language.clarification_questions import (
    AmbiguousExpression,
    ambiguous_day,
    ambiguous_day_part,
    ambiguous_time,
    only_exclusions,
    which_time,
)
from app.domain.language.dates import DayRange
from app.domain.language.day_parts import PartOfDay
from app.domain.language.excluded_days import MAX_STRETCH, drop_taken_back, excludes, list_days, overlaps
from app.domain.language.marked_text import DAY, PART, TIME, WINDOW
from app.domain.language.marked_text_tokenizer import Item
from app.domain.language.parsed_time import PART_SPANS, get_month_end
from app.domain.language.ranges import ClockRange, intersect
from app.domain.language.times import ClockTime

MIN_HOUR = 6
# "Mittag um vier": in the south it goes on till the evening
PLAUSIBLE_HOURS = {"morning": (0, 12), "noon": (11, 17), "afternoon": (12, 19), "evening": (16, 24)}


@dataclass(frozen=True, slots=True)
class DayReading:
    """The days that count, or the question they leave; `segment` is the one that named them."""

    days: DayRange | None = None
    question: AmbiguousExpression | None = None
    segment: int = -1
    # days of a stretch that do not suit
    excluded: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeReading:
    """The time, window and part of day that count, or the question they leave."""

    clock: ClockTime | None = None
    windows: tuple[ClockRange, ...] = ()
    parts: tuple[PartOfDay, ...] = ()
    question: AmbiguousExpression | None = None
    segment: int = -1
    # the clock time stands behind "um" or "at"
    is_led: bool = False

    @property
    def part(self) -> str | None:
        return next((part.part for part in self.parts if part.part), None)

    @property
    def is_empty(self) -> bool:
        return self.clock is None and not self.windows and not self.parts


def read_days(items: list[Item], today: date) -> DayReading:
    """Read the days: within a segment they narrow each other, a later segment corrects an earlier one."""
    named = [item for item in items if item.kind == DAY]
    named = [_turn_round_days(item) for item in _drop_past(named, today)]
    named = drop_taken_back(named)
    excluded = [item.value for item in named if item.is_excluded and isinstance(item.value, DayRange)]
    reading = DayReading()
    for segment in sorted({item.segment for item in named if not item.is_excluded}):
        mine = [item for item in named if item.segment == segment and not item.is_excluded]
        try:
            days = _narrow(mine, today)
            reading = DayReading(_correct(reading.days, days, today) if reading.days else days, None, segment)
        except AmbiguousExpression as unclear:
            reading = DayReading(None, unclear, segment)
    if len(excluded) < sum(item.is_excluded for item in named) or any(overlaps(reading.days, days) for days in excluded):
        kept = reading.days if reading.days and not reading.days.is_single else None
        if (
            kept
            and len(excluded) == sum(item.is_excluded for item in named)
            and not reading.question
            and (left := _leave_out(reading, kept, excluded))
        ):
            return left
        return reading if reading.question else DayReading(kept, only_exclusions(), reading.segment, () if kept else list_days(excluded))
    return reading


def _turn_round_days(item: Item) -> Item:
    """Turn an excluded bound round: "vor dem zehnten geht nichts" is from the tenth on."""
    if not (item.is_unsuitable and isinstance(item.value, DayRange) and item.value.closes):
        return item
    return replace(item, value=DayRange(item.value.last + timedelta(1), date.max), is_excluded=False, is_unsuitable=False)


def _leave_out(reading: DayReading, days: DayRange, excluded: list[DayRange]) -> DayReading | None:
    """Leave days out of a stretch: "nächste Woche, nur nicht Mittwoch"; None where it is too long to be counted or nothing is left."""
    if days.last - days.first > MAX_STRETCH:
        return None
    stretch = [days.first + timedelta(count) for count in range((days.last - days.first).days + 1)]
    fitting = [day for day in stretch if not any(excludes(each, day) for each in excluded)]
    if not fitting:
        return None
    out = tuple(day for day in stretch if day not in fitting)
    return replace(reading, days=DayRange(fitting[0], fitting[-1]), excluded=out)


def _drop_past(items: list[Item], today: date) -> list[Item]:
    """Drop days that have passed where others are named: "gestern ist mir der Zahn abgebrochen, geht heute was?"."""
    ahead = [item for item in items if not isinstance(item.value, DayRange) or item.value.last >= today or _is_stage(item.value)]
    return ahead or items


def _is_stage(days: DayRange) -> bool:
    """Check for more than a week: "Monatsanfang" that has passed may be another month's."""
    return days.last - days.first >= WEEK


def _narrow(items: list[Item], today: date) -> DayRange:
    values = [item.value for item in items if isinstance(item.value, DayRange)]
    dated = {day.first.isoformat() for day in values if day.is_single and (day.names_month or day.is_day_of_month)}
    for item in items:
        # "next Tuesday, December 8th" leaves nothing to ask
        if isinstance(item.value, AmbiguousExpression) and len(dated.intersection(item.value.options)) != 1:
            raise item.value
    if any(item.is_alternative for item in items[1:]) and len(set(values)) > 1:
        raise ambiguous_day(list(dict.fromkeys(value.first for value in values)), today)
    result = values[0]
    for other in values[1:]:
        result = intersect(result, other, today)
    return result


def _correct(earlier: DayRange, later: DayRange, today: date) -> DayRange:
    """Correct a day by a later one; a bare weekday or day of the month keeps the week or month that was named."""
    if later.opening is not None and not earlier.is_single:
        return intersect(later, earlier, today)
    is_plain = earlier.weekday is not None or earlier.is_day_of_month
    if later.weekday is not None:
        if not earlier.is_single:
            return _agree(later, intersect(later, earlier, today), today)
        in_week = find_weekday(later.weekday, get_monday(earlier.first))
        if is_plain or in_week == later.first or in_week < today:
            return later
        raise ambiguous_day(sorted([later.first, in_week]), today)
    if later.is_day_of_month and not is_plain:
        if not earlier.is_single:
            return _agree(later, intersect(later, earlier, today), today)
        day = earlier.first.replace(day=min(later.first.day, get_month_end(earlier.first).day))
        if not earlier.names_month and day != later.first:
            raise ambiguous_day(sorted([day, later.first]), today)
        return DayRange(day, day)
    if not later.is_single and earlier.is_day_of_month and later.last < date.max:
        return intersect(earlier, later, today)
    if not later.is_single and earlier.weekday is not None and later.last < date.max:
        raise ambiguous_day([find_weekday(earlier.weekday, later.first)], today)
    return later


def _agree(later: DayRange, narrowed: DayRange, today: date) -> DayRange:
    """Take the day that a correction names, if that is the same within the days named before."""
    if later.first != narrowed.first:
        raise ambiguous_day(sorted([later.first, narrowed.first]), today)
    return narrowed


def read_times(items: list[Item]) -> TimeReading:
    """Read the times: a later segment corrects the clock time, the part of day stays where it fits."""
    named = [_turn_round(item) for item in items if item.kind in (TIME, WINDOW, PART)]
    reading = TimeReading()
    for segment in sorted({item.segment for item in named if not item.is_excluded}):
        mine = [item for item in named if item.segment == segment and not item.is_excluded]
        try:
            reading = _correct_times(reading, _join_times(mine, segment))
        except AmbiguousExpression as unclear:
            reading = TimeReading(question=unclear, segment=segment)
    last_day = max((item.segment for item in items if item.kind == DAY and not item.is_excluded), default=0)
    if any(window.bounds_day for window in reading.windows) and last_day > reading.segment:
        reading = TimeReading(question=which_time(), segment=reading.segment)
    other_day = any(item.kind == DAY and not item.is_excluded for item in items)
    excluded = [item for item in named if item.is_excluded and not (item.is_of_day and other_day)]
    if reading.question is None and any(_is_left_open(item, reading) for item in excluded):
        return TimeReading(question=which_time(), segment=reading.segment)
    return reading


def _turn_round(item: Item) -> Item:
    """Turn an excluded bound round: "vor zehn kann ich nicht" is from ten on."""
    if item.kind != WINDOW or not item.is_unsuitable or (item.value.starts and item.value.ends) or item.value.bounds_day:
        return item
    return Item(WINDOW, ClockRange(item.value.ends, item.value.starts), item.segment, clause=item.clause)


def _is_left_open(excluded: Item, reading: TimeReading) -> bool:
    """Check whether an exclusion leaves open what time it is."""
    if isinstance(excluded.value, AmbiguousExpression):
        return True
    if excluded.kind == PART and excluded.value.part in PART_SPANS and reading.windows:
        # "can't do mornings, Thursday after three"
        first, last = PART_SPANS[excluded.value.part]
        low, high = reading.windows[0].on(reading.part)
        return not ((low and low.hour * 60 + low.minute >= last) or (high and high.hour * 60 + high.minute <= first))
    if excluded.kind == PART and excluded.value.part in PART_SPANS and any(part.at_from for part in reading.parts):
        # "can't do mornings, so after lunch"
        starts = max(part.at_from.hour * 60 + part.at_from.minute for part in reading.parts if part.at_from)
        return starts < PART_SPANS[excluded.value.part][1]
    if excluded.kind == PART:
        return reading.clock is None and reading.part in (None, excluded.value.part)
    if excluded.kind == TIME and reading.clock is not None:
        return bool(excluded.value.on(reading.part) == reading.clock.on(reading.part))
    return reading.clock is None


def _join_times(items: list[Item], segment: int) -> TimeReading:
    for item in items:
        if isinstance(item.value, AmbiguousExpression):
            raise item.value
    parts = join_parts([item.value for item in items if item.kind == PART], has_clock=any(item.kind == TIME for item in items))
    part = next((each.part for each in parts if each.part), None)
    clocks = [item.value for item in items if item.kind == TIME]
    times = list(dict.fromkeys(clock.on(part) for clock in clocks))
    windows = tuple(item.value for item in items if item.kind == WINDOW)
    if len(times) > 1:
        raise ambiguous_time(times)
    if _bound_each_other(items):
        return TimeReading(None, tuple(item.value for item in items), (), None, segment)
    if any(item.is_alternative for item in items[1:]) and len(items) > len(clocks) and len(items) > 1:
        raise which_time(times)
    if times and windows:
        low, high = windows[0].on(part)
        if times[0] in (low, high) and None in (low, high):
            # "kommt um elf, also nach elf"
            raise which_time(times)
        if (low and times[0] < low) or (high and times[0] > high) or len(windows) > 1:
            raise which_time(times)
    _check_early_hour(items, clocks, part)
    is_led = any(item.is_led for item in items if item.kind == TIME)
    return TimeReading(clocks[0] if clocks else None, windows if not clocks else (), parts, None, segment, is_led)


def _check_early_hour(items: list[Item], clocks: list[ClockTime], part: str | None) -> None:
    """Ask where "früh" of another clause would make an hour one of the night: "Frühschicht bis zwei, um halb drei"."""
    if part != "morning" or not clocks or not clocks[0].loose or clocks[0].on(part).hour >= MIN_HOUR:
        return
    part_clause, time_clause = (min(item.clause for item in items if item.kind == kind) for kind in (PART, TIME))
    if part_clause < time_clause:
        raise ambiguous_time([clocks[0].on(part), clocks[0].on(None)])


def _bound_each_other(items: list[Item]) -> bool:
    """Check for "nicht vor elf und nicht nach drei"."""
    windows = [item.value for item in items if item.kind == WINDOW]
    return len(windows) == len(items) == 2 and {(bool(window.starts), bool(window.ends)) for window in windows} == {
        (True, False),
        (False, True),
    }


def join_parts(parts: list[PartOfDay], *, has_clock: bool = False) -> tuple[PartOfDay, ...]:
    """Join parts of day; raises where several are named."""
    named = list(dict.fromkeys(part.part for part in parts if part.part))
    if len(named) > 1:
        raise ambiguous_day_part([part for part in named if part != "night"]) if "night" not in named else which_time()
    return tuple(dict.fromkeys(parts))


def _correct_times(earlier: TimeReading, later: TimeReading) -> TimeReading:
    """Correct a time by a later one; a part of day that would change it, or a bare hour after a window, is asked about."""
    if earlier.is_empty or later.question:
        return later
    if later.clock is None:
        if earlier.clock and earlier.clock.loose and not later.windows and is_plausible(earlier.clock, later.part):
            raise which_time([earlier.clock.on(later.part)])
        if not later.parts and earlier.part and any(window.on(None) != window.on(earlier.part) for window in later.windows):
            raise which_time()
        return later
    if earlier.windows and not later.is_led:
        raise which_time([later.clock.on(None)])
    if not later.parts and earlier.part and _is_usual(later.clock, earlier.part) and later.clock.on(earlier.part) != later.clock.on(None):
        raise ambiguous_time([later.clock.on(None), later.clock.on(earlier.part)])
    return later


def _is_usual(clock: ClockTime, part: str) -> bool:
    return is_plausible(clock, part) and clock.on(part).hour >= MIN_HOUR


def is_plausible(clock: ClockTime, part: str | None) -> bool:
    """Check whether a clock time can lie in that part of the day."""
    if part not in PLAUSIBLE_HOURS or clock.day_shift != 0:
        return True
    first, last = PLAUSIBLE_HOURS[part]
    at: time = clock.on(part)
    return first <= at.hour + at.minute / 60 <= last or (part == "evening" and at.hour == 0 and clock.hour == 12)
