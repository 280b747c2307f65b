"""Finds stretches of days: weeks, weekends, months, seasons, years, and their beginnings, halves and ends."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Callable
from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import WEEK, add_months, find_weekday, get_monday, get_stage
from app.domain.language.clarification_questions import which_date
from app.domain.language.dates import DayRange
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.parsed_time import get_month_end
from app.domain.language.vocabulary import AFTER_NEXT, HALF, LAST, MONTH, MONTHS, NEXT, SEASON, SEASONS, STAGE, THIRD, THIS

# names that are also something else need "im" or "in"
SHORT_MONTHS = "|".join(
    sorted((name for name in MONTHS if len(name) < 5 and name not in ("juni", "juli", "june", "july")), key=len, reverse=True)
)
LONG_MONTHS = "|".join(sorted((name for name in MONTHS if name not in SHORT_MONTHS.split("|")), key=len, reverse=True))
YEAR_NUMBER = r"(?:,? (\d{4})\b)?"


class DateSpanScanner:
    """Finds stretches relative to `today`; what has begun starts today."""

    def __init__(self, scanner: Scanner, today: date) -> None:
        self.scanner, self.today = scanner, today

    def find(self) -> None:
        # "in den naechsten tagen", "the next 2 weeks"
        ahead = r"\b(?:in |within |over )?(?:den |the |die )?(?:naechsten|kommenden|next|coming) (?:few |paar |couple of )?(\d{1,2} )?(tagen?|days|wochen|weeks)\b"
        self.scanner.take(ahead, DAY, self._coming)
        self._find_weeks_of_months()
        self._find_weeks()
        self._find_months()
        self._find_seasons_and_years()

    def _find_weeks(self) -> None:
        take = self.scanner.take
        for which, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0), (LAST, -1), (r"der|the|", 0)):
            self._find_stages_of_week(rf"(?:{which}) ?(?:woche|week)", number)
        self._find_stages_of_week(r"week after next", 2)
        for which, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0), (LAST, -1)):
            take(
                rf"\b(?:am |at the |on the |the |das )?(?:{which}) (?:wochenende|weekend)\b",
                DAY,
                self._make_later(self._weekend, number),
            )
            take(
                rf"\b(?:in (?:der )?)?(?:the )?(?:{which}) (?:woche|week)\b(?! (?:vor|nach|before|after|of)(?: dem| der| den| the)? <d)",
                DAY,
                self._make_later(self._week, number),
            )
        take(r"\b(?:in )?(?:the )?week after next\b", DAY, lambda m: self._week(2))
        take(r"\b(?:the )?weekend after next\b", DAY, lambda m: self._weekend(2))
        take(
            r"\b(?:zum )?(wochenanfang|wochenbeginn|wochenmitte|midweek)\b",
            DAY,
            lambda m: self._stage_of_week("mitte" if "mi" in m[1] else "anfang", 0),
        )
        take(
            r"\b(?:am |at the |on the |the |over the |uebers |ueber das |zum |das )?(?:wochenende|weekend)s?\b(?! (?:vom|of|vor|nach|before|after)(?: dem| der| den| the)? (?:<d|\d{1,2}\.|[a-z]+(?:tag|day|woch)\b))",
            DAY,
            lambda m: self._weekend(0),
        )
        take(
            r"\b(?:in )?(?:der )?(?:(?:kw|kalenderwoche|week number|calendar week|week|woche) ?(\d{1,2})\b(?!\.)|(\d{1,2})\. (?:kw|kalenderwoche|woche des jahres)\b)",
            DAY,
            lambda m: self._numbered_week(int(m[1] or m[2])),
        )

    def _find_stages_of_week(self, week: str, number: int) -> None:
        take = self.scanner.take
        take(rf"\b(?:zum |am |gegen |at |towards )?{STAGE} (?:der |the )?{week}\b", DAY, lambda m: self._stage_of_week(m[1], number))
        take(
            rf"\b(?:in )?(?:der |the )?{HALF} (?:der |of )?(?:the )?{week}\b",
            DAY,
            lambda m: self._stage_of_week("anfang" if m["half"][0] in "1f" else "ende", number),
        )

    def _find_weeks_of_months(self) -> None:
        take = self.scanner.take
        take(
            rf"\b(?:in )?(?:der |the )?(?:1\.|first) (?:full|whole|complete|vollen?|ganzen?|kompletten?) (?:woche|week) (?:im |in |of |des |vom )?{MONTH}{YEAR_NUMBER}",
            DAY,
            lambda m: self._full_week(find_weekday(0, self._month(MONTHS[m[1]], m[2]).first)),
        )
        take(
            rf"\b(?:in )?(?:der )?(?:(?P<number>[1-5])\.|letzte[nr]?|last|(?P<first>first)|(?P<second>second)) (?:(?P<one>{LONG_MONTHS})woche|(?:woche|week) (?:im |in |of |des |vom )?(?:monats? )?(?P<other>{LONG_MONTHS}))\b{YEAR_NUMBER}",
            DAY,
            self._week_of_month,
        )

    def _find_months(self) -> None:
        take = self.scanner.take
        take(
            rf"\b(?:in )?(?:der |the )?(?P<half>[12])\. ({LONG_MONTHS})haelfte\b",
            DAY,
            lambda m: self._half(self._month(MONTHS[m[2]], None), m["half"]),
        )
        for part in (HALF, THIRD):
            take(
                rf"\b(?:in |im )?(?:der |the )?{part} (?:im |in |of |des |von |vom )?(?:the )?{MONTH}{YEAR_NUMBER}",
                DAY,
                self._part_of_month,
            )
        for which, number in ((AFTER_NEXT, 2), (NEXT, 1), (LAST, -1), (rf"{THIS}|laufenden|", 0)):
            self._find_parts_of_month(which, number)
            take(
                rf"\b(?:im |in |in the )?(?:{which.removesuffix('|')}) (?:monate?[sn]?|month)\b",
                DAY,
                self._make_later(self._rest_of_month, number),
            )
        take(
            rf"\b(?:zum |am |gegen |at |towards )?{STAGE} (?:bis|to|oder|or|und) {STAGE}[ -]?(?:im |in |of )?{MONTH}{YEAR_NUMBER}",
            DAY,
            self._between_stages,
        )
        take(
            rf"\b(?:zum |am |gegen |at |towards |in )?{STAGE}[ -]?(?:im |in |of |des )?(?:monats )?{MONTH}{YEAR_NUMBER}",
            DAY,
            lambda m: self._stage_of_month(self._month(MONTHS[m[2]], m[3], m[1]), m[1]),
        )
        take(
            r"\b(?:zum |am |gegen |towards |at |around )?(?:the )?(monatsanfang|monatsbeginn|monatsmitte|monatsende|ultimo|month end|month's end)\b",
            DAY,
            lambda m: self._stage_of_month(
                self._this_month(0),
                {"a": "anfang", "b": "anfang", "m": "mitte"}.get(m[1][6:7] if m[1].startswith("monats") else "", "ende"),
            ),
        )
        in_month = r"(?:im |in |for |den |of |waehrend des )"
        take(
            rf"\b(?:{in_month})?({LONG_MONTHS})\b\.?(?: (\d{{4}})\b| (?:diesen jahres|dieses jahr|this year))?",
            DAY,
            lambda m: self._clip(self._month(MONTHS[m[1]], m[2])),
        )
        short = rf"\b{in_month}({SHORT_MONTHS})\b\.?{YEAR_NUMBER}|\b({SHORT_MONTHS})\b\.? (\d{{4}})\b|^({SHORT_MONTHS})$"
        take(short, DAY, lambda m: self._clip(self._month(MONTHS[m[1] or m[3] or m[5]], m[2] or m[4])))

    def _find_parts_of_month(self, which: str, number: int) -> None:
        take = self.scanner.take
        month = rf"(?:im |in |of |des |the )?(?:{which}) ?(?:monate?[sn]?|month)"
        take(
            rf"\b(?:zum |am |gegen |at |towards )?{STAGE}[ -]?{month}\b",
            DAY,
            lambda m: self._stage_of_month(self._this_month(number), m[1]),
        )
        for part in (HALF, THIRD):
            take(rf"\b(?:in |im )?(?:der |the )?{part} {month}\b", DAY, lambda m: self._part_of(self._this_month(number), m))
        take(
            rf"\b(?:in )?(?:der )?(?P<number>[1-5])\. (?:woche|week) {month}\b",
            DAY,
            lambda m: self._nth_week(self._this_month(number), int(m["number"])),
        )
        take(rf"\b(?:letzte[nr]?|last) (?:woche|week) {month}\b", DAY, lambda m: self._nth_week(self._this_month(number), 0))

    def _find_seasons_and_years(self) -> None:
        take = self.scanner.take
        take(
            rf"\b(?:im |in |in the |in (?:der )?|ueber den |over the |den )?(?:frueh|spaet|early |late |{THIS} |{NEXT} )?({SEASON})\b(?! ?(?:zeit|time))",
            DAY,
            lambda m: self._season(m[1]),
        )
        take(
            r"\b(?:gleich )?(?:(?:anfang )?im neuen jahr|anfang (?:des )?(?:naechsten|neuen|kommenden) jahres|(?:early |at the start of |at the beginning of )(?:in )?(?:the )?(?:next year|new year)|early im neuen jahr)\b(?!')",
            DAY,
            lambda m: self._clip(self._this_month(13 - self.today.month)),
        )
        take(
            r"\b(?:am |zum |at )?(?:(?:ende|end)(?: of)? (?:des |dieses |the |this )?(?:jahre?s|year)|jahresende|year'?s? end)\b",
            DAY,
            lambda m: self._clip(self._this_month(12 - self.today.month)),
        )
        take(
            r"\b(?:im |in )?(?:naechste[sn]?|kommende[sn]?|next|the coming) (?:jahre?s?|year)\b",
            DAY,
            lambda m: DayRange(date(self.today.year + 1, 1, 1), date(self.today.year + 1, 12, 31)),
        )
        take(
            r"\b(?:noch )?(?:in )?(?:diese[sn]?m?|this) (?:jahre?s?|year)\b|\bheuer\b|\bnoch im alten jahr\b",
            DAY,
            lambda m: DayRange(self.today, date(self.today.year, 12, 31)),
        )
        take(
            r"\b(?:im |in )?(?:jahr |year )(20\d\d)\b|\bin (20\d\d)\b",
            DAY,
            lambda m: self._clip(DayRange(date(int(m[1] or m[2]), 1, 1), date(int(m[1] or m[2]), 12, 31))),
        )
        take(
            r"\b(?:im )?(?:([1-4])\. (?:quartal|quarter|qtr)|q([1-4]))(?: (20\d\d))?\b",
            DAY,
            lambda m: self._quarter(int(m[1] or m[2]), m[3]),
        )

    def _clip(self, days: DayRange) -> DayRange:
        """Begin today where the days have begun."""
        return DayRange(max(days.first, self.today), days.last) if days.last >= self.today else days

    def _coming(self, match: re.Match[str]) -> DayRange:
        weeks = match[2].startswith("w")
        count = int(match[1]) if match[1] else 2 if weeks else 5
        return DayRange(self.today, self.today + timedelta(count * 7 if weeks else count))

    def _week(self, weeks: int) -> DayRange:
        return self._full_week(get_monday(self.today, weeks))

    def _full_week(self, monday: date) -> DayRange:
        return self._clip(DayRange(monday, monday + timedelta(6)))

    def _numbered_week(self, number: int) -> DayRange:
        monday = date.fromisocalendar(self.today.year, number, 1)
        if monday + timedelta(6) < self.today:
            monday = date.fromisocalendar(self.today.year + 1, number, 1)
        return self._full_week(monday)

    def _stage_of_week(self, stage: str, weeks: int) -> DayRange:
        first, last = {"early": (0, 2), "mid": (1, 3), "late": (3, 5)}[get_stage(stage)]
        monday = get_monday(self.today, weeks)
        if weeks == 0 and monday + timedelta(last) < self.today:
            # on Thursday "zum Wochenanfang" is next week's
            monday += WEEK
        return DayRange(max(self.today, monday + timedelta(first)), max(self.today, monday + timedelta(last)))

    def _weekend(self, weeks: int) -> DayRange:
        """Get the weekend of a week; "next weekend" is next week's."""
        saturday = get_monday(self.today, weeks) + timedelta(5)
        return self._clip(DayRange(saturday, saturday + timedelta(1)))

    def _make_later(self, make: Callable[[int], DayRange], number: int) -> Callable[[re.Match[str]], DayRange]:
        return lambda match: make(number)

    def _rest_of_month(self, months: int) -> DayRange:
        return self._clip(self._this_month(months))

    def _this_month(self, months: int) -> DayRange:
        first = add_months(self.today.replace(day=1), months)
        return DayRange(first, get_month_end(first))

    def _month(self, month: int, year: str | None, stage: str | None = None) -> DayRange:
        """Get the whole month; without a year the next one of which that stage has not passed."""
        first = date(int(year) if year else self.today.year, month, 1)
        days = DayRange(first, get_month_end(first))
        if not year and (self._stage_of_month(days, stage) if stage else days).last < self.today:
            first = first.replace(year=first.year + 1)
        return DayRange(first, get_month_end(first))

    def _stage_of_month(self, month: DayRange, stage: str) -> DayRange:
        first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, month.last.day)}[get_stage(stage)]
        return self._clip(DayRange(month.first.replace(day=first), month.first.replace(day=last)))

    def _between_stages(self, match: re.Match[str]) -> DayRange:
        month = self._month(MONTHS[match[3]], match[4], match[2])
        return self._clip(DayRange(self._stage_of_month(month, match[1]).first, self._stage_of_month(month, match[2]).last))

    def _part_of_month(self, match: re.Match[str]) -> DayRange:
        name = next(word for word in match.groups() if word in MONTHS)
        year = next((word for word in match.groups() if word and len(word) == 4 and word.isdigit()), None)
        return self._part_of(self._month(MONTHS[name], year), match)

    def _part_of(self, month: DayRange, match: re.Match[str]) -> DayRange:
        groups = match.groupdict()
        if groups.get("half"):
            return self._half(month, groups["half"])
        stage = {"1": "anfang", "2": "mitte"}.get(groups["third"][0], "ende")
        return self._stage_of_month(month, stage)

    def _half(self, month: DayRange, half: str) -> DayRange:
        middle = month.first.replace(day=15)
        return self._clip(DayRange(month.first, middle) if half[0] in "1f" else DayRange(middle + timedelta(1), month.last))

    def _week_of_month(self, match: re.Match[str]) -> DayRange:
        month = self._month(MONTHS[match["one"] or match["other"]], match[match.re.groups])
        number = int(match["number"] or (1 if match["first"] else 2 if match["second"] else 0))
        return self._nth_week(month, number)

    def _nth_week(self, month: DayRange, number: int) -> DayRange:
        """Get the n-th seven days of a month, 0 for the last: "in der ersten Januarwoche"."""
        first = month.first + WEEK * (number - 1) if number else month.last - timedelta(6)
        days = DayRange(first, min(first + timedelta(6), month.last))
        if days.last < self.today:
            raise which_date()
        return self._clip(days)

    def _season(self, name: str) -> DayRange:
        """Get the meteorological season: three whole months."""
        month = next(number for number, names in SEASONS.items() if name in names.split("|"))
        first = date(self.today.year, month, 1)
        if month == 12 and self.today.month < 3:
            first = add_months(first, -12)
        if get_month_end(add_months(first, 2)) < self.today:
            first = add_months(first, 12)
        return self._clip(DayRange(first, get_month_end(add_months(first, 2))))

    def _quarter(self, number: int, year: str | None) -> DayRange:
        first = date(int(year) if year else self.today.year, 3 * number - 2, 1)
        if not year and get_month_end(add_months(first, 2)) < self.today:
            first = add_months(first, 12)
        return self._clip(DayRange(first, get_month_end(add_months(first, 2))))
