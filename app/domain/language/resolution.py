"""Resolves what was read to one time expression: a day and a time, a question where either is open."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from app.domain.language import clarification_questions as questions
from app.domain.language.calendar_arithmetic import add_months
from app.domain.language.clarification_questions import AmbiguousExpression
from app.domain.language.corrections import DayReading, TimeReading, is_plausible, join_parts
from app.domain.language.coverage import UnreadWord
from app.domain.language.dates import DayRange
from app.domain.language.parsed_time import DayPart, Language, TimeExpression, is_repeated_time, is_skipped_time, to_utc
from app.domain.language.ranges import ClockRange, intersect
from app.domain.language.times import ClockTime

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NIGHT_STARTS = time(20)
# "heute um acht" said in the morning may mean the evening, up to this hour
MAX_HOUR = 23


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says: days, times, and what of it was not understood."""

    days: DayReading = field(default_factory=DayReading)
    times: TimeReading = field(default_factory=TimeReading)
    unread: tuple[UnreadWord, ...] = ()
    # "as soon as possible", "any time"
    is_open: bool = False
    # the occurrence of a repeated hour, where named
    fold: int | None = None
    # "ich kann immer": neither bound nor haste
    is_unbound: bool = False

    @property
    def is_empty(self) -> bool:
        return (
            not (self.days.days or self.days.question or self.times.question or self.unread or self.is_open or self.is_unbound)
            and self.times.is_empty
        )


def join_range(starts: Reading | None, ends: Reading | None, today: date) -> Reading:
    """Join the readings of a first and a last day, either of which may be open; their hours bound one day."""
    known = [reading for reading in (starts, ends) if reading]
    question = next((reading.days.question for reading in known if reading.days.question), None)
    days = [reading.days.days for reading in known]
    unread = tuple(word for reading in known for word in reading.unread)
    if question or None in days or not days:
        return Reading(DayReading(question=question or questions.which_date()) if known else DayReading(), TimeReading(), unread)
    first = days[0].first if starts and days[0] else today
    last = days[-1].last if ends and days[-1] else date.max
    while days[-1] and days[-1].weekday is not None and last < first:
        last += WEEK
    span = DayRange(min(first, last), max(first, last))
    clocks = (starts.times.clock if starts else None, ends.times.clock if ends else None)
    times = known[0].times if len({reading.times.parts for reading in known}) == 1 else TimeReading()
    if any(clocks) and (span.is_single or len(known) == 1):
        times = replace(times, clock=None, windows=(ClockRange(*clocks),))
    excluded = tuple(day for reading in known for day in reading.days.excluded)
    return Reading(DayReading(span, excluded=excluded), replace(times, clock=None), unread)


