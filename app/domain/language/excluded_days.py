"""Days that do not suit: which of them a stretch loses, and which leave the wish open."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterable
from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import find_weekday
from app.domain.language.dates import DayRange
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.marked_text_tokenizer import Item

MAX_STRETCH = timedelta(days=92)


def list_days(ranges: Iterable[DayRange]) -> tuple[date, ...]:
    """List the days of those ranges that are short enough to be counted."""
    known = [days for days in ranges if days.last - days.first <= MAX_STRETCH]
    return tuple(days.first + timedelta(count) for days in known for count in range((days.last - days.first).days + 1))


def drop_taken_back(items: list[Item]) -> list[Item]:
    """Drop an excluded stretch of which a date is wished after all: "im Advent ist immer voll, dann halt am siebten Dezember"."""
    exact = [item for item in items if not item.is_excluded and isinstance(item.value, DayRange) and _is_exact(item.value)]
    return [
        item
        for item in items
        if not (item.is_excluded and isinstance(item.value, DayRange) and not item.value.is_single)
        or not any(item.segment < other.segment and item.value.first <= other.value.first <= item.value.last for other in exact)
    ]


def _is_exact(days: DayRange) -> bool:
    return days.is_single and days.weekday is None and not days.is_day_of_month


def excludes(excluded: DayRange, day: date) -> bool:
    return day.weekday() == excluded.weekday if excluded.weekday is not None else excluded.first <= day <= excluded.last


def overlaps(days: DayRange | None, excluded: DayRange) -> bool:
    """Check whether an exclusion leaves open which day it is."""
    if days and excluded.weekday is not None:
        return find_weekday(excluded.weekday, days.first) <= days.last
    return days is None or (days.first <= excluded.last and excluded.first <= days.last)


def leave_out_weekends(scanner: Scanner) -> None:
    """ "unter der Woche", "any weekday" beside a stretch of days: its Saturdays and Sundays do not suit."""
    working = r"\b(?:(?:am liebsten|gern|gerne|any|nur|only|an|einem|irgendeinem|on|a|jeder|jeden) )*(?:unter der woche|werktags?|wochentags?|weekdays?)(?: only)?\b"
    named = [scanner.found[int(number)] for number in re.findall(r"<d(\d+)>", scanner.text)]
    spans = [days for days in named if isinstance(days, DayRange) and not days.is_single]
    if not spans or not scanner.drop(working):
        return
    if len(spans) == 1 and spans[0].last < date.max:
        weekends = (
            scanner.mark(DAY, DayRange(find_weekday(day, spans[0].first), find_weekday(day, spans[0].first), day)) for day in (5, 6)
        )
        scanner.text += "".join(f", nicht {mark}" for mark in weekends)
