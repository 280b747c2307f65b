"""Finds relative days: weekdays, tomorrow, in two weeks, next week, early December, at the weekend."""

import re
from datetime import date, timedelta

from app.domain.language.clarification import ambiguous_day
from app.domain.language.dates import DayRange
from app.domain.language.scanner import DAY, Scanner
from app.domain.language.time_expression import get_month_end
from app.domain.language.vocabulary import AFTER_NEXT, DAY_PART, MONTH, MONTHS, NEXT, THIS, WEAK_WEEKDAYS, WEEKDAY, WEEKDAYS

WEEK = timedelta(weeks=1)
DAY_OFFSETS = {
    "vorgestern": -2, "gestern": -1, "yesterday": -1, "heute": 0, "heut": 0, "today": 0, "morgen": 1, "tomorrow": 1, "tmrw": 1,
    "uebermorgen": 2, "ueberuebermorgen": 3, "day after tomorrow": 2, "day before yesterday": -2, "tonight": 0,
}  # fmt: skip
COUNT_WORD = r"(\d{1,3}|eine[rnms]?|ein|an?|der)"
DAY_NAMES = "|".join(sorted(DAY_OFFSETS, key=len, reverse=True))
STAGE = r"(anfang|mitte|ende|beginn|early|mid|late|beginning of|start of|middle of|end of)"
WEEKDAY_JOINT = r",? (?:am |on |den |der )?"
ALTERNATIVE = r"(oder|or|und|and|bis|to) (?:am |on )?"
RELATIVE_SIDE = r"(vor|nach|before|after)(?: dem| der| den| the)?"
EARLY_STAGES, LATE_STAGES = ("anfang", "beginn", "early", "beginning of", "start of"), ("ende", "late", "end of")
# "so naechste woche" means next week, not Sunday: before a day "So" has a point or comma
WEAK_WEEKDAY = "(" + "|".join(WEAK_WEEKDAYS) + r")\b(?<!so)\.?,?(?= (?:den |der |dem |the )?<d|$)"
SUNDAY = r"\b(so)(?:[.,]+(?= (?:den |der |dem |the )?<d)| (?=den |der |dem )|$)"
# "fr 10 uhr"; "so um 10" means about ten, not Sunday
WEAK_WITH_TIME = "(" + "|".join(word for word in WEAK_WEEKDAYS if word != "so") + rf")\b\.?,?(?= (?:um |at )?(?:<t|{DAY_PART}))"