class Resolver:
    """Resolves readings relative to a moment."""

    def __init__(self, now: datetime, timezone: str, language: Language) -> None:
        self.now, self.timezone, self.language = now.astimezone(UTC), timezone, language
        self.today = now.astimezone(ZoneInfo(timezone)).date()

    def resolve(self, readings: Sequence[Reading]) -> TimeExpression:
        """Resolve readings that hold together; a question stands beside what is known."""
        days, question = self._join_days(readings)
        at = low = high = None
        times = TimeReading()
        try:
            times = _join_times(readings)
            at, low, high = _resolve_times(times)
            if question is None and days is not None:
                days, at = self._resolve_day(days, times, at, next((each.fold for each in readings if each.fold is not None), None))
        except _OpenDay as unclear:
            question, days = unclear.question, None
        except AmbiguousExpression as unclear:
            question, at = question or unclear, None
        if question is None:
            question, days, at = self._ask_unread(readings, days, at, times)
        part = times.part
        if days is None and at is None and low is None and high is None and part is None and question is None:
            if any(reading.is_unbound for reading in readings):
                return TimeExpression()
            if any(reading.is_open for reading in readings):
                return TimeExpression(day_from=self.today)
            question = questions.no_time_given() if readings else None
        if part == "night" and at is None and low is None:
            low = NIGHT_STARTS
        shown = cast("DayPart | None", None if part == "night" or at is not None else part)
        asked = question.ask(self.language) if question else None
        excluded = [day for reading in readings for day in reading.days.excluded]
        within, beside = _split_excluded(days, excluded)
        return TimeExpression(*_split_range(days), at, low, high, shown, asked, question.options if question else (), within, beside)

    def _join_days(self, readings: Sequence[Reading]) -> tuple[DayRange | None, AmbiguousExpression | None]:
        days: DayRange | None = None
        kept: DayRange | None = None
        question: AmbiguousExpression | None = None
        for reading in readings:
            question = question or reading.days.question
            kept = kept or reading.days.days
            if reading.days.days is not None and not question:
                try:
                    days = reading.days.days if days is None else intersect(days, reading.days.days, self.today)
                except AmbiguousExpression as unclear:
                    question = unclear
        return (days, None) if question is None else (kept if kept and not kept.is_single else None, question)

    def _resolve_day(self, days: DayRange, times: TimeReading, at: time | None, fold: int | None) -> tuple[DayRange, time | None]:
        """Resolve the date of a time: a weekday that is today, the hours after midnight, and changed clocks."""
        if not days.is_single:
            return days, at
        day = days.first
        if (days.weekday is not None or days.is_day_of_month) and day == self.today:
            later = day + WEEK if days.weekday is not None else add_months(day, 1)
            if at is None or to_utc(day, at, self.timezone) > self.now:
                raise _OpenDay(questions.ambiguous_day([day, later], self.today))
            day = later
        if at is None or times.clock is None:
            return DayRange(day, day), at
        day = self._shift_past_midnight(day, at, times)
        at = self._move_past_noon(day, at, times)
        return DayRange(day, day), self._on_changed_clocks(day, at, times.clock.fold if times.clock.fold is not None else fold)

    def _shift_past_midnight(self, day: date, at: time, times: TimeReading) -> date:
        """24:00 and the hours of a night belong to the day after."""
        assert times.clock is not None
        if times.clock.day_shift == 1:
            return day + DAY
        is_midnight = times.clock.day_shift is None or (at == time(0) and times.clock.hour == 12)
        is_night = times.part == "night" and at < time(6) and times.clock.loose
        if not is_midnight and not is_night:
            return day
        is_open = is_midnight or any(part.spans_midnight for part in times.parts)
        if day == self.today and is_open:
            return day if is_night and to_utc(day, at, self.timezone) > self.now else day + DAY
        if is_open:
            raise _OpenDay(questions.ambiguous_night(day, at))
        return day

    def _move_past_noon(self, day: date, at: time, times: TimeReading) -> time:
        """Move an hour of today that has passed to its twin in the evening; before noon that is asked about."""
        clock = times.clock
        if day != self.today or clock is None or times.part or to_utc(day, at, self.timezone) >= self.now:
            return at
        if not clock.loose or clock.is_formal or not 0 < at.hour < 12 or at.hour + 12 > MAX_HOUR:
            return at
        later = at.replace(hour=at.hour + 12)
        if to_utc(day, later, self.timezone) <= self.now:
            return at
        if self.now.astimezone(ZoneInfo(self.timezone)).hour < 12:
            raise questions.ambiguous_time([later])
        return later

    def _on_changed_clocks(self, day: date, at: time, fold: int | None) -> time:
        if is_skipped_time(day, at, self.timezone):
            raise questions.skipped_hour(day, at)
        if is_repeated_time(day, at, self.timezone):
            if fold is None:
                passes = [to_utc(day, at.replace(fold=each), self.timezone).astimezone(ZoneInfo(self.timezone)) for each in (0, 1)]
                raise questions.repeated_hour(day, at, passes)
            return at.replace(fold=fold)
        return at

    def _ask_unread(
        self, readings: Sequence[Reading], days: DayRange | None, at: time | None, times: TimeReading
    ) -> tuple[AmbiguousExpression | None, DayRange | None, time | None]:
        """Ask about words that were not understood; gives the question, and the day and time that are kept."""
        day = days.first if days and days.is_single else None
        for reading in readings:
            for word in reading.unread:
                has_day = day is not None and (reading.days.days is None or reading.days.segment >= word.segment)
                has_time = at is not None and (reading.times.clock is None or reading.times.segment >= word.segment)
                is_timed = has_time or bool(times.windows) or (bool(times.parts) and word.part != "date")
                if word.is_apart and is_timed and (day is not None or (days is not None and word.part == "time")):
                    continue
                if word.part == "date" or (word.part in ("day", "either") and not has_day) or (word.part == "spare day" and days is None):
                    return questions.unread_day(at, times.part), None if day else days, at
                if word.part == "spare" and (days is not None or not times.is_empty):
                    continue
                if word.part == "condition" and not has_day:
                    return questions.unread_day(at, times.part), None if day else days, at
                if word.part != "time":
                    has_time = has_time or not times.is_empty
                if word.part == "later" or (word.part in ("time", "either", "condition", "spare", "spare time") and not has_time):
                    return questions.unread_time(day, self.today), days, None
        return None, days, at


