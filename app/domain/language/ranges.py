"""Combines marked days and times: time windows, day ranges with both ends or one, weekdays with dates."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.domain.language.calendar_arithmetic import WEEK, find_weekday, get_monday
from app.domain.language.clarification_questions import AmbiguousExpression, ambiguous_day, weekday_mismatch, which_date
from app.domain.language.dates import DayRange, find_dated
from app.domain.language.day_parts import PART_STARTS, bound_by_part
from app.domain.language.marked_text import DAY, PART, WINDOW, Scanner
from app.domain.language.times import LAST_MINUTE, ClockTime, to_time_range

GAP = r"(?: um| at| so| ca\.?| etwa| ungefaehr| circa| about| around| gegen| spaetestens| fruehestens| erst)*"
RANGE_TO = r"(?: ?- ?|,? (?:bis|to|until|till|through|thru)(?: zum| zur| dem| den| einschliesslich| inklusive| so| um| gegen| ca| etwa| spaetestens| maximal| the| about| around)* )"
LATER = r"(?:spaeter|danach|nachher|later|after|onwards?|on ?wards|aufwaerts|and later|ab)"
OPENING = r"(?:not (?:until|till)|ab|nach|after|from|past|fruehestens|earliest|nicht vor|nicht frueher als|not before|no(?:t)? (?:earlier|sooner) than|starting|starting from|starting at|erst ab|erst nach|erst|spaeter als|later than|any ?time after|anytime from|seit)"
CLOSING = r"(?:bis|vor|before|until|till|by|spaetestens|latest|nicht (?:nach|spaeter als)|no(?:t)? (?:after|later than)|frueher als|earlier than|bis spaetestens|bis maximal|maximal bis|bis hoechstens|up to|through|thru)"
OPENING_DAY = r"(?:not (?:until|till)|ab|fruehestens|earliest|from|starting(?: from| on)?|as of|nach|after|nicht vor|not before|no(?:t)? (?:earlier|sooner) than|seit|erst ab|erst nach|erst wieder ab|sometime after|any time after)"
CLOSING_DAY = (
    r"(?:bis spaetestens|bis|spaetestens|by|until|till|noch vor|vor|before|nicht nach|not after|no(?:t)? later than|nicht spaeter als)"
)
DAY_GAP = r"(?: (?:zum|zur|dem|der|den|am|on|the|spaetestens|fruehestens|einschliesslich|inklusive|erst|um|this))*"


@dataclass(frozen=True, slots=True)
class ClockRange:
    starts: ClockTime | None = None
    ends: ClockTime | None = None
    # "bis Mittwoch um zwölf": holds for that day
    bounds_day: bool = False

    def on(self, part: str | None) -> tuple[time | None, time | None]:
        """Resolve both ends in a part of the day."""
        if self.starts and self.ends:
            return to_time_range(self.starts, self.ends, part)
        if self.ends and self.ends.day_shift != 0:
            return None, LAST_MINUTE
        return (self.starts.on(part) if self.starts else None), (self.ends.on(part) if self.ends else None)


def mark_time_windows(scanner: Scanner) -> None:
    """Mark windows with both ends or one."""

    def window(match: re.Match[str]) -> ClockRange:
        starts, ends = (match.groupdict().get(name) for name in ("starts", "ends"))
        return ClockRange(scanner.get(starts) if starts else None, scanner.get(ends) if ends else None)

    take = scanner.take
    starts, ends = r"<t(?P<starts>\d+)>", r"<t(?P<ends>\d+)>"
    take(
        rf"\b(?:irgendwann |irgendwo |sometime |so )?(?:zwischen|between|in between){GAP} {starts}(?: ?- ?|,? (?:und|and|bis|to)(?: um| at| so| etwa| ca| about| around)* ){ends}",
        WINDOW,
        window,
    )
    take(rf"(?:\b(?:von|from|vo|ab){GAP} )?{starts}{RANGE_TO}{ends}", WINDOW, window)
    take(rf"\b(?:von|ab|from){GAP} {starts} (?:an|onwards?|on)\b", WINDOW, window)
    # "gegen zehn, elf"
    take(rf"\b(?:so )?(?:gegen|around|about|round){GAP} {starts},? {ends}(?! <t)", WINDOW, lambda m: _span_an_hour(window(m)))
    # "um drei, halb vier"
    take(
        rf"(?<!halb )(?<!bis ){starts},? {ends}(?! <t)(?![^<]*<t)(?! (?:at the latest|spaetestens|fruehestens|at the earliest|oder|or))",
        WINDOW,
        lambda m: _span_an_hour(window(m), 30),
    )
    take(rf"{starts} (?:oder|or|und|and)?(?: gerne| auch| (?:etwas|ein bisschen|a bit|a little))* ?{LATER}\b(?! <)", WINDOW, window)
    take(
        rf"{ends} (?:oder|or)(?: gerne| auch| (?:etwas|ein bisschen|a bit|a little))* (?:frueher|vorher|eher|earlier|before|sooner)\b(?! <)",
        WINDOW,
        window,
    )
    take(rf"(?<!nicht )(?<!not )(?<!no )\b{CLOSING}{GAP} {ends}", WINDOW, window)
    take(rf"\b{OPENING}{GAP} {starts}", WINDOW, window)
    take(rf"{starts} (?:at the earliest|fruehestens|allerfruehestens)", WINDOW, window)
    take(rf"{ends} (?:at the latest|spaetestens|allerspaetestens|latest)", WINDOW, window)
    # "kurz vor Mittag"
    take(r"\b(?:kurz|shortly|just) (?:vor|nach|before|after) <p(\d+)>", PART, lambda m: scanner.get(m[1]))
    # "bis Mittag", "ab abends"
    take(rf"\b(?:{CLOSING}){GAP}(?: zum| den)? <p(\d+)>", PART, lambda m: bound_by_part(scanner.get(m[1]), opens=False))
    take(rf"\b(?:{OPENING}){GAP}(?: dem| den)? <p(\d+)>", PART, lambda m: bound_by_part(scanner.get(m[1]), opens=True))


def _span_an_hour(window: ClockRange, longest: int = 60) -> ClockRange | None:
    """Get a window of an hour at most; None where the second time corrects the first."""
    assert window.starts and window.ends
    minutes = ((window.ends.hour - window.starts.hour) * 60 + window.ends.minute - window.starts.minute) % 720
    return window if 0 < minutes <= longest else None


def mark_day_ranges(scanner: Scanner, today: date) -> None:
    """Mark days that stand together: "Donnerstag, den 3.", "von Montag bis Mittwoch", "ab Freitag", "bis zum 10."."""
    take = scanner.take

    def days(number: str) -> DayRange:
        named: DayRange = scanner.get(number)
        return named

    adjacent = r"<d(\d+)> ?,?(?: (?:am|den|der|dem|des|the|of|on|im|in|vom|zum|das ist|das ist der|das ist ein|ist|ist ein|that's|that is|which is))* ?(?:a )?<d(\d+)>"
    before = ""
    while before != scanner.text:
        before = scanner.text
        take(adjacent, DAY, lambda m: find_dated(scanner, m[1], m[2]) or _merge(days(m[1]), days(m[2]), today))
    # "Ende Januar, Anfang Februar"
    take(
        r"(?<!nicht )(?<!not )(?<!mehr )(?<!kein )(?<!no )<d(\d+)>,? (?:(?:oder|or|bis|to|und|and) )?<d(\d+)>",
        DAY,
        lambda m: _join_stretches(days(m[1]), days(m[2])),
    )
    take(rf"<d(\d+)> (vor|nach|before|after){DAY_GAP} <d(\d+)>", DAY, lambda m: _weekday_beside(days(m[1]), m[2], days(m[3])))
    take(
        r"\b(?:zwischen|between)(?: dem| den| the)? <d(\d+)>,? (?:und|and|bis)(?: dem| den| the)? <d(\d+)>",
        DAY,
        lambda m: _build_range(_last_of(days(m[1])), days(m[2]), today),
    )
    # "gleich ob Dienstag oder Mittwoch"
    take(
        r"\b(?:ob|whether)(?: (?:am|on|it's|nun))* <d(\d+)> (?:oder|or)(?: (?:am|on))? <d(\d+)>",
        DAY,
        lambda m: DayRange(days(m[1]).first, days(m[2]).last) if days(m[1]).last + timedelta(1) == days(m[2]).first else None,
    )
    take(
        rf"(?:\b(?:von|vom|from|ab)(?: dem| the| den)? )?<d(\d+)>{RANGE_TO}<d(\d+)>",
        DAY,
        lambda m: _build_range(days(m[1]), days(m[2]), today),
    )
    # "am zehnten, plus minus einen Tag"
    take(
        r"<d(\d+)>,? (?:give or take|plus minus|plus or minus) (?:(?:an?|ein|eine[nr]?|1|\d or|ein,?) )?(\d )?(?:tage?|days?)(?: or (?:so|2))?\b",
        DAY,
        lambda m: _widen(days(m[1]), int(m[2] or 1), today),
    )
    # "bis Mittwoch um zwölf", "ab Montag 10 Uhr": the hour bounds the start as well
    _bound_by_hour(
        scanner,
        rf"(?<!nicht )(?<!not )\b(?P<word>{CLOSING_DAY}){DAY_GAP} <d(?P<day>\d+)>{GAP} <t(?P<clock>\d+)>(?: spaetestens| at the latest)?",
        today,
    )
    _bound_by_hour(scanner, rf"\b(?P<word>{OPENING_DAY}){DAY_GAP} <d(?P<day>\d+)>{GAP} <t(?P<clock>\d+)>", today)
    # "ab Freitagmittag"
    scanner.rewrite(
        rf"\b(?P<word>{OPENING_DAY}){DAY_GAP} <d(?P<day>\d+)>(?: am| at| in the)* <p(?P<part>\d+)>(?P<on> (?:an|on|onwards?)\b)?(?! <t)",
        lambda m: _open_in_part(scanner, m, today),
    )
    take(r"\b(?:von|vom|from)(?: dem| den| the)? <d(\d+)> (?:an|ab|on|onwards?)\b", DAY, lambda m: _open("ab", days(m[1]), today))
    take(
        r"<d(\d+)> (?:oder|or|und|and) (?:spaeter|danach|later|after)\b|<d(\d+)> (?:at the earliest|fruehestens|onwards?)\b",
        DAY,
        lambda m: _open("ab", days(m[1] or m[2]), today),
    )
    take(
        rf"(?<!nicht )(?<!not )\b({CLOSING_DAY}){DAY_GAP} <d(\d+)>(?: (?:spaetestens|at the latest))?",
        DAY,
        lambda m: _close(m[1], days(m[2]), today),
    )
    take(
        rf"\b({OPENING_DAY}){DAY_GAP} <d(\d+)>(?: (?:an|on|onwards?|aufwaerts|fruehestens|at the earliest))?(?!\w)",
        DAY,
        lambda m: _open(m[1], days(m[2]), today),
    )
    take(r"<d(\d+)> (?:at the latest|spaetestens|allerspaetestens|latest)\b", DAY, lambda m: _close("bis", days(m[1]), today))


def _last_of(days: DayRange) -> DayRange:
    """Get the last day of Easter in "zwischen Ostern und Pfingsten"."""
    return DayRange(days.last, days.last) if timedelta(0) < days.last - days.first < WEEK else days


def _join_stretches(one: DayRange, other: DayRange) -> DayRange | None:
    is_joined = (
        other.first == one.last + timedelta(1)
        and not one.is_single
        and not other.is_single
        and other.first.day == 1
        and one.last - one.first < timedelta(31)
    )
    return DayRange(one.first, other.last) if is_joined else None


def _merge(one: DayRange, other: DayRange, today: date) -> DayRange | None:
    with suppress(AmbiguousExpression):
        return intersect(one, other, today)
    return None


def _bound_by_hour(scanner: Scanner, pattern: str, today: date) -> None:
    def bounded(match: re.Match[str]) -> str:
        days, clock = scanner.get(match["day"]), scanner.get(match["clock"])
        if not days.is_single:
            return match[0]
        closes = re.fullmatch(CLOSING_DAY, match["word"]) is not None
        span = _close(match["word"], days, today) if closes else _open(match["word"], days, today)
        window = ClockRange(ends=clock, bounds_day=True) if closes else ClockRange(starts=clock, bounds_day=True)
        return f" {scanner.mark(DAY, span)} {scanner.mark(WINDOW, window)} "

    scanner.rewrite(pattern, bounded)


def _open_in_part(scanner: Scanner, match: re.Match[str], today: date) -> str:
    days, part = scanner.get(match["day"]), scanner.get(match["part"])
    # "ab dem ersten nachmittags" are all afternoons from then on
    if not days.is_single or part.part not in PART_STARTS or not (match["on"] or part.part == "noon"):
        return match[0]
    return f" {scanner.mark(DAY, _open(match['word'], days, today))} {scanner.mark(PART, bound_by_part(part, opens=True))} "


def _widen(days: DayRange, count: int, today: date) -> DayRange:
    return DayRange(max(today, days.first - timedelta(count)), days.last + timedelta(count))


def _open(word: str, days: DayRange, today: date) -> DayRange:
    if days.last < today:
        raise which_date()
    first = days.last + timedelta(1) if word.endswith(("nach", "after")) else days.first
    return DayRange(max(first, today), date.max, opening=None if word.endswith(("nach", "after")) else days.weekday)


def _close(word: str, days: DayRange, today: date) -> DayRange:
    if days.weekday is not None and days.first == today:
        raise ambiguous_day([today, today + WEEK], today)
    last = days.first - timedelta(1) if word.endswith(("vor", "before")) and days.first > today else days.last
    return DayRange(today, max(today, last), closes=True)


def _weekday_beside(named: DayRange, side: str, days: DayRange) -> DayRange | None:
    """Find the first weekday after, or the last before, a date: "montag nach ostern"."""
    if named.weekday is None:
        return None
    since = days.last + timedelta(1) if side in ("nach", "after") else days.first - WEEK
    day = find_weekday(named.weekday, since)
    return DayRange(day, day)


def _build_range(starts: DayRange, ends: DayRange, today: date) -> DayRange:
    """Build a range; a weekday or day of the month at its end is the one after the start."""
    last = ends.last
    while ends.weekday is not None and last < starts.first:
        last += WEEK
    if last < starts.first and starts.weekday is not None:
        raise ambiguous_day([starts.first, last], today)
    if last < starts.first:
        raise which_date()
    return DayRange(starts.first, last, spans_weekdays=starts.weekday is not None and ends.weekday is not None)


def intersect(one: DayRange, other: DayRange, today: date) -> DayRange:
    """Get the days that both name. Raises AmbiguousExpression for contradictions."""
    for relative, dated in ((one, other), (other, one)):
        is_date = dated.is_single and (dated.is_day_of_month or dated.names_month)
        if relative.names_weekday and is_date and relative.first.weekday() == dated.first.weekday():
            # "next Wednesday, the 9th": the date says which
            return dated
    if one.weekday is None and other.weekday is not None:
        one, other = other, one
    if one.weekday is not None and other.weekday is None:
        return _find_weekday_in(one, other, today)
    if one.spans_weekdays or other.spans_weekdays:
        span, days = (one, other) if one.spans_weekdays else (other, one)
        weeks = (days.first - get_monday(span.first)).days // 7
        if span.last - span.first < WEEK and weeks > 0 and span.last + WEEK * weeks <= days.last < span.last + WEEK * (weeks + 1):
            return DayRange(span.first + WEEK * weeks, span.last + WEEK * weeks)
    for one_, other_ in ((one, other), (other, one)):
        if one_.opening is not None and one_.last == date.max and other_.first > one_.first:
            # "nach Karneval, ab Donnerstag", "nächste Woche ab Mittwoch"
            return DayRange(find_weekday(one_.opening, other_.first), other_.last)
    if other.is_day_of_month:
        one, other = other, one
    if one.is_day_of_month and not other.is_single:
        return _find_day_of_month_in(one, other, today)
    first, last = max(one.first, other.first), min(one.last, other.last)
    if first > last:
        raise ambiguous_day([one.first, other.first], today)
    return DayRange(first, last, one.weekday if one.weekday == other.weekday else None, one.is_day_of_month and other.is_day_of_month)


def _find_day_of_month_in(named: DayRange, days: DayRange, today: date) -> DayRange:
    """Find the day of the month within the days: "am 25. nächsten Monats"."""
    stretch = range(min((days.last - days.first).days, 366) + 1)
    fitting = [day for day in (days.first + timedelta(count) for count in stretch) if day.day == named.first.day]
    if not fitting:
        raise ambiguous_day([named.first, days.first], today)
    return DayRange(fitting[0], fitting[0])


def _find_weekday_in(named: DayRange, days: DayRange, today: date) -> DayRange:
    """Find the weekday within the days; raises where a date has another weekday."""
    weekday = named.weekday or 0
    first = find_weekday(weekday, days.first)
    if days.is_single and first != days.first:
        raise weekday_mismatch(days.first, min((first, first - WEEK), key=lambda day: abs(day - days.first)))
    if days.last == date.max:
        return DayRange(first, first)
    if first > days.last:
        raise ambiguous_day([named.first, days.first], today)
    fitting = [first + WEEK * count for count in range((days.last - first).days // 7 + 1)]
    if len(fitting) > 1:
        raise ambiguous_day(fitting[:3], today)
    return DayRange(first, first)