class RelativeDateScanner:
    """Finds days relative to `today`. Dates must be marked already."""

    def __init__(self, scanner: Scanner, today: date) -> None:
        self.scanner, self.today = scanner, today

    def find(self) -> None:
        self._find_weekdays_with_more()
        self._find_distances()
        self._find_stretches()
        take = self.scanner.take
        take(rf"\b(?:the )?({DAY_NAMES})\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]]))
        take(rf"\b(?:{THIS}) {WEEKDAY}", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today)))
        take(rf"\b(?:{AFTER_NEXT}) {WEEKDAY}", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today + timedelta(1)) + WEEK))
        take(rf"\b(?:the |den |der |dem )?(?:{NEXT}) {WEEKDAY}", DAY, lambda m: self._next(m[0], WEEKDAYS[m[1]]))
        take(
            rf"\b(?:{WEEKDAY}|{WEAK_WEEKDAY}|{WEAK_WITH_TIME}|{SUNDAY})",
            DAY,
            lambda m: self._weekday(next(WEEKDAYS[word] for word in m.groups() if word in WEEKDAYS)),
        )

    def _find_weekdays_with_more(self) -> None:
        """ "freitag naechster woche", "naechste woche am dienstag", "freitag in 2 wochen", "a week on friday"."""
        take = self.scanner.take
        take(rf"\b{WEEKDAY} {RELATIVE_SIDE} <d(\d+)>", DAY, lambda m: self._beside(m[2], self._get_days(m[3]), WEEKDAYS[m[1]]))
        take(rf"\b(?:am |an dem |the )?(?:tag|day) {RELATIVE_SIDE} <d(\d+)>", DAY, lambda m: self._beside(m[1], self._get_days(m[2]), None))
        for week, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0)):
            self._share_week(week)
            self._find_in_week(week, number)
        take(r"\b([1-4])\. advent(?:ssonntag)?\b", DAY, lambda m: self._advent(int(m[1])))
        week_of = rf"\b([1-4])\. (?:({'|'.join(MONTHS)})woche|(?:woche|week) (?:im |in |of ){MONTH})\b"
        take(week_of, DAY, lambda m: self._get_week_of_month(int(m[1]), m[2] or m[3]))
        take(rf"\b(?:the )?{WEEKDAY} after next\b", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today + timedelta(1)) + WEEK))
        take(rf"\ba fortnight (?:on |from |this )?{WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2))
        take(rf"\b{WEEKDAY} (?:the |der )?week after next\b", DAY, lambda m: self._of_week(2, m[1]))
        take(rf"\b{WEEKDAY} in {COUNT_WORD} (?:wochen?|weeks?)\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], _parse_count(m[2])))
        take(rf"\b{WEEKDAY} in (8|14) tagen\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 1 if m[2] == "8" else 2))
        take(rf"\bin {COUNT_WORD} (?:wochen?|weeks?){WEEKDAY_JOINT}{WEEKDAY}", DAY, lambda m: self._of_week(_parse_count(m[1]), m[2]))
        take(rf"\b{COUNT_WORD} weeks? (?:on|from|this) {WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[2]], _parse_count(m[1])))
        take(rf"\b(\d)\. {WEEKDAY} (?:im |in |of )(?:the )?{MONTH}", DAY, lambda m: self._nth(int(m[1]), WEEKDAYS[m[2]], MONTHS[m[3]]))
        take(
            rf"\b(?:letzte[rnms]?|last) {WEEKDAY} (?:im |in |of )(?:the )?{MONTH}",
            DAY,
            lambda m: self._nth(0, WEEKDAYS[m[1]], MONTHS[m[2]]),
        )
        take(rf"\b{WEEKDAY} (?:week|fortnight)\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2 if "fortnight" in m[0] else 1))

    def _share_week(self, week: str) -> None:
        """Share the week: "mittwoch oder donnerstag naechste woche"."""
        named = rf"((?:in )?(?:der |the )?(?:{week}) (?:woche|week))"
        text = re.sub(rf"\b{WEEKDAY} {ALTERNATIVE}{WEEKDAY},? {named}\b", r"\1 \4 \2 \3 \4", self.scanner.text)
        self.scanner.text = re.sub(rf"\b{named}{WEEKDAY_JOINT}(?:on )?{WEEKDAY} {ALTERNATIVE}{WEEKDAY}", r"\2 \1 \3 \4 \1", text)

    def _find_in_week(self, week: str, number: int) -> None:
        def in_it(match: re.Match[str]) -> DayRange:
            return self._of_week(number, match[1])

        self.scanner.take(rf"\b(?:in (?:der )?)?(?:{week}) (?:woche|week){WEEKDAY_JOINT}{WEEKDAY}", DAY, in_it)
        self.scanner.take(rf"\b{WEEKDAY},? (?:in |of )?(?:der |the )?(?:{week}) (?:woche|week)\b", DAY, in_it)

    def _find_distances(self) -> None:
        take = self.scanner.take
        take(
            rf"\b({DAY_NAMES}) in {COUNT_WORD} (?:wochen?|weeks?)\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]] + 7 * _parse_count(m[2]))
        )
        take(rf"\b({DAY_NAMES}) in (8|14) tagen\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]] + (7 if m[2] == "8" else 14)))
        take(
            rf"\b{COUNT_WORD} weeks? (?:from )?(today|tomorrow|now)\b",
            DAY,
            lambda m: self._ahead(7 * _parse_count(m[1]) + (m[2] == "tomorrow")),
        )
        take(r"\b(today|tomorrow) (?:week|fortnight)\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]] + (14 if "fortnight" in m[0] else 7)))
        take(r"\b(?:in )?a fortnight(?: (?:from )?(today|tomorrow|now))?\b", DAY, lambda m: self._ahead(14 + (m[1] == "tomorrow")))
        take(r"\bin (?:ein )?paar tagen|\bin a (?:few|couple of) days", DAY, lambda m: self._between(2, 5))
        take(r"\bin (?:ein )?paar wochen|\bin a (?:few|couple of) weeks", DAY, lambda m: self._between(14, 28))
        unit = r"(tage?n?|days?|wochen?|weeks?|monate?n?|months?)\b"
        take(rf"\bin (\d{{1,2}})(?:\s?-\s?| bis | to | oder | or )(\d{{1,2}}) {unit}", DAY, lambda m: self._from_to(m[1], m[2], m[3]))
        take(rf"\b(?:in|ueber) {COUNT_WORD} {unit}", DAY, lambda m: self._distance(_parse_count(m[1]), m[2], m[0]))
        take(
            rf"\b{COUNT_WORD} (tage|wochen?|monate?) (?:ab|von) (?:heute|jetzt)(?: an)?\b",
            DAY,
            lambda m: self._distance(_parse_count(m[1]), m[2], m[0]),
        )
        take(
            rf"\b{COUNT_WORD} (days?|weeks?|months?) (?:from now|later|ahead)\b",
            DAY,
            lambda m: self._distance(_parse_count(m[1]), m[2], m[0]),
        )

    def _find_stretches(self) -> None:
        """Find weeks, weekends, months and their stages."""
        take = self.scanner.take
        take(
            r"\b(?:in )?(?:den |the )?(?:naechsten|kommenden|next) (?:few |paar )?(\d{1,2} )?(tagen?|days|wochen|weeks)\b",
            DAY,
            self._coming,
        )
        for week, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0), ("der|the", 0)):
            self._find_stages_of_week(week, number)
        for which, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0)):
            self._find_weeks_and_months(which, number)
        take(r"\b(?:the )?week after next\b", DAY, lambda m: self._week(2))
        take(r"\b(?:am |at the |on the |the )?(?:wochenende|weekend)\b", DAY, lambda m: self._weekend(0))
        take(r"\b(?:unter der woche|werktags|on a weekday|during the week)\b", DAY, lambda m: None)
        take(rf"\b{STAGE} (?:des |dieses |of )?(?:the )?(?:monats?|month)\b", DAY, lambda m: self._month_from_now(0, m[1]))
        take(rf"\b{STAGE}[ -]?(?:of )?{MONTH}(?: (\d{{4}}))?", DAY, lambda m: self._month(MONTHS[m[2]], m[3], m[1]))
        take(
            r"\b(?:in )?(?:der )?(?:(?:kw|kalenderwoche|week number|calendar week) (\d{1,2})\b|(\d{1,2})\. (?:kw|kalenderwoche)\b)",
            DAY,
            lambda m: self._numbered_week(int(m[1] or m[2])),
        )
        take(rf"\b(?:im |in )?{MONTH}(?: (\d{{4}})\b)?", DAY, lambda m: self._month(MONTHS[m[1]], m[2], None))
        take(
            r"\b(?:im neuen jahr|anfang (?:des )?(?:naechsten|neuen) jahres|(?:in the )?new year)\b",
            DAY,
            lambda m: self._month(1, None, None),
        )

    def _find_stages_of_week(self, week: str, number: int) -> None:
        stage = rf"\b{STAGE} (?:der |the )?(?:{week}) (?:woche|week)\b"
        self.scanner.take(stage, DAY, lambda m: self._stage_of_week(m[1], number))

    def _find_weeks_and_months(self, which: str, number: int) -> None:
        take = self.scanner.take
        take(rf"\b(?:{which}) (?:wochenende|weekend)\b", DAY, lambda m: self._weekend(number))
        take(rf"\b(?:in (?:der )?)?(?:{which}) (?:woche|week)\b", DAY, lambda m: self._week(number))
        stage = rf"\b{STAGE}[ -]?(?:of )?(?:des |the )?(?:{which}) (?:monats?|month)\b"
        take(stage, DAY, lambda m: self._month_from_now(number, m[1]))
        take(rf"\b(?:im )?(?:{which}) (?:monats?|month)\b", DAY, lambda m: self._month_from_now(number, None))

    def _get_days(self, number: str) -> DayRange:
        found: DayRange = self.scanner.found[int(number)]
        return found

    def _beside(self, side: str, days: DayRange, weekday: int | None) -> DayRange:
        """ "dienstag nach ostern", "am tag vor heiligabend"."""
        if side in ("nach", "after"):
            return self._one(days.last + timedelta(1) if weekday is None else self._on(weekday, days.last + timedelta(1)))
        return self._one(days.first - timedelta(1) if weekday is None else self._on(weekday, days.first - timedelta(7)))

    def _ahead(self, days: int) -> DayRange:
        return self._one(self.today + timedelta(days))

    def _one(self, day: date) -> DayRange:
        return DayRange(day, day)

    def _between(self, low: int, high: int) -> DayRange:
        return DayRange(self.today + timedelta(low), self.today + timedelta(high))

    def _on(self, weekday: int, since: date) -> date:
        """Get the first such weekday from `since` on, inclusive."""
        return since + timedelta((weekday - since.weekday()) % 7)

    def _weekday(self, weekday: int) -> DayRange:
        day = self._on(weekday, self.today)
        return DayRange(day, day, weekday)

    def _next(self, words: str, weekday: int) -> DayRange:
        """Get the next such weekday after today; where "next" would be tomorrow, a clarification is asked."""
        day = self._on(weekday, self.today + timedelta(1))
        if day == self.today + timedelta(1) and re.search(r"naechst|next", words):
            raise ambiguous_day([day, day + WEEK], self.today)
        return self._one(day)

    def _of_week(self, weeks: int, weekday: str) -> DayRange:
        return self._one(self._monday(weeks) + timedelta(WEEKDAYS[weekday]))

    def _weeks_on(self, weekday: int, weeks: int) -> DayRange:
        """Get the weekday some weeks after the next one, today included: "freitag in einer woche"."""
        return self._one(self._on(weekday, self.today) + weeks * WEEK)

    def _nth(self, number: int, weekday: int, month: int) -> DayRange:
        """Get the n-th such weekday of a month; 0 is the last one."""
        first = date(self.today.year, month, 1)
        for _ in range(2):
            day = self._on(weekday, first) + WEEK * (number - 1) if number else self._on(weekday, get_month_end(first) - timedelta(6))
            if day >= self.today:
                break
            first = first.replace(year=first.year + 1)
        return self._one(day)

    def _advent(self, number: int) -> DayRange:
        """Get a Sunday of Advent; the fourth is the last before Christmas."""
        for year in (self.today.year, self.today.year + 1):
            day = self._on(6, date(year, 12, 18)) - WEEK * (4 - number)
            if day >= self.today:
                break
        return self._one(day)

    def _get_week_of_month(self, number: int, month: str) -> DayRange:
        """Get the n-th seven days of a month: "in der ersten Januarwoche"."""
        first = self._month(MONTHS[month], None, None).first.replace(day=1) + WEEK * (number - 1)
        return DayRange(max(first, self.today), max(first + timedelta(6), self.today))

    def _monday(self, weeks: int) -> date:
        return self.today - timedelta(self.today.weekday()) + weeks * WEEK

    def _week(self, weeks: int) -> DayRange:
        monday = self._monday(weeks)
        return DayRange(max(monday, self.today), monday + timedelta(6))

    def _numbered_week(self, number: int) -> DayRange:
        monday = date.fromisocalendar(self.today.year, number, 1)
        if monday + timedelta(6) < self.today:
            monday = date.fromisocalendar(self.today.year + 1, number, 1)
        return DayRange(max(monday, self.today), monday + timedelta(6))

    def _stage_of_week(self, stage: str, weeks: int) -> DayRange:
        first, last = (0, 2) if stage in EARLY_STAGES else (3, 5) if stage in LATE_STAGES else (1, 3)
        monday = self._monday(weeks)
        return DayRange(max(self.today, monday + timedelta(first)), max(self.today, monday + timedelta(last)))

    def _weekend(self, weeks: int) -> DayRange:
        """Get the weekend of a week; "next weekend" is next week's."""
        saturday = self._monday(weeks) + timedelta(5)
        return DayRange(max(saturday, self.today), saturday + timedelta(1))

    def _month_from_now(self, months: int, stage: str | None) -> DayRange:
        first = self.today.replace(day=1)
        for _ in range(months):
            first = get_month_end(first) + timedelta(1)
        return self._stage_of_month(first, stage)

    def _month(self, month: int, year: str | None, stage: str | None) -> DayRange:
        first = date(int(year) if year else self.today.year, month, 1)
        if not year and self._stage_of_month(first, stage).last < self.today:
            first = first.replace(year=first.year + 1)
        return self._stage_of_month(first, stage)

    def _stage_of_month(self, first: date, stage: str | None) -> DayRange:
        last = get_month_end(first)
        if stage in EARLY_STAGES:
            last = first.replace(day=10)
        elif stage in LATE_STAGES:
            first = first.replace(day=21)
        elif stage:
            first, last = first.replace(day=11), first.replace(day=20)
        return DayRange(first if last < self.today else max(first, self.today), last)

    def _coming(self, match: re.Match[str]) -> DayRange:
        """ "in den naechsten tagen", "die naechsten 2 wochen"."""
        weeks = match[2].startswith("w")
        count = int(match[1]) if match[1] else 2 if weeks else 5
        return self._between(0, count * 7 if weeks else count)

    def _from_to(self, low: str, high: str, unit: str) -> DayRange:
        return DayRange(self._distance(int(low), unit, "").first, self._distance(int(high), unit, "").first)

    def _distance(self, count: int, unit: str, words: str) -> DayRange:
        """Get a distance from today; German "in acht Tagen" also means a week."""
        if unit == "tagen" and count == 8:
            raise ambiguous_day([self.today + WEEK, self.today + timedelta(8)], self.today)
        if unit[0] in "td":
            return self._ahead(count)
        if unit[0] == "w":
            return self._ahead(7 * count)
        month = self.today.replace(day=1)
        for _ in range(count):
            month = get_month_end(month) + timedelta(1)
        return self._one(month.replace(day=min(self.today.day, get_month_end(month).day)))


def _parse_count(words: str) -> int:
    return int(words) if words.isdigit() else 1