class _OpenDay(Exception):
    """The time is known, its day is not."""

    def __init__(self, question: AmbiguousExpression) -> None:
        super().__init__()
        self.question = question


def _join_times(readings: Sequence[Reading]) -> TimeReading:
    """Join the times of several readings. Raises AmbiguousExpression where they differ."""
    several = [reading.times for reading in readings]
    for times in several:
        if times.question:
            raise times.question
    parts = join_parts([part for times in several for part in times.parts])
    joined = TimeReading(windows=tuple(window for times in several for window in times.windows), parts=parts)
    clocks = [times.clock for times in several if times.clock]
    moments = list(dict.fromkeys(clock.on(joined.part) for clock in clocks))
    if len(moments) > 1:
        raise questions.ambiguous_time(moments)
    if clocks and joined.windows:
        low, high = _bound(joined)
        if (low and moments[0] < low) or (high and moments[0] > high):
            raise questions.which_time(moments)
    return replace(joined, clock=_pick_strict(clocks), windows=() if clocks else joined.windows)


def _pick_strict(clocks: Sequence[ClockTime]) -> ClockTime | None:
    return next((clock for clock in clocks if not clock.loose), clocks[0] if clocks else None)


def _resolve_times(times: TimeReading) -> tuple[time | None, time | None, time | None]:
    """Resolve to a time, or to the bounds of a window. Raises where an hour cannot lie in the part of the day."""
    if times.clock is None:
        ends = [end for window in times.windows for end in (window.starts, window.ends) if end]
        if any(not is_plausible(end, times.part) for end in ends):
            raise questions.which_time()
        return None, *_bound(times)
    at = times.clock.on(times.part)
    earliest = max((part.earliest for part in times.parts), default=0)
    if not is_plausible(times.clock, times.part) or (at.hour < earliest and times.clock.loose):
        raise questions.ambiguous_time([times.clock.on(None)])
    return at, None, None


def _bound(times: TimeReading) -> tuple[time | None, time | None]:
    bounds = [window.on(times.part) for window in times.windows] or [(part.at_from, part.at_to) for part in times.parts]
    lows, highs = [low for low, _ in bounds if low is not None], [high for _, high in bounds if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        raise questions.which_time()
    return low, high


def _split_excluded(days: DayRange | None, excluded: Sequence[date]) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Split into the days within a stretch and those beside it: all of them where no day is wished."""
    if days is None:
        return (), tuple(excluded)
    within = tuple(day for day in excluded if days.first < day < days.last)
    return within, tuple(day for day in excluded if day not in within)


def _split_range(days: DayRange | None) -> tuple[date | None, date | None, date | None]:
    """Split into one day, or the first and last of several; an open end is None."""
    if days is None:
        return None, None, None
    if days.is_single:
        return days.first, None, None
    return None, days.first, None if days.last == date.max else days.last
