"""Finds days that are named from today: weekdays, tomorrow, in two weeks, next week, early December, at the weekend."""

import re
from datetime import date, timedelta

from app.domain.language.clarification import which_day
from app.domain.language.dates import Days
from app.domain.language.scanner import DAY, Scanner
from app.domain.language.time_expression import month_end
from app.domain.language.vocabulary import AFTER_NEXT, MONTH, MONTHS, NEXT, PART, THIS, WEAK_WEEKDAYS, WEEKDAY, WEEKDAYS

WEEK = timedelta(weeks=1)
NAMED = {
    "vorgestern": -2, "gestern": -1, "yesterday": -1, "heute": 0, "heut": 0, "today": 0, "morgen": 1, "tomorrow": 1, "tmrw": 1,
    "uebermorgen": 2, "ueberuebermorgen": 3, "day after tomorrow": 2, "day before yesterday": -2, "tonight": 0,
}  # fmt: skip
A = r"(\d{1,3}|eine[rnms]?|ein|an?|der)"
NAMES = "|".join(sorted(NAMED, key=len, reverse=True))
STAGE = r"(anfang|mitte|ende|beginn|early|mid|late|beginning of|start of|middle of|end of)"
JOINT = r",? (?:am |on |den |der )?"
EITHER = r"(oder|or|und|and|bis|to) (?:am |on )?"
BESIDE = r"(vor|nach|before|after)(?: dem| der| den| the)?"
EARLY, LATE = ("anfang", "beginn", "early", "beginning of", "start of"), ("ende", "late", "end of")
# "so naechste woche" is about next week, not Sunday: before a day, "So" has its point or comma
WEAK = "(" + "|".join(WEAK_WEEKDAYS) + r")\b(?<!so)\.?,?(?= (?:den |der |dem |the )?<d|$)"
SUNDAY = r"\b(so)(?:[.,]+(?= (?:den |der |dem |the )?<d)| (?=den |der |dem )|$)"
# "fr 10 uhr"; "so um 10" is about ten, not Sunday
WEAK_WITH_TIME = "(" + "|".join(word for word in WEAK_WEEKDAYS if word != "so") + rf")\b\.?,?(?= (?:um |at )?(?:<t|{PART}))"


