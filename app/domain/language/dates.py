"""Finds dates and named days: 2026-12-03, 3.12., "3. dezember", "dec 3rd", 3/12, Heiligabend."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.language.clarification import ambiguous_day, no_such_day
from app.domain.language.named_days import HOLIDAY_PATTERN, resolve_named_days
from app.domain.language.scanner import DAY, TIME, Scanner
from app.domain.language.time_expression import Language, get_month_end
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import MONTH, MONTHS

YEAR = r"(?:,? (\d{4}|(?:19|20) \d\d)\b)?"
NO_TIME = r"(?!\d|\.\d|\s?(?:uhr|h\b|am\b|pm\b|o'?clock|:\d))"
# "3. bis 5. dezember", "zwischen dem 3. und 5."
BETWEEN = r"(?<!\d\.)(?<!\d)\b(zwischen (?:dem )?|between (?:the )?|vo[nm] (?:dem )?|from (?:the )?|)(\d{1,2})\.?(\s?-\s?| (?:und|bis|oder|to|and|or|until|till|through) (?:zum |dem |den |the )?)(\d{1,2})"
DATE_PREPOSITION = r"\b(am|den|der|dem|zum|vom|on|the|ab|bis|nur|lieber|oder|or)"
ISO_PATTERN = r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s?(z|[+-]\d{2}:?\d{2})?)?"


@dataclass(frozen=True, slots=True)
class DayRange:
    """The first and the last date; for a bare `weekday` the next one, which a date beside it may correct."""

    first: date
    last: date
    weekday: int | None = None


class DateScanner:
    """Finds dates relative to a day: without a year the next such date."""

    def __init__(self, scanner: Scanner, today: date, zone: str, language: Language) -> None:
        self.scanner, self.today, self.zone, self.language = scanner, today, zone, language

    def find(self) -> None:
        take = self.scanner.take
        self._take_iso()
        take(rf"{BETWEEN}\. ?(\d{{1,2}})\.(?: ?(\d{{4}}))?{NO_TIME}", DAY, lambda m: self._both(m, int(m[5]), m[6]))
        take(rf"{BETWEEN}\.? (?:of )?{MONTH}{YEAR}", DAY, lambda m: self._both(m, MONTHS[m[5]], m[6]))
        take(
            rf"\b{MONTH} (?:the )?(?:(\d{{1,2}})\.?(\s?-\s?| (?:to|bis|until|through) )(\d{{1,2}}))\b\.?{YEAR}{NO_TIME}",
            DAY,
            self._american,
        )
        take(rf"\b(\d{{1,2}})\. ?(\d{{1,2}})\. ?(\d{{4}}\b|\d{{2}}\b)?{NO_TIME}", DAY, self._numeric)
        take(rf"(?<!um )(?<!at )\b(\d{{1,2}})\.(\d{{1,2}})()(?!\.?\d){NO_TIME}", DAY, self._numeric)
        take(rf"\b(\d{{1,2}})\.? (?:of |im )?{MONTH}{YEAR}", DAY, lambda m: self._day(int(m[1]), MONTHS[m[2]], m[3]))
        take(rf"\b{MONTH} (?:the )?(\d{{1,2}})\b\.?{YEAR}{NO_TIME}", DAY, lambda m: self._day(int(m[2]), MONTHS[m[1]], m[3]))
        take(r"\b(\d{1,2})-(\d{1,2})-(\d{4})\b", DAY, self._slashed)
        take(r"(?<!\d)(?<!/)\b(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/]| \d)", DAY, self._slashed)
        take(HOLIDAY_PATTERN.pattern, DAY, self._feast)

    def find_days_of_month(self) -> None:
        """Find days of the month: "am 3.", "vom 3. bis 5."; times and months must be marked already."""
        take = self.scanner.take
        take(rf"{BETWEEN}\.(?!\d)", DAY, self._both_of_month)
        take(rf"{DATE_PREPOSITION} (\d{{1,2}})\.(?!\d)", DAY, lambda m: self._of_month(int(m[2])), behind=1)
        take(r"\b(am|den|dem|zum|vom) (\d{1,2})\b(?![.:]?\d)", DAY, lambda m: self._of_month(int(m[2])), behind=1)
        take(r"^(\d{1,2})\.(?!\d)", DAY, lambda m: self._of_month(int(m[1])))
        take(r"(?<=> )(\d{1,2})\.(?!\d)", DAY, lambda m: self._of_month(int(m[1])))

    def _take_iso(self) -> None:
        """Mark ISO dates and times; a time with an offset is converted to the time zone."""

        def marked(match: re.Match[str]) -> str:
            day = _real(int(match[1]), int(match[2]), int(match[3]))
            if match[4] is None or int(match[4]) > 23 or int(match[5]) > 59:
                rest = f"{match[4]}:{match[5]}" if match[4] else ""
                return f" {self.scanner.mark(DAY, DayRange(day, day))} {rest} "
            clock = ClockTime(int(match[4]), int(match[5]))
            if match[6]:
                offset = "+00:00" if match[6] == "z" else match[6]
                moment = datetime.fromisoformat(f"{day}T{clock.hour:02}:{clock.minute:02}{offset}").astimezone(ZoneInfo(self.zone))
                day, clock = moment.date(), ClockTime(moment.hour, moment.minute, fold=moment.fold)
            return f" {self.scanner.mark(DAY, DayRange(day, day))} {self.scanner.mark(TIME, clock)} "

        self.scanner.text = " ".join(re.sub(ISO_PATTERN, marked, self.scanner.text).split())

    def _numeric(self, match: re.Match[str]) -> DayRange | None:
        """Parse 3.12. and 3.12.2026; 14.30 is a time."""
        if int(match[2]) > 12 and not match[3] and not match[0].rstrip().endswith("."):
            return None
        return self._day(int(match[1]), int(match[2]), match[3])

    def _slashed(self, match: re.Match[str]) -> DayRange:
        """Parse 3/12: day first in German; in English a clarification is asked where both orders are valid."""
        first, second, year = int(match[1]), int(match[2]), match[3]
        if first <= 12 and second <= 12 and first != second and self.language == "en":
            both = sorted([self._date(first, second, year), self._date(second, first, year)])
            ahead = [day for day in both if day >= self.today]
            if len(ahead) != 1:
                raise ambiguous_day(both, self.today)
            return DayRange(ahead[0], ahead[0])
        return self._day(second, first, year) if second > 12 else self._day(first, second, year)

    def _day(self, day: int, month: int, year: str | None) -> DayRange:
        found = self._date(day, month, year)
        return DayRange(found, found)

    def _date(self, day: int, month: int, year: str | None) -> date:
        if year:
            digits = year.replace(" ", "")
            return _real(int(digits) + (2000 if len(digits) == 2 else 0), month, day)
        if (day, month) == (29, 2):
            return next(date(y, 2, 29) for y in range(self.today.year, self.today.year + 9) if _is_leap(y) and date(y, 2, 29) >= self.today)
        this_year = _real(self.today.year, month, day)
        return this_year if this_year >= self.today else this_year.replace(year=self.today.year + 1)

    def _both(self, match: re.Match[str], month: int, year: str | None) -> DayRange:
        ends = self._date(int(match[4]), month, year)
        starts = _real(ends.year, month, int(match[2]))
        return self._range(match, starts, ends)

    def _american(self, match: re.Match[str]) -> DayRange:
        """Parse a range with the month first: "december 3-5"."""
        ends = self._date(int(match[4]), MONTHS[match[1]], match[5])
        return DayRange(_real(ends.year, ends.month, int(match[2])), ends)

    def _both_of_month(self, match: re.Match[str]) -> DayRange:
        starts = self._next_with(int(match[2]), since=self.today)
        return self._range(match, starts, self._next_with(int(match[4]), since=starts))

    def _range(self, match: re.Match[str], starts: date, ends: date) -> DayRange:
        joint = match[3].split()[0] if match[3].strip() else "-"
        if joint in ("oder", "or") or (joint in ("und", "and") and not match[1].startswith(("zw", "be"))) or ends < starts:
            raise ambiguous_day([starts, ends], self.today)
        return DayRange(starts, ends)

    def _of_month(self, day: int) -> DayRange:
        found = self._next_with(day, since=self.today)
        return DayRange(found, found)

    def _next_with(self, day: int, *, since: date) -> date:
        """Find the next date with this day of the month."""
        if not 1 <= day <= 31:
            raise no_such_day(day)
        month = since.replace(day=1)
        while get_month_end(month).day < day or month.replace(day=day) < since:
            month = get_month_end(month) + timedelta(days=1)
        return month.replace(day=day)

    def _feast(self, match: re.Match[str]) -> DayRange:
        first, last = resolve_named_days(match[1], self.today.year)
        if last < self.today:
            first, last = resolve_named_days(match[1], self.today.year + 1)
        return DayRange(first, last)


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise no_such_day(day, month if 1 <= month <= 12 else None) from None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
