"""Finds dates and named days: 2026-12-03, 3.12., "3. dezember", "dec 3rd", 3/12, Heiligabend."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone as fixed_timezone, tzinfo
from zoneinfo import ZoneInfo

from app.domain.language.calendar_arithmetic import find_clock_change
from app.domain.language.clarification_questions import AmbiguousExpression, ambiguous_day, no_such_day
from app.domain.language.holiday_names import HOLIDAY_PATTERN, is_bank_holiday, is_public_holiday, resolve_named_days
from app.domain.language.marked_text import DAY, TIME, Scanner
from app.domain.language.parsed_time import Language, get_month_end
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import CORRECTION, MONTH, MONTHS, MOVES, WEEKDAY, WEEKDAYS

NEXT_YEAR = r"(?:of |im |in |des )?(?:naechste[sn]|kommende[sn]|next) (?:jahre?s?|year)|(?:of |des )?(?:diese[sn]|this) (?:jahre?s?|year)"
YEAR = rf"(?:,? (\d{{4}}|(?:19|20) \d\d|(?:2[5-9]|3\d)(?! ?(?:uhr|h\b|[.:]))|{NEXT_YEAR})\b)?"
NO_TIME = r"(?!\d|\.\d|\s?(?:uhr|h\b|am\b|pm\b|o'?clock|:\d))"
# "24.11. 14-15 Uhr": no year
HOURS_FOLLOW = r"(?:\s?-\s?| (?:bis|to|und|oder|or) )\d{1,2}(?:\s?(?:uhr|h)\b|:\d\d|$|,)"
# "3. bis 5. dezember", "zwischen dem 3. und 5."
MONTH_NAME = MONTH.replace("(", "(?:", 1)
BETWEEN = r"(?<!\d\.)(?<!\d\. )(?<!\d)\b(zwischen (?:dem )?|between (?:the )?|vo[nm] (?:dem )?|from (?:the )?|)(\d{1,2})\.?(\s?-\s?| (?:und|bis|oder|to|and|or|until|till|through|thru) (?:zum |dem |den |the )?)(\d{1,2})"
# "move me from the 25th to the 27th" is no stretch, "move me to somewhere from the 25th to the 27th" is one
MOVED_FROM = rf"{MOVES}(?:(?!\b(?:to|into)\b)[^,.])*\bfrom (?:(?:the|[a-z]+day) )*\d"
# "the 1. week" is no day
NO_UNIT = r"(?!\d)(?! (?:(?:week|weekend|woche|wochenende|haelfte|half|drittel|third|tag|day|quartal|quarter|werktag|feiertag|wochentag|advent)\w*|available|free|possible|freie\w*|moegliche\w*|slot|appointment|opening|termin|<d))"
DATE_PREPOSITION = r"\b(am|den|der|dem|zum|vom|on|the|ab|bis|bis zum|vor|nach|einschliesslich|inklusive|including|until|till|by|before|after|nur|lieber|oder|or)"
ISO_PATTERN = r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:(t| +)(\d{1,2}):(\d{2})(:\d{2}(?:\.\d+)?)?\s?(z|[+-]\d{2}:?\d{2})?)?"
CLOCK_CHANGE = r"\b(?:(?:zeit|uhren)umstellung|(?:the )?(?:clock change|clocks? (?:change|go(?:es|ing)? (?:back|forward))))\b"
# "I was last in in September": no month of what follows
PAST_MONTH = re.compile(
    r"\b(?:war|waren|hatten?|zuletzt|vom|(?:was|were|had|been)(?! (?:thinking|hoping|looking|said|going|free))|last (?=in\b|time\b|visit\b|<)|seit|since)\b"
)
DAY_MARK = re.compile(r"<d(\d+)>")
CORRECTED = re.compile(rf"\b{CORRECTION}")
# "after the bank holiday": the one that is near
NEAR_DAYS = 22
CARNIVAL = ("karneval", "fasching", "carnival")
# real offsets from UTC (IANA)
MIN_OFFSET, MAX_OFFSET = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class DayRange:
    """The first and the last date; for a bare `weekday` or a day of the month the next one, which a date beside it may correct."""

    first: date
    last: date
    weekday: int | None = None
    is_day_of_month: bool = False
    names_month: bool = False
    # "vor dem zehnten", "bis Mittwoch": from today on
    closes: bool = field(default=False, compare=False)
    # "Montag bis Mittwoch": of the week that is named beside
    spans_weekdays: bool = field(default=False, compare=False)
    # "ab Mittwoch": of the week or from the day on that is named beside
    opening: int | None = field(default=None, compare=False)
    # "this Saturday": the date is certain, and told by its weekday
    names_weekday: bool = field(default=False, compare=False)

    @property
    def is_single(self) -> bool:
        return self.first == self.last


def find_dated(scanner: Scanner, *numbers: str) -> DayRange | None:
    """Find the date that settles a weekday which leaves open the week: "next Tuesday, December 8th"."""
    values = [scanner.found[int(number)] for number in numbers]
    options = next((value.options for value in values if isinstance(value, AmbiguousExpression)), ())
    return next((value for value in values if isinstance(value, DayRange) and value.is_single and value.first.isoformat() in options), None)


class DateScanner:
    """Finds dates relative to a day: without a year the next such date."""

    def __init__(self, scanner: Scanner, today: date, timezone: str, language: Language) -> None:
        self.scanner, self.today, self.timezone, self.language = scanner, today, timezone, language

    def find(self) -> None:
        take = self.scanner.take
        self._take_iso()
        take(rf"{BETWEEN}\. ?(\d{{1,2}})\.(?: ?(\d{{4}}))?{NO_TIME}", DAY, lambda m: self._both(m, int(m[5]), m[6]))
        # in "after 4 december 3rd" the 4 is an hour
        day_follows = rf"(?! (?:of )?{MONTH_NAME} (?:the )?\d{{1,2}}\.?(?:$|,| (?!uhr|h\b|[ap]m\b)))"
        take(rf"{BETWEEN}(?:\.|{day_follows}) (?:of )?{MONTH}{YEAR}", DAY, lambda m: self._both(m, MONTHS[m[5]], m[6]))
        take(
            rf"\b{MONTH} (?:the )?(?:(\d{{1,2}})\.?(\s?-\s?| (?:to|bis|until|through|thru|or|oder|and|und) (?:the )?)(\d{{1,2}}))\b\.?{YEAR}{NO_TIME}",
            DAY,
            self._american,
        )
        # "am 9. Juni, nein, Juli"
        self.scanner.rewrite(rf"\b(\d{{1,2}}\. )(?:of )?{MONTH},? (?:{CORRECTION},? )+(?={MONTH}(?! (?:the )?\d{{1,2}}\b))", lambda m: m[1])
        # "am 22. 10., nein, 12."
        self.scanner.rewrite(rf"\b(\d{{1,2}})\.? (?:\d{{1,2}})\.,? (?:{CORRECTION},? )+(?=(?:1[0-2]|[1-9])\.)", lambda m: f"{m[1]}. ")
        take(
            rf"\b(\d{{1,2}})\. ?(\d{{1,2}})\. ?(\d{{4}}\b|20 [2-9]\d\b(?! ?(?:uhr|h\b))|\d{{2}}\b(?!{HOURS_FOLLOW}))?{NO_TIME}",
            DAY,
            self._numeric,
        )
        take(rf"(?<!um )(?<!at )\b(\d{{1,2}})\.(\d{{1,2}})()(?!\.?\d){NO_TIME}", DAY, self._numeric)
        take(
            rf"\b(\d{{1,2}})(?:\. (?:of |im )?|{day_follows} (?:of )?){MONTH}{YEAR}",
            DAY,
            lambda m: self._day(int(m[1]), MONTHS[m[2]], m[3]),
        )
        # "on 5 november 9 30"
        take(rf"(?<=\bon )(\d{{1,2}}) {MONTH}(?= \d{{1,2}} \d\d\b)", DAY, lambda m: self._day(int(m[1]), MONTHS[m[2]], None))
        take(rf"\b{MONTH} (?:the )?(\d{{1,2}})\b\.?{YEAR}{NO_TIME}", DAY, lambda m: self._day(int(m[2]), MONTHS[m[1]], m[3]))
        take(
            r"\b(am|den|dem|der|vom|zum) (\d{1,2})[ -](\d{1,2})(?:\.(?!\d)|(?: (\d{4}|\d{2}))?\b(?![.:]|-| ?uhr))",
            DAY,
            self._without_points,
            behind=1,
        )
        take(rf"(?<=\b){WEEKDAY} (\d{{1,2}}) (\d{{1,2}})()\b(?=$|,| um\b)", DAY, self._beside_weekday)
        take(r"\b(\d{1,2})-(\d{1,2})-(\d{4})\b", DAY, self._slashed)
        take(r"(?<!\d)(?<!/)\b(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/]| \d+(?!\d|:| ?uhr| ?[ap]m))", DAY, self._slashed)
        take(r"\b([1-4])\. advent(?:ssonntag|swochenende)?\b", DAY, self._advent)
        take(r"\b(\d{1,2})\. of the (\d{1,2})\.", DAY, lambda m: self._day(int(m[1]), int(m[2]), None) if int(m[2]) <= 12 else None)
        take(CLOCK_CHANGE, DAY, lambda m: DayRange(*(find_clock_change(m[0], self.today),) * 2))
        take(HOLIDAY_PATTERN.pattern, DAY, self._feast)
        # "Memorial Day weekend"
        take(r"<d(\d+)> (?:weekend|wochenende)\b", DAY, lambda m: _get_long_weekend(self.scanner.get(m[1])))
        take(r"\b(?:bank|public) holiday(?: monday)?\b(?! (?:in|of))|\b(?<=nach dem )feiertag\b", DAY, lambda m: self._next_holiday())

    def find_days_of_month(self) -> None:
        """Find days of the month: "am 3.", "vom 3. bis 5."; times and months must be marked already."""
        take = self.scanner.take
        take(rf"{BETWEEN}\.(?!\d)", DAY, self._both_of_month)
        take(rf"{DATE_PREPOSITION} (\d{{1,2}})\.{NO_UNIT}", DAY, lambda m: self._of_month(int(m[2]), self._find_month(m)), behind=1)
        take(
            r"(?:(?<=> )|(?<=>, )|(?<=; ))(der|den|the) (\d{1,2})\b(?![.:]?\d)(?! (?:uhr|o'clock|leute|people|personen))",
            DAY,
            lambda m: self._of_month(int(m[2]), self._find_month(m)),
            behind=1,
        )
        take(r"\b(am|den|dem|zum|vom) (\d{1,2})\b(?![.:]?\d)", DAY, lambda m: self._of_month(int(m[2]), self._find_month(m)), behind=1)
        # "am 7., nein, am 8.", "Mittwoch 25."
        take(rf"(<d\d+>[ ,]*(?:{CORRECTION}[ ,]*)+)(\d{{1,2}})\.(?!\d)", DAY, lambda m: self._of_month(int(m[2])), behind=1)
        take(rf"^(\d{{1,2}})\.{NO_UNIT}", DAY, lambda m: self._of_month(int(m[1])))
        take(rf"(?:(?<=> )|(?<=>,)|(?<=; )) ?(\d{{1,2}})\.{NO_UNIT}", DAY, lambda m: self._of_month(int(m[1])))

    def _take_iso(self) -> None:
        """Mark ISO dates and times; a time with an offset is converted to the time zone, a span of hours is left."""

        def marked(match: re.Match[str]) -> str:
            day = _real(int(match[1]), int(match[2]), int(match[3]))
            if match[5] is None:
                return f" {self.scanner.mark(DAY, DayRange(day, day))} "
            offset = _parse_offset(match)
            if offset is None or int(match[5]) > 23 or int(match[6]) > 59:
                return f" {self.scanner.mark(DAY, DayRange(day, day))} {match[5]}:{match[6]}{match[8] or ''} "
            local = datetime(day.year, day.month, day.day, int(match[5]), int(match[6]), tzinfo=offset).astimezone(ZoneInfo(self.timezone))
            return f" {self.scanner.mark(DAY, DayRange(local.date(), local.date()))} {self.scanner.mark(TIME, ClockTime(local.hour, local.minute, fold=local.fold))} "

        self.scanner.rewrite(ISO_PATTERN, marked)

    def _numeric(self, match: re.Match[str]) -> DayRange | None:
        """Parse 3.12. and 3.12.2026; 14.30 is a time."""
        if int(match[2]) > 12 and not match[3] and not match[0].rstrip().endswith("."):
            return None
        return self._day(int(match[1]), int(match[2]), match[3])

    def _slashed(self, match: re.Match[str]) -> DayRange:
        """Parse 3/12: day first in German; in English ambiguous if both orders are valid."""
        first, second, year = int(match[1]), int(match[2]), match[3]
        if first <= 12 and second <= 12 and first != second and self.language == "en":
            both = sorted([self._date(first, second, year), self._date(second, first, year)])
            ahead = [day for day in both if day >= self.today]
            if len(ahead) != 1:
                raise ambiguous_day(both, self.today)
            return DayRange(ahead[0], ahead[0])
        return self._day(second, first, year) if second > 12 else self._day(first, second, year)

    def _day(self, day: int, month: int, year: str | None) -> DayRange:
        date_ = self._date(day, month, year)
        return DayRange(date_, date_, names_month=True)

    def _date(self, day: int, month: int, year: str | None) -> date:
        if year and not year[0].isdigit():
            return _real(self.today.year + (not re.search(r"diese|this", year)), month, day)
        if year:
            digits = year.replace(" ", "")
            return _real(int(digits) + (2000 if len(digits) == 2 else 0), month, day)
        if (day, month) == (29, 2):
            return next(date(y, 2, 29) for y in range(self.today.year, self.today.year + 9) if _is_leap(y) and date(y, 2, 29) >= self.today)
        this_year = _real(self.today.year, month, day)
        return this_year if this_year >= self.today else this_year.replace(year=self.today.year + 1)

    def _both(self, match: re.Match[str], month: int, year: str | None) -> DayRange | None:
        if self._is_move(match):
            return None
        ends = self._date(int(match[4]), month, year)
        starts = _real(ends.year, month, int(match[2]))
        return self._range(match, starts, ends)

    def _american(self, match: re.Match[str]) -> DayRange:
        """Parse a range with the month first: "december 3-5"."""
        ends = self._date(int(match[4]), MONTHS[match[1]], match[5])
        return self._range(match, _real(ends.year, ends.month, int(match[2])), ends)

    def _is_move(self, match: re.Match[str]) -> bool:
        return match[1].startswith("from") and match[3].startswith(" to") and self.scanner.has(MOVED_FROM)

    def _both_of_month(self, match: re.Match[str]) -> DayRange | None:
        if self._is_move(match):
            return None
        starts = self._next_with(int(match[2]), since=self.today)
        return self._range(match, starts, self._next_with(int(match[4]), since=starts))

    def _without_points(self, match: re.Match[str]) -> DayRange | None:
        """Parse "am 24 11"; "am 14 45" is none."""
        return self._day(int(match[2]), int(match[3]), match[4]) if 0 < int(match[3]) <= 12 else None

    def _beside_weekday(self, match: re.Match[str]) -> DayRange | None:
        """Parse "donnerstag 7 1" where the weekday fits."""
        day = self._without_points(match)
        return day if day and day.first.weekday() == WEEKDAYS[match[1]] else None

    def _range(self, match: re.Match[str], starts: date, ends: date) -> DayRange:
        joint = match[3].split()[0] if match[3].strip() else "-"
        if joint in ("oder", "or") or (joint in ("und", "and") and not match[1].startswith(("zw", "be"))) or ends < starts:
            raise ambiguous_day([starts, ends], self.today)
        return DayRange(starts, ends)

    def _find_month(self, match: re.Match[str]) -> date:
        """Find the month that was named last before a day of it: "in May, the week of the fourteenth"."""
        before = match.string[: match.start()]
        marks = list(DAY_MARK.finditer(before))
        named = self.scanner.found[int(marks[-1][1])] if marks else None
        if not isinstance(named, DayRange) or CORRECTED.search(before[marks[-1].end() :]) or PAST_MONTH.search(before):
            return self.today
        is_month = timedelta(20) < named.last - named.first < timedelta(31) and named.last == get_month_end(named.first)
        return named.first if is_month else self.today

    def _of_month(self, day: int, since: date | None = None) -> DayRange:
        date_ = self._next_with(day, since=since or self.today)
        return DayRange(date_, date_, is_day_of_month=True)

    def _next_with(self, day: int, *, since: date) -> date:
        """Find the next date with this day of the month."""
        if not 1 <= day <= 31:
            raise no_such_day(day)
        month = since.replace(day=1)
        while get_month_end(month).day < day or month.replace(day=day) < since:
            month = get_month_end(month) + timedelta(days=1)
        return month.replace(day=day)

    def _advent(self, match: re.Match[str]) -> DayRange:
        """Get a Sunday of Advent."""
        firsts = (resolve_named_days("advent", year)[0] for year in (self.today.year, self.today.year + 1))
        day = next(day for first in firsts if (day := first + timedelta(weeks=int(match[1]) - 1)) >= self.today)
        return DayRange(day, day)

    def _next_holiday(self) -> DayRange | None:
        """Get the one public holiday of the next weeks; None where there are several, or none."""
        near = [day for count in range(1, NEAR_DAYS) if is_public_holiday(day := self.today + timedelta(count)) or is_bank_holiday(day)]
        return DayRange(near[0], near[0]) if len(near) == 1 else None

    def _feast(self, match: re.Match[str]) -> DayRange | None:
        if match[1] in CARNIVAL and not match.string[: match.start()].endswith(("nach ", "vor ", "after ", "before ")):
            # other days of it may be meant
            return None
        first, last = resolve_named_days(match[1], self.today.year)
        if last < self.today:
            first, last = resolve_named_days(match[1], self.today.year + 1)
        return DayRange(max(first, self.today), last)


def _parse_offset(match: re.Match[str]) -> tzinfo | None:
    """Parse the UTC offset; None where there is none, or where "14:00-16:00" is a span of hours."""
    words = match[8]
    if words is None or not (match[4] == "t" or match[7]):
        return None
    if words == "z":
        return UTC
    offset = timedelta(hours=int(words[1:3]), minutes=int(words[-2:])) * (-1 if words[0] == "-" else 1)
    is_span = words[0] == "-" and not match[7] and -offset > timedelta(hours=int(match[5]), minutes=int(match[6]))
    return None if is_span or not MIN_OFFSET <= offset <= MAX_OFFSET else fixed_timezone(offset)


def _get_long_weekend(days: DayRange) -> DayRange | None:
    if not days.is_single or days.first.weekday() in (1, 2):
        return None
    saturday = days.first - timedelta((days.first.weekday() + 2) % 7 - 7 * (days.first.weekday() in (3, 4)))
    return DayRange(min(saturday, days.first), max(saturday + timedelta(1), days.first))


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise no_such_day(day, month if 1 <= month <= 12 else None) from None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