class Relative:
    """Reads days as seen from `today`. What is a date already must be marked."""

    def __init__(self, scanner: Scanner, today: date) -> None:
        self.scanner, self.today = scanner, today

    def find(self) -> None:
        self._find_weekdays_with_more()
        self._find_distances()
        self._find_stretches()
        take = self.scanner.take
        take(rf"\b(?:the )?({NAMES})\b", DAY, lambda m: self._ahead(NAMED[m[1]]))
        take(rf"\b(?:{THIS}) {WEEKDAY}", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today)))
        take(rf"\b(?:{AFTER_NEXT}) {WEEKDAY}", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today + timedelta(1)) + WEEK))
        take(rf"\b(?:the |den |der |dem )?(?:{NEXT}) {WEEKDAY}", DAY, lambda m: self._next(m[0], WEEKDAYS[m[1]]))
        take(
            rf"\b(?:{WEEKDAY}|{WEAK}|{WEAK_WITH_TIME}|{SUNDAY})",
            DAY,
            lambda m: self._weekday(next(WEEKDAYS[word] for word in m.groups() if word in WEEKDAYS)),
        )

    def _find_weekdays_with_more(self) -> None:
        """ "freitag naechster woche", "naechste woche am dienstag", "freitag in 2 wochen", "a week on friday"."""
        take = self.scanner.take
        take(rf"\b{WEEKDAY} {BESIDE} <d(\d+)>", DAY, lambda m: self._beside(m[2], self._found(m[3]), WEEKDAYS[m[1]]))
        take(rf"\b(?:am |an dem |the )?(?:tag|day) {BESIDE} <d(\d+)>", DAY, lambda m: self._beside(m[1], self._found(m[2]), None))
        for week, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0)):
            self._share_week(week)
            self._find_in_week(week, number)
        take(r"\b([1-4])\. advent(?:ssonntag)?\b", DAY, lambda m: self._advent(int(m[1])))
        week_of = rf"\b([1-4])\. (?:({'|'.join(MONTHS)})woche|(?:woche|week) (?:im |in |of ){MONTH})\b"
        take(week_of, DAY, lambda m: self._week_of(int(m[1]), m[2] or m[3]))
        take(rf"\b(?:the )?{WEEKDAY} after next\b", DAY, lambda m: self._one(self._on(WEEKDAYS[m[1]], self.today + timedelta(1)) + WEEK))
        take(rf"\ba fortnight (?:on |from |this )?{WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2))
        take(rf"\b{WEEKDAY} (?:the |der )?week after next\b", DAY, lambda m: self._of_week(2, m[1]))
        take(rf"\b{WEEKDAY} in {A} (?:wochen?|weeks?)\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], _count(m[2])))
        take(rf"\b{WEEKDAY} in (8|14) tagen\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 1 if m[2] == "8" else 2))
        take(rf"\bin {A} (?:wochen?|weeks?){JOINT}{WEEKDAY}", DAY, lambda m: self._of_week(_count(m[1]), m[2]))
        take(rf"\b{A} weeks? (?:on|from|this) {WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[2]], _count(m[1])))
        take(rf"\b(\d)\. {WEEKDAY} (?:im |in |of )(?:the )?{MONTH}", DAY, lambda m: self._nth(int(m[1]), WEEKDAYS[m[2]], MONTHS[m[3]]))
        take(
            rf"\b(?:letzte[rnms]?|last) {WEEKDAY} (?:im |in |of )(?:the )?{MONTH}",
            DAY,
            lambda m: self._nth(0, WEEKDAYS[m[1]], MONTHS[m[2]]),
        )
        take(rf"\b{WEEKDAY} (?:week|fortnight)\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2 if "fortnight" in m[0] else 1))

    def _share_week(self, week: str) -> None:
        """ "mittwoch oder donnerstag naechste woche": the week is that of both."""
        named = rf"((?:in )?(?:der |the )?(?:{week}) (?:woche|week))"
        text = re.sub(rf"\b{WEEKDAY} {EITHER}{WEEKDAY},? {named}\b", r"\1 \4 \2 \3 \4", self.scanner.text)
        self.scanner.text = re.sub(rf"\b{named}{JOINT}(?:on )?{WEEKDAY} {EITHER}{WEEKDAY}", r"\2 \1 \3 \4 \1", text)

    def _find_in_week(self, week: str, number: int) -> None:
        def in_it(found: re.Match[str]) -> Days:
            return self._of_week(number, found[1])

        self.scanner.take(rf"\b(?:in (?:der )?)?(?:{week}) (?:woche|week){JOINT}{WEEKDAY}", DAY, in_it)
        self.scanner.take(rf"\b{WEEKDAY},? (?:in |of )?(?:der |the )?(?:{week}) (?:woche|week)\b", DAY, in_it)

    def _find_distances(self) -> None:
        take = self.scanner.take
        take(rf"\b({NAMES}) in {A} (?:wochen?|weeks?)\b", DAY, lambda m: self._ahead(NAMED[m[1]] + 7 * _count(m[2])))
        take(rf"\b({NAMES}) in (8|14) tagen\b", DAY, lambda m: self._ahead(NAMED[m[1]] + (7 if m[2] == "8" else 14)))
        take(rf"\b{A} weeks? (?:from )?(today|tomorrow|now)\b", DAY, lambda m: self._ahead(7 * _count(m[1]) + (m[2] == "tomorrow")))
        take(r"\b(today|tomorrow) (?:week|fortnight)\b", DAY, lambda m: self._ahead(NAMED[m[1]] + (14 if "fortnight" in m[0] else 7)))
        take(r"\b(?:in )?a fortnight(?: (?:from )?(today|tomorrow|now))?\b", DAY, lambda m: self._ahead(14 + (m[1] == "tomorrow")))
        take(r"\bin (?:ein )?paar tagen|\bin a (?:few|couple of) days", DAY, lambda m: self._between(2, 5))
        take(r"\bin (?:ein )?paar wochen|\bin a (?:few|couple of) weeks", DAY, lambda m: self._between(14, 28))
        unit = r"(tage?n?|days?|wochen?|weeks?|monate?n?|months?)\b"
        take(rf"\bin (\d{{1,2}})(?:\s?-\s?| bis | to | oder | or )(\d{{1,2}}) {unit}", DAY, lambda m: self._from_to(m[1], m[2], m[3]))
        take(rf"\b(?:in|ueber) {A} {unit}", DAY, lambda m: self._distance(_count(m[1]), m[2], m[0]))
        take(rf"\b{A} (tage|wochen?|monate?) (?:ab|von) (?:heute|jetzt)(?: an)?\b", DAY, lambda m: self._distance(_count(m[1]), m[2], m[0]))
        take(rf"\b{A} (days?|weeks?|months?) (?:from now|later|ahead)\b", DAY, lambda m: self._distance(_count(m[1]), m[2], m[0]))

    def _find_stretches(self) -> None:
        """Weeks, weekends, months and the beginnings, middles and ends of them."""
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

    def _found(self, number: str) -> Days:
        found: Days = self.scanner.found[int(number)]
        return found

    def _beside(self, side: str, days: Days, weekday: int | None) -> Days:
        """ "dienstag nach ostern", "am tag vor heiligabend"."""
        if side in ("nach", "after"):
            return self._one(days.last + timedelta(1) if weekday is None else self._on(weekday, days.last + timedelta(1)))
        return self._one(days.first - timedelta(1) if weekday is None else self._on(weekday, days.first - timedelta(7)))

    def _ahead(self, days: int) -> Days:
        return self._one(self.today + timedelta(days))

    def _one(self, day: date) -> Days:
        return Days(day, day)

    def _between(self, low: int, high: int) -> Days:
        return Days(self.today + timedelta(low), self.today + timedelta(high))

    def _on(self, weekday: int, since: date) -> date:
        """The first such weekday, `since` itself included."""
        return since + timedelta((weekday - since.weekday()) % 7)

    def _weekday(self, weekday: int) -> Days:
        day = self._on(weekday, self.today)
        return Days(day, day, weekday)

    def _next(self, words: str, weekday: int) -> Days:
        """The next one after today; on the eve nobody says "next" for tomorrow without being asked back."""
        day = self._on(weekday, self.today + timedelta(1))
        if day == self.today + timedelta(1) and re.search(r"naechst|next", words):
            raise which_day([day, day + WEEK], self.today)
        return self._one(day)

    def _of_week(self, weeks: int, weekday: str) -> Days:
        return self._one(self._monday(weeks) + timedelta(WEEKDAYS[weekday]))

    def _weeks_on(self, weekday: int, weeks: int) -> Days:
        """ "freitag in einer woche": a week after the next one; today counts as the next one."""
        return self._one(self._on(weekday, self.today) + weeks * WEEK)

    def _nth(self, number: int, weekday: int, month: int) -> Days:
        """The n-th such weekday of a month, 0: the last one."""
        first = date(self.today.year, month, 1)
        for _ in range(2):
            day = self._on(weekday, first) + WEEK * (number - 1) if number else self._on(weekday, month_end(first) - timedelta(6))
            if day >= self.today:
                break
            first = first.replace(year=first.year + 1)
        return self._one(day)

    def _advent(self, number: int) -> Days:
        """The fourth is the last Sunday before Christmas."""
        for year in (self.today.year, self.today.year + 1):
            day = self._on(6, date(year, 12, 18)) - WEEK * (4 - number)
            if day >= self.today:
                break
        return self._one(day)

    def _week_of(self, number: int, month: str) -> Days:
        """ "in der ersten Januarwoche": its first seven days."""
        first = self._month(MONTHS[month], None, None).first.replace(day=1) + WEEK * (number - 1)
        return Days(max(first, self.today), max(first + timedelta(6), self.today))

    def _monday(self, weeks: int) -> date:
        return self.today - timedelta(self.today.weekday()) + weeks * WEEK

    def _week(self, weeks: int) -> Days:
        monday = self._monday(weeks)
        return Days(max(monday, self.today), monday + timedelta(6))

    def _numbered_week(self, number: int) -> Days:
        monday = date.fromisocalendar(self.today.year, number, 1)
        if monday + timedelta(6) < self.today:
            monday = date.fromisocalendar(self.today.year + 1, number, 1)
        return Days(max(monday, self.today), monday + timedelta(6))

    def _stage_of_week(self, stage: str, weeks: int) -> Days:
        first, last = (0, 2) if stage in EARLY else (3, 5) if stage in LATE else (1, 3)
        monday = self._monday(weeks)
        return Days(max(self.today, monday + timedelta(first)), max(self.today, monday + timedelta(last)))

    def _weekend(self, weeks: int) -> Days:
        """ "next weekend" is this week's one only from Monday to Wednesday to nobody: it is the one of next week."""
        saturday = self._monday(weeks) + timedelta(5)
        return Days(max(saturday, self.today), saturday + timedelta(1))

    def _month_from_now(self, months: int, stage: str | None) -> Days:
        first = self.today.replace(day=1)
        for _ in range(months):
            first = month_end(first) + timedelta(1)
        return self._stage_of_month(first, stage)

    def _month(self, month: int, year: str | None, stage: str | None) -> Days:
        first = date(int(year) if year else self.today.year, month, 1)
        if not year and self._stage_of_month(first, stage).last < self.today:
            first = first.replace(year=first.year + 1)
        return self._stage_of_month(first, stage)

    def _stage_of_month(self, first: date, stage: str | None) -> Days:
        last = month_end(first)
        if stage in EARLY:
            last = first.replace(day=10)
        elif stage in LATE:
            first = first.replace(day=21)
        elif stage:
            first, last = first.replace(day=11), first.replace(day=20)
        return Days(first if last < self.today else max(first, self.today), last)

    def _coming(self, found: re.Match[str]) -> Days:
        """ "in den naechsten tagen", "die naechsten 2 wochen"."""
        weeks = found[2].startswith("w")
        count = int(found[1]) if found[1] else 2 if weeks else 5
        return self._between(0, count * 7 if weeks else count)

    def _from_to(self, low: str, high: str, unit: str) -> Days:
        return Days(self._distance(int(low), unit, "").first, self._distance(int(high), unit, "").first)

    def _distance(self, count: int, unit: str, words: str) -> Days:
        """In German "in acht Tagen" is also said for a week."""
        if unit == "tagen" and count == 8:
            raise which_day([self.today + WEEK, self.today + timedelta(8)], self.today)
        if unit[0] in "td":
            return self._ahead(count)
        if unit[0] == "w":
            return self._ahead(7 * count)
        month = self.today.replace(day=1)
        for _ in range(count):
            month = month_end(month) + timedelta(1)
        return self._one(month.replace(day=min(self.today.day, month_end(month).day)))


def _count(words: str) -> int:
    return int(words) if words.isdigit() else 1
