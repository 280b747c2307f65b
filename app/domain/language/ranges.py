"""Combines marked days and times: time windows, day ranges, weekdays with dates, parts of the day."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.domain.language.clarification import ambiguous_day, ambiguous_day_part, ambiguous_time, weekday_mismatch
from app.domain.language.dates import DayRange
from app.domain.language.scanner import DAY, TIME, Scanner
from app.domain.language.times import ClockTime, to_time_range
from app.domain.language.vocabulary import DAY_PART, DAY_PART_BY_WORD

WEEK = timedelta(weeks=1)
LAST_MINUTE = time(23, 59)
EARLY_LATE = {
    ("early", "morning"): (None, time(9)), ("late", "morning"): (time(10), None),
    ("early", "noon"): (None, time(12)), ("late", "noon"): (time(13), None),
    ("early", "afternoon"): (None, time(15)), ("late", "afternoon"): (time(16), None),
    ("early", "evening"): (None, time(19)), ("late", "evening"): (time(20), None),
}  # fmt: skip
PHRASES = (
    (r"\bnach (?:der arbeit|(?:dem )?feierabend)\b|\bafter work\b", time(17), None),
    (r"\bnach (?:dem )?mittag(?:essen|s)?\b|\bnach der mittagspause\b|\bafter lunch\b", time(13), None),
    (r"\bvor (?:der arbeit|dem mittag(?:essen)?)\b|\bbefore (?:work|lunch)\b", None, time(12)),
    (r"\bin der mittagspause\b|\bin (?:my|the) lunch break\b", time(12), time(14)),
)
ALTERNATIVE = r"(?: ?, ?|,? (?:oder|or|und|and|/) (?:am |on |um |at |den |dem |the )?)"
RANGE_TO = r"(?: ?- ?| (?:bis|to|until|till|through)(?: zum| dem| den| einschliesslich| um| the)? )"


@dataclass(frozen=True, slots=True)
class TimeWindow:
    at: time | None = None
    at_from: time | None = None
    at_to: time | None = None
    fold: int | None = None

    @property
    def are_named(self) -> bool:
        return self.at is not None or self.at_from is not None or self.at_to is not None


def find_day_part(scanner: Scanner) -> tuple[str | None, tuple[time | None, time | None]]:
    """Find the part of the day (also "night"), with narrower bounds for early and late."""
    bounds: tuple[time | None, time | None] = (None, None)
    for phrase, low, high in PHRASES:
        if scanner.drop(phrase):
            bounds = (low, high)
    if scanner.drop(r"\b(?:nachts|(?:in der |heute )?nacht|at night|in the night)\b"):
        return "night", bounds
    adjective = re.search(rf"\b(frueh|spaet|early|late)(?:e[rnms]|e)? (?:am )?{DAY_PART}", scanner.text)
    found = list(dict.fromkeys(DAY_PART_BY_WORD[word] for word in re.findall(rf"\b{DAY_PART}", scanner.text)))
    if adjective:
        bounds = EARLY_LATE["early" if adjective[1] in ("frueh", "early") else "late", DAY_PART_BY_WORD[adjective[2]]]
        found = [DAY_PART_BY_WORD[adjective[2]]]
    if "morning" in found and len(found) == 2 and re.search(r"\bfrueh\b", scanner.text) and not re.search(r"\boder\b", scanner.text):
        found.remove("morning")
    if len(found) > 1:
        raise ambiguous_day_part(found)
    return (found[0] if found else None), bounds


def find_time_window(scanner: Scanner, part: str | None) -> TimeWindow:
    """Find a time or a window. Raises AmbiguousExpression for several times."""
    between = re.search(r"\b(?:zwischen|between) <t(\d+)>(?: ?- ?| (?:und|and|bis|to) (?:um |at )?)<t(\d+)>", scanner.text)
    between = between or re.search(rf"<t(\d+)>{RANGE_TO}<t(\d+)>", scanner.text)
    if between:
        return TimeWindow(None, *to_time_range(_get_clock(scanner, between[1]), _get_clock(scanner, between[2]), part))
    if re.search(rf"<t\d+>{ALTERNATIVE}<t\d+>", scanner.text):
        raise ambiguous_time([clock.on(part) for clock in scanner.all(TIME)])
    opens = re.search(
        r"\b(?:ab|nach|after|from|fruehestens|nicht vor|not before|starting(?: at)?|erst ab|erst)(?: um| at| so| ca\.?| etwa)? <t(\d+)>"
        r"|<t(\d+)> (?:oder|or) (?:spaeter|later)|<t(\d+)> on ?wards",
        scanner.text,
    )
    closes = re.search(
        r"(?<!nicht )(?<!not )\b(?:bis|vor|before|until|till|by|spaetestens|nicht (?:nach|spaeter als)|not (?:after|later than))(?: spaetestens)?(?: um| at| so| ca\.?| etwa)? <t(\d+)>"
        r"|<t(\d+)> (?:oder|or) (?:frueher|earlier)",
        scanner.text,
    )
    if opens or closes:
        low, high = (_get_clock(scanner, _get_group(found)).on(part) if found else None for found in (opens, closes))
        return TimeWindow(None, low, LAST_MINUTE if high == time(0) else high)
    clocks: list[ClockTime] = scanner.all(TIME)
    times = list(dict.fromkeys(clock.on(part) for clock in clocks))
    if len(times) > 1:
        raise ambiguous_time(times)
    return TimeWindow(times[0], fold=clocks[0].fold) if times else TimeWindow()


def find_days(scanner: Scanner, today: date) -> DayRange | None:
    """Find the days that all expressions name together. Raises AmbiguousExpression for contradictions."""
    _merge_adjacent(scanner, today)
    for pattern in (
        r"\b(?:zwischen|between)(?: dem| den| the)? <d(\d+)>,? (?:und|and|bis)(?: dem| den| the)? <d(\d+)>",
        rf"<d(\d+)>{RANGE_TO}<d(\d+)>",
    ):
        if found := re.search(pattern, scanner.text):
            return _build_range(_get_days(scanner, found[1]), _get_days(scanner, found[2]))
    if found := re.search(rf"<d\d+>(?:{ALTERNATIVE}<d\d+>)+", scanner.text):
        return _require_same([_get_days(scanner, number) for number in re.findall(r"<d(\d+)>", found[0])], today)
    opened = _find_open_range(scanner, today)
    if opened:
        return opened
    return _intersect_all(scanner.all(DAY), today)


def _merge_adjacent(scanner: Scanner, today: date) -> None:
    """Merge adjacent marks without "or": "donnerstag, den 3. dezember", "freitag im dezember"."""
    pattern = r"<d(\d+)> ?,?(?: (?:am|den|der|dem|the|of|on|im|in|vom|zum))* ?<d(\d+)>"
    while found := re.search(pattern, scanner.text):
        joined = _intersect_all([_get_days(scanner, found[1]), _get_days(scanner, found[2])], today)
        scanner.text = f"{scanner.text[: found.start()]}{scanner.mark(DAY, joined)}{scanner.text[found.end() :]}"


def _find_open_range(scanner: Scanner, today: date) -> DayRange | None:
    """Find a range with an open end: "ab Montag", "nach Ostern", "bis Freitag"."""
    words = r"(?: (?:zum|dem|der|den|on|the|spaetestens))*"
    if (found := re.search(rf"<d(\d+)> (vor|nach|before|after){words} <d(\d+)>", scanner.text)) and _get_days(
        scanner, found[1]
    ).weekday is not None:
        return _find_weekday_beside(_get_days(scanner, found[1]).weekday or 0, found[2], _get_days(scanner, found[3]))
    opens = re.search(rf"\b(ab|fruehestens|from|starting|as of|nach|after|nicht vor|not before){words} <d(\d+)>", scanner.text)
    closes = re.search(
        rf"(?<!nicht )(?<!not )\b(bis|spaetestens|by|until|till|vor|before|nicht nach|not after){words} <d(\d+)>", scanner.text
    )
    if not opens and not closes:
        return None
    first, last = today, date.max
    if opens:
        days = _get_days(scanner, opens[2])
        first = days.last + timedelta(1) if opens[1] in ("nach", "after") else days.first
    if closes:
        days = _get_days(scanner, closes[2])
        last = days.first - timedelta(1) if closes[1] in ("vor", "before") else days.last
    return DayRange(first, max(first, last))


def _find_weekday_beside(weekday: int, side: str, days: DayRange) -> DayRange:
    """Find the first weekday after, or the last before, a date: "montag nach ostern"."""
    since = days.last + timedelta(1) if side in ("nach", "after") else days.first - WEEK
    day = since + timedelta((weekday - since.weekday()) % 7)
    return DayRange(day, day)


def _build_range(starts: DayRange, ends: DayRange) -> DayRange:
    """Build a range; a weekday at its end is the one after the start."""
    last = ends.last
    while ends.weekday is not None and last < starts.first:
        last += WEEK
    if last < starts.first and starts.weekday is not None:
        return DayRange(last, last)
    return DayRange(min(starts.first, last), max(starts.first, last))


def _require_same(several: list[DayRange], today: date) -> DayRange:
    days = list(dict.fromkeys(found.first for found in several))
    if len(days) == 1:
        return several[0]
    raise ambiguous_day(days, today)


def _intersect_all(several: list[DayRange], today: date) -> DayRange | None:
    if not several:
        return None
    result = several[0]
    for other in several[1:]:
        result = _intersect(result, other, today)
    return result


def _intersect(one: DayRange, other: DayRange, today: date) -> DayRange:
    if one.weekday is None and other.weekday is not None:
        one, other = other, one
    if one.weekday is not None and other.weekday is None:
        return _find_weekday_in(one, other, today)
    first, last = max(one.first, other.first), min(one.last, other.last)
    if first > last:
        raise ambiguous_day([one.first, other.first], today)
    return DayRange(first, last, one.weekday if one.weekday == other.weekday else None)


def _find_weekday_in(named: DayRange, days: DayRange, today: date) -> DayRange:
    """Find the weekday within the days; raises where a date has another weekday."""
    weekday = named.weekday or 0
    first = days.first + timedelta((weekday - days.first.weekday()) % 7)
    if days.first == days.last and first != days.first:
        raise weekday_mismatch(days.first, min((first, first - WEEK), key=lambda day: abs(day - days.first)))
    if first > days.last:
        raise ambiguous_day([named.first, days.first], today)
    fitting = [first + WEEK * count for count in range((days.last - first).days // 7 + 1)]
    if len(fitting) > 1:
        raise ambiguous_day(fitting[:3], today)
    return DayRange(first, first)


def _get_days(scanner: Scanner, number: str) -> DayRange:
    return scanner.found[int(number)]


def _get_clock(scanner: Scanner, number: str) -> ClockTime:
    return scanner.found[int(number)]


def _get_group(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)
