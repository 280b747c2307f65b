"""Puts together what was found: windows of time, ranges of days, a weekday and its date, parts of the day."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.domain.language.clarification import weekday_differs, which_day, which_part, which_time
from app.domain.language.dates import Days
from app.domain.language.scanner import DAY, TIME, Scanner
from app.domain.language.times import Clock, span_of
from app.domain.language.vocabulary import PART, PART_OF

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
JOINED = r"(?: ?, ?|,? (?:oder|or|und|and|/) (?:am |on |um |at |den |dem |the )?)"
TO = r"(?: ?- ?| (?:bis|to|until|till|through)(?: zum| dem| den| einschliesslich| um| the)? )"


@dataclass(frozen=True, slots=True)
class Hours:
    at: time | None = None
    at_from: time | None = None
    at_to: time | None = None
    fold: int | None = None

    @property
    def are_named(self) -> bool:
        return self.at is not None or self.at_from is not None or self.at_to is not None


def parts_in(scanner: Scanner) -> tuple[str | None, tuple[time | None, time | None]]:
    """The part of the day (also "night"), and narrower bounds where it is called early or late."""
    bounds: tuple[time | None, time | None] = (None, None)
    for phrase, low, high in PHRASES:
        if scanner.drop(phrase):
            bounds = (low, high)
    if scanner.drop(r"\b(?:nachts|(?:in der |heute )?nacht|at night|in the night)\b"):
        return "night", bounds
    adjective = re.search(rf"\b(frueh|spaet|early|late)(?:e[rnms]|e)? (?:am )?{PART}", scanner.text)
    found = list(dict.fromkeys(PART_OF[word] for word in re.findall(rf"\b{PART}", scanner.text)))
    if adjective:
        bounds = EARLY_LATE["early" if adjective[1] in ("frueh", "early") else "late", PART_OF[adjective[2]]]
        found = [PART_OF[adjective[2]]]
    if "morning" in found and len(found) == 2 and re.search(r"\bfrueh\b", scanner.text) and not re.search(r"\boder\b", scanner.text):
        found.remove("morning")
    if len(found) > 1:
        raise which_part(found)
    return (found[0] if found else None), bounds


def hours_in(scanner: Scanner, part: str | None) -> Hours:
    """One time, or a window. Raises Unclear where several times are named."""
    between = re.search(r"\b(?:zwischen|between) <t(\d+)>(?: ?- ?| (?:und|and|bis|to) (?:um |at )?)<t(\d+)>", scanner.text)
    between = between or re.search(rf"<t(\d+)>{TO}<t(\d+)>", scanner.text)
    if between:
        return Hours(None, *span_of(_clock(scanner, between[1]), _clock(scanner, between[2]), part))
    if re.search(rf"<t\d+>{JOINED}<t\d+>", scanner.text):
        raise which_time([clock.on(part) for clock in scanner.all(TIME)])
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
        low, high = (_clock(scanner, _group(found)).on(part) if found else None for found in (opens, closes))
        return Hours(None, low, LAST_MINUTE if high == time(0) else high)
    clocks: list[Clock] = scanner.all(TIME)
    times = list(dict.fromkeys(clock.on(part) for clock in clocks))
    if len(times) > 1:
        raise which_time(times)
    return Hours(times[0], fold=clocks[0].fold) if times else Hours()


def days_in(scanner: Scanner, today: date) -> Days | None:
    """The day or days that all day words together name. Raises Unclear where they contradict each other."""
    _narrow(scanner, today)
    for pattern in (
        r"\b(?:zwischen|between)(?: dem| den| the)? <d(\d+)>,? (?:und|and|bis)(?: dem| den| the)? <d(\d+)>",
        rf"<d(\d+)>{TO}<d(\d+)>",
    ):
        if found := re.search(pattern, scanner.text):
            return _range(_days(scanner, found[1]), _days(scanner, found[2]))
    if found := re.search(rf"<d\d+>(?:{JOINED}<d\d+>)+", scanner.text):
        return _either([_days(scanner, number) for number in re.findall(r"<d(\d+)>", found[0])], today)
    opened = _open_ended(scanner, today)
    if opened:
        return opened
    return _together(scanner.all(DAY), today)


def _narrow(scanner: Scanner, today: date) -> None:
    """Marks that stand side by side without "or" are one: "donnerstag, den 3. dezember", "freitag im dezember"."""
    pattern = r"<d(\d+)> ?,?(?: (?:am|den|der|dem|the|of|on|im|in|vom|zum))* ?<d(\d+)>"
    while found := re.search(pattern, scanner.text):
        joined = _together([_days(scanner, found[1]), _days(scanner, found[2])], today)
        scanner.text = f"{scanner.text[: found.start()]}{scanner.mark(DAY, joined)}{scanner.text[found.end() :]}"


def _open_ended(scanner: Scanner, today: date) -> Days | None:
    """ "ab Montag", "nach Ostern", "bis Freitag", "vor dem 5."; an end that is left open is far away."""
    words = r"(?: (?:zum|dem|der|den|on|the|spaetestens))*"
    if (found := re.search(rf"<d(\d+)> (vor|nach|before|after){words} <d(\d+)>", scanner.text)) and _days(
        scanner, found[1]
    ).weekday is not None:
        return _beside(_days(scanner, found[1]).weekday or 0, found[2], _days(scanner, found[3]))
    opens = re.search(rf"\b(ab|fruehestens|from|starting|as of|nach|after|nicht vor|not before){words} <d(\d+)>", scanner.text)
    closes = re.search(
        rf"(?<!nicht )(?<!not )\b(bis|spaetestens|by|until|till|vor|before|nicht nach|not after){words} <d(\d+)>", scanner.text
    )
    if not opens and not closes:
        return None
    first, last = today, date.max
    if opens:
        days = _days(scanner, opens[2])
        first = days.last + timedelta(1) if opens[1] in ("nach", "after") else days.first
    if closes:
        days = _days(scanner, closes[2])
        last = days.first - timedelta(1) if closes[1] in ("vor", "before") else days.last
    return Days(first, max(first, last))


def _beside(weekday: int, side: str, days: Days) -> Days:
    """ "montag nach dem 10.": the first one after it, the last one before it."""
    since = days.last + timedelta(1) if side in ("nach", "after") else days.first - WEEK
    day = since + timedelta((weekday - since.weekday()) % 7)
    return Days(day, day)


def _range(starts: Days, ends: Days) -> Days:
    """A weekday at the end is the one after the start."""
    last = ends.last
    while ends.weekday is not None and last < starts.first:
        last += WEEK
    if last < starts.first and starts.weekday is not None:
        return Days(last, last)
    return Days(min(starts.first, last), max(starts.first, last))


def _either(several: list[Days], today: date) -> Days:
    days = list(dict.fromkeys(found.first for found in several))
    if len(days) == 1:
        return several[0]
    raise which_day(days, today)


def _together(several: list[Days], today: date) -> Days | None:
    if not several:
        return None
    result = several[0]
    for other in several[1:]:
        result = _both(result, other, today)
    return result


def _both(one: Days, other: Days, today: date) -> Days:
    if one.weekday is None and other.weekday is not None:
        one, other = other, one
    if one.weekday is not None and other.weekday is None:
        return _weekday_in(one, other, today)
    first, last = max(one.first, other.first), min(one.last, other.last)
    if first > last:
        raise which_day([one.first, other.first], today)
    return Days(first, last, one.weekday if one.weekday == other.weekday else None)


def _weekday_in(named: Days, days: Days, today: date) -> Days:
    """The weekday must fit a date beside it; in a stretch it picks its day."""
    weekday = named.weekday or 0
    first = days.first + timedelta((weekday - days.first.weekday()) % 7)
    if days.first == days.last and first != days.first:
        raise weekday_differs(days.first, min((first, first - WEEK), key=lambda day: abs(day - days.first)))
    if first > days.last:
        raise which_day([named.first, days.first], today)
    fitting = [first + WEEK * count for count in range((days.last - first).days // 7 + 1)]
    if len(fitting) > 1:
        raise which_day(fitting[:3], today)
    return Days(first, first)


def _days(scanner: Scanner, number: str) -> Days:
    return scanner.found[int(number)]


def _clock(scanner: Scanner, number: str) -> Clock:
    return scanner.found[int(number)]


def _group(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)
