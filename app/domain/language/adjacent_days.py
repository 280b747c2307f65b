"""Finds days beside marked ones: "dienstag nach <d0>", "2 tage vor <d0>", "woche vom <d0>", "letzter freitag im <d0>"."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import WEEK, add_months, add_units, find_weekday, get_monday, get_nth_weekday, parse_count
from app.domain.language.clarification_questions import ambiguous_day, which_date
from app.domain.language.dates import DayRange
from app.domain.language.holiday_names import is_public_holiday
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.parsed_time import get_month_end
from app.domain.language.vocabulary import COUNT_WORD, UNIT, WEEKDAY, WEEKDAYS

SIDE = r"(vor|nach|before|after|following|preceding)(?: dem| der| den| the)?"


class DayOffsetScanner:
    """Finds days by their distance from marked ones."""

    def __init__(self, scanner: Scanner, today: date) -> None:
        self.scanner, self.today = scanner, today

    def find(self) -> None:
        """Find what the marks allow; called again when more is marked."""
        self._find_nth_weekdays()
        self._find_beside_days()

    def _find_nth_weekdays(self) -> None:
        """ "der letzte freitag im monat", "2. dienstag nach ostern"; the months are marked already."""
        take = self.scanner.take
        number = r"(?:(?P<number>\d)\.|(?P<last>letzte[nrms]?|last))"
        take(
            rf"\b(?:the |am |der |den )?{number} (?:{WEEKDAY}|(?P<day>tag|day)\b),? (?:im |in |of |des |vom |von )?(?:the )?(?:<d(?P<span>\d+)>|(?:monats?|month)\b)",
            DAY,
            self._nth_of_span,
        )
        take(
            rf"<d(?P<span>\d+)>,? (?:(?:the|am|der|den|on) )*{number} {WEEKDAY}(?P<day>)",
            DAY,
            self._nth_of_span,
        )
        working_day = r"(?:werktag|arbeitstag|working day|business day|work day)"
        take(
            rf"\b(?:the |am |der |den |on the )*{number} {working_day},? (?:(?P<side>nach|after|im|in|of|des|vom|von) )?(?:(?:the|dem|der|den) )?<d(?P<span>\d+)>",
            DAY,
            self._find_working_days,
        )
        take(
            rf"\b(?:the |am |der |den )?(?P<number>\d)\. {WEEKDAY} (?P<side>nach|after|following) (?:dem |der |the )?<d(?P<span>\d+)>",
            DAY,
            self._nth_after,
        )

    def _find_beside_days(self) -> None:
        """ "dienstag nach ostern", "am tag vor heiligabend", "2 tage vor weihnachten", "woche nach dem <d0>"."""
        take = self.scanner.take
        take(
            rf"\b(?:am |on |an )?{COUNT_WORD} {UNIT} {SIDE} <d(\d+)>",
            DAY,
            lambda m: self._beside(m[3], self._get_days(m[4]), parse_count(m[1]), m[2]),
        )
        take(
            rf"\b(?:irgendein(?:e[nm])?|eine[nm]|jede[nrm]|any|some|every|an?) {WEEKDAY} (?:vor|before)(?: dem| der| den| the)? <d(\d+)>",
            DAY,
            lambda m: self._any_weekday_before(self._get_days(m[2]), WEEKDAYS[m[1]]),
        )
        take(
            rf"\b(?:the |am |den |der )?(?:letzte[nrms]? |last )?{WEEKDAY} {SIDE} <d(\d+)>",
            DAY,
            lambda m: self._weekday_beside(m[2], self._get_days(m[3]), WEEKDAYS[m[1]]),
        )
        take(
            rf"\b(?:am |an dem |the |der |den )?(?:tag|day|tags) {SIDE} <d(\d+)>",
            DAY,
            lambda m: self._beside(m[1], self._get_days(m[2]), 1, "days"),
        )
        take(
            r"\b(?:am |an dem |den )?brueckentag(?: (?:nach|vor|an|zu|bei|um|von|ueber))?(?: dem| der)? <d(\d+)>",
            DAY,
            lambda m: self._bridge(self._get_days(m[1])),
        )
        take(rf"\b(?:the |die |der |in der )?(?:woche|week) {SIDE} <d(\d+)>", DAY, lambda m: self._week_beside(m[1], self._get_days(m[2])))
        take(
            r"\b(?:the |die |der |in der )?(?:woche|week) (?:vom|ab dem|ab|um den|mit dem|of|commencing|beginning|starting)(?: the| dem| den)? <d(\d+)>",
            DAY,
            lambda m: self._week_of(self._get_days(m[1])),
        )
        take(
            r"\b(?:in )?(?:der |the )?(\d)\. (?:woche|week) (?:im |in |of |des |vom |nach |after )(?:dem |the )?<d(\d+)>",
            DAY,
            lambda m: self._nth_week(self._get_days(m[2]), int(m[1])),
        )
        take(
            r"\b(?:am |the |at the |on the |das )?(?:wochenende|weekend) (?:vom|of|um den|with|mit dem)(?: the| dem| den)? <d(\d+)>",
            DAY,
            lambda m: self._weekend_of(self._get_days(m[1])),
        )
        take(
            rf"\b(?:am |the |at the |on the |das )?(?:wochenende|weekend) {SIDE} <d(\d+)>",
            DAY,
            lambda m: self._weekend_beside(m[1], self._get_days(m[2])),
        )
        take(
            rf"<d(\d+)> (?:plus|und|and) {COUNT_WORD} {UNIT}",
            DAY,
            lambda m: _one(add_units(self._get_days(m[1]).first, parse_count(m[2]), m[3])) if self._get_days(m[1]).is_single else None,
        )
        take(
            r"\b(?:kurz|shortly|just|right) (vor|nach|before|after) (?:dem |der |the )?<d(\d+)>",
            DAY,
            lambda m: self._near(m[1], self._get_days(m[2])),
        )
        take(
            r"\b(?:um|around|gegen|about|round) (?:den |the |rund um )?<d(\d+)>(?: (?:herum|rum))?",
            DAY,
            lambda m: self._around(self._get_days(m[1])),
        )

    def _get_days(self, number: str) -> DayRange:
        days: DayRange = self.scanner.get(number)
        return days

    def _beside(self, side: str, days: DayRange, count: int, unit: str) -> DayRange:
        if side in ("nach", "after", "following"):
            if days.is_day_of_month and add_units(add_months(days.last, -1), count, unit) >= self.today:
                # "ten days after the 8th", said on the 12th
                raise ambiguous_day([add_units(day, count, unit) for day in (add_months(days.last, -1), days.last)], self.today)
            return _one(add_units(days.last, count, unit))
        return _one(add_units(days.first, -count, unit))

    def _weekday_beside(self, side: str, days: DayRange, weekday: int) -> DayRange:
        if side in ("nach", "after", "following"):
            return _one(find_weekday(weekday, days.last + timedelta(1)))
        day = find_weekday(weekday, days.first - WEEK)
        if not days.is_single and days.last - days.first < WEEK and day + WEEK < days.last - timedelta(1):
            # the Saturday before Easter may be the one before its Sunday
            raise ambiguous_day([day, day + WEEK], self.today)
        return _one(day)

    def _any_weekday_before(self, days: DayRange, weekday: int) -> DayRange:
        """Ask which one is meant where there are several: "any Saturday before Christmas"."""
        first = find_weekday(weekday, self.today)
        fitting = [day for count in range(3) if (day := first + count * WEEK) < days.first]
        if len(fitting) == 1:
            return _one(first)
        raise ambiguous_day(fitting, self.today) if fitting else which_date()

    def _bridge(self, days: DayRange) -> DayRange | None:
        """Get the working day between a holiday and a weekend."""
        step = {1: -1, 3: 1}.get(days.first.weekday())
        return _one(days.first + timedelta(step)) if step and days.is_single else None

    def _week_beside(self, side: str, days: DayRange) -> DayRange:
        """Get the whole week before or after the one of these days."""
        monday = (
            get_monday(days.last, 1)
            if side in ("nach", "after", "following")
            else get_monday(days.first, 0 if days.first.weekday() == 6 and days.weekday is None else -1)
        )
        if side in ("nach", "after", "following") and timedelta(0) < days.last - days.first < WEEK and days.last.weekday() == 0:
            # the week after Easter: the one of Easter Monday, or the one after it
            raise ambiguous_day([days.last + timedelta(1), monday], self.today)
        return DayRange(max(monday, self.today), max(monday + timedelta(6), self.today))

    def _week_of(self, days: DayRange) -> DayRange:
        monday = get_monday(days.first)
        return DayRange(max(monday, self.today), max(monday + timedelta(6), self.today))

    def _weekend_beside(self, side: str, days: DayRange) -> DayRange:
        saturday = find_weekday(5, days.last + timedelta(1) if side in ("nach", "after", "following") else days.first - WEEK)
        return DayRange(saturday, saturday + timedelta(1))

    def _weekend_of(self, days: DayRange) -> DayRange:
        saturday = get_monday(days.first) + timedelta(5)
        return DayRange(saturday, saturday + timedelta(1))

    def _nth_week(self, days: DayRange, number: int) -> DayRange | None:
        """Get the n-th seven days from a day or of a stretch on."""
        first = days.first + WEEK * (number - 1)
        return DayRange(first, first + timedelta(6)) if days.weekday is None else None

    def _near(self, side: str, days: DayRange) -> DayRange:
        if side in ("nach", "after"):
            return DayRange(days.last + timedelta(1), days.last + WEEK)
        return DayRange(max(days.first - WEEK, self.today), max(days.first - timedelta(1), self.today))

    def _around(self, days: DayRange) -> DayRange | None:
        if days.weekday is not None or days.last < self.today:
            return None
        return DayRange(max(days.first - timedelta(2), self.today), days.last + timedelta(2))

    def _nth_of_span(self, match: re.Match[str]) -> DayRange | None:
        first = self.today.replace(day=1)
        span = self._get_days(match["span"]) if match["span"] else DayRange(first, get_month_end(first))
        number = int(match["number"]) if match["number"] else 0
        weekday = next((WEEKDAYS[word] for word in match.groups() if word in WEEKDAYS), None)
        if span.is_single or span.weekday is not None:
            return None
        first = span.first.replace(day=1) if span.first == self.today else span.first
        if weekday is None:
            return _one(span.last if number == 0 else first + timedelta(number - 1))
        day = get_nth_weekday(first, span.last, number, weekday)
        if day is None:
            raise which_date()
        if day < self.today:
            later = get_nth_weekday(
                add_months(first, 1), add_months(span.last.replace(day=28), 2).replace(day=1) - timedelta(1), number, weekday
            )
            raise ambiguous_day([later], self.today) if later else which_date()
        return _one(day)

    def _find_working_days(self, match: re.Match[str]) -> DayRange:
        """Find the first or last working day of a stretch, or after a day."""
        days = self._get_days(match["span"])
        backwards = bool(match["last"]) and match["side"] not in ("nach", "after")
        day = days.last + timedelta(1) if match["side"] in ("nach", "after") else days.last if backwards else days.first
        step, left = timedelta(-1 if backwards else 1), int(match["number"] or 1)
        while (is_free := day.weekday() > 4 or is_public_holiday(day)) or left > 1:
            left -= not is_free
            day += step
        return _one(day)

    def _nth_after(self, match: re.Match[str]) -> DayRange:
        weekday = next(WEEKDAYS[word] for word in match.groups() if word in WEEKDAYS)
        return _one(find_weekday(weekday, self._get_days(match["span"]).last + timedelta(1)) + WEEK * (int(match["number"]) - 1))


def _one(day: date) -> DayRange:
    return DayRange(day, day)
