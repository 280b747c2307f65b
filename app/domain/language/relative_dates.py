"""Finds days told from other days: weekdays, tomorrow, in two weeks, the Tuesday after Easter, the last Friday of the month."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from datetime import date, timedelta

from app.domain.language.adjacent_days import DayOffsetScanner
from app.domain.language.calendar_arithmetic import WEEK, add_months, add_units, find_weekday, get_monday, parse_count
from app.domain.language.clarification_questions import ambiguous_day
from app.domain.language.date_spans import DateSpanScanner
from app.domain.language.dates import DayRange
from app.domain.language.marked_text import DAY, Scanner
from app.domain.language.vocabulary import (
    AFTER_NEXT,
    COUNT_WORD,
    DAY_PART,
    LAST,
    NEXT,
    THIS,
    UNIT,
    WEAK_WEEKDAYS,
    WEEKDAY,
    WEEKDAYS,
)

DAY_OFFSETS = {
    "vorgestern": -2, "gestern": -1, "yesterday": -1, "heute": 0, "heut": 0, "today": 0, "morgen": 1, "tomorrow": 1, "tomorrows": 1, "tmrw": 1, "tmr": 1,
    "uebermorgen": 2, "ueberuebermorgen": 3, "day after tomorrow": 2, "day before yesterday": -2,
}  # fmt: skip
DAY_NAMES = "|".join(sorted(DAY_OFFSETS, key=len, reverse=True))
WEEKDAY_NAME = "(?:" + WEEKDAY[1 : WEEKDAY.index(")")] + ")"
WEEKDAY_JOINT = r",? (?:am |on |den |der |gleich am )?"
# "so naechste woche" means next week, not Sunday: before a day "So" has a point or comma
# at the end only where nothing else is said: "das bleibt so", "what else do you do"
ALONE = r"(?:^|(?<=\bam )|(?<=\bon )|(?<=\bnur )|(?<=> oder )|(?<=> or )|(?<=> bis )|(?<=> to ))"
WEAK_WEEKDAY = "(" + "|".join(WEAK_WEEKDAYS) + r")\b(?<!so)\.?,?(?= (?:den |der |dem |the )?<d)"
LAST_WEEKDAY = ALONE + "(" + "|".join(WEAK_WEEKDAYS) + r")\.?$"
SUNDAY = r"\b(so)(?:[.,]+(?= (?:den |der |dem |the )?<d)| (?=den |der |dem ))"
# "fr 10 uhr"; "so um 10" means about ten, not Sunday
# "could do ten" is no Thursday
NOT_DO = "".join(
    rf"(?<!\b{before} do)" for before in ("i", "to", "we", "you", "they", "can", "could", "would", "will", "i'll", "we'll", "might", "may")
)
WEAK_WITH_TIME = "(" + "|".join(word for word in WEAK_WEEKDAYS if word != "so") + rf")\b{NOT_DO}\.?,?(?= (?:um |at )?(?:<t|{DAY_PART}))"


class RelativeDateScanner:
    """Finds days relative to `today`. Dates must be marked already."""

    def __init__(self, scanner: Scanner, today: date) -> None:
        self.scanner, self.today = scanner, today

    def find(self) -> None:
        take = self.scanner.take
        self._find_in_weeks()
        self._find_weekdays_at_a_distance()
        self._find_distances()
        DateSpanScanner(self.scanner, self.today).find()
        adjacent = DayOffsetScanner(self.scanner, self.today)
        adjacent.find()
        take(
            rf"\b(?:jede[nrms]?|immer(?: am)?|always(?: on)?|every(?: other)?|each|alle 2 wochen(?: am)?|every 2 weeks(?: on)?|every 2\.) {WEEKDAY}",
            DAY,
            lambda m: self._recurring(WEEKDAYS[m[1]]),
        )
        take(
            rf"\b(?:alle 2 wochen|alle 14 tage|14-taegig|every 2 weeks|every fortnight|fortnightly|every other week|jede woche|every week|woechentlich|weekly)(?: am| on)?(?: an?)? {WEEKDAY}",
            DAY,
            lambda m: self._recurring(WEEKDAYS[m[1]]),
        )
        take(rf"\b(?:the )?({DAY_NAMES})\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]]))
        take(rf"\b(?:{THIS}) {WEEKDAY}", DAY, lambda m: self._this(WEEKDAYS[m[1]]))
        take(rf"\b(?:{AFTER_NEXT}) {WEEKDAY}", DAY, lambda m: self._one(find_weekday(WEEKDAYS[m[1]], self._ahead(1).first) + WEEK))
        take(rf"\b(?:the |den |der |dem )?(?:{NEXT}) {WEEKDAY}", DAY, lambda m: self._next(m[0], WEEKDAYS[m[1]]))
        take(rf"\b(?:the |den |der |dem )?(?:{LAST}) {WEEKDAY}", DAY, self._last)
        take(
            rf"\b(?:{WEEKDAY}|{WEAK_WEEKDAY}|{WEAK_WITH_TIME}|{SUNDAY}|{LAST_WEEKDAY})",
            DAY,
            self._named,
        )
        adjacent.find()

    def _find_in_weeks(self) -> None:
        """ "freitag naechster woche", "naechste woche am dienstag", "mittwoch oder donnerstag naechste woche"."""
        for which, number in ((AFTER_NEXT, 2), (NEXT, 1), (THIS, 0), (LAST, -1)):
            self._share_week(which)
            self._find_in_week(rf"(?:{which}) (?:woche|week)", number)
        self._find_in_week(r"(?:the )?week after next", 2)
        self.scanner.take(
            rf"\b(?:the )?{WEEKDAY} after next\b(?! (?:{WEEKDAY}))",
            DAY,
            lambda m: self._one(find_weekday(WEEKDAYS[m[1]], self._ahead(1).first) + WEEK),
        )

    def _share_week(self, which: str) -> None:
        named = rf"(?P<week>(?:in )?(?:der |the )?(?:{which}) (?:woche|week))"
        both = rf"(?P<one>{WEEKDAY_NAME}) (?P<joint>oder|or|und|and|bis|to) (?:am |on )?(?P<other>{WEEKDAY_NAME})"
        for pattern in (rf"\b{both},? {named}\b", rf"\b{named}{WEEKDAY_JOINT}{both}"):
            self.scanner.rewrite(pattern, _share)

    def _find_in_week(self, week: str, number: int) -> None:
        self.scanner.take(rf"\b{WEEKDAY},? (?:in |of )?(?:der |the )?{week}\b", DAY, lambda m: self._of_week(number, m[1]))
        self.scanner.take(rf"\b(?:in (?:der )?)?{week}{WEEKDAY_JOINT}{WEEKDAY}", DAY, lambda m: self._of_week(number, m[1]))

    def _find_weekdays_at_a_distance(self) -> None:
        """ "freitag in 2 wochen", "a week on friday", "dienstag ueber 8 tage"."""
        take = self.scanner.take
        take(rf"\b(?:a|1) fortnight (?:on |from |this )?{WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2))
        take(
            rf"\b{WEEKDAY} (?:in|ueber) {COUNT_WORD} (?:wochen?|weeks?)\b",
            DAY,
            lambda m: self._weeks_on(WEEKDAYS[m[1]], parse_count(m[2])),
        )
        take(rf"\b{WEEKDAY} (?:in|ueber) (8|14) tagen?\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 1 if m[2] == "8" else 2))
        take(rf"\bin {COUNT_WORD} (?:wochen?|weeks?){WEEKDAY_JOINT}{WEEKDAY}", DAY, lambda m: self._in_weeks(m[1], m[2]))
        take(
            rf"\b{COUNT_WORD} weeks? (?:(?:on|from|this|come) )?{WEEKDAY}", DAY, lambda m: self._weeks_on(WEEKDAYS[m[2]], parse_count(m[1]))
        )
        take(rf"\b{WEEKDAY} (week|fortnight)\b", DAY, lambda m: self._weeks_on(WEEKDAYS[m[1]], 2 if m[2] == "fortnight" else 1))

    def _find_distances(self) -> None:
        take = self.scanner.take
        take(
            rf"\b(?:am |the |das )?(?:wochenende|weekend) in {COUNT_WORD} (?:wochen?|weeks?)(?:'s?)?(?: time)?\b|\bin {COUNT_WORD} (?:wochen?|weeks?) (?:am |at the |on the )(?:wochenende|weekend)\b",
            DAY,
            lambda m: self._weekend(parse_count(m[1] or m[2])),
        )
        take(rf"\b(\d) {WEEKDAY} from (?:now|today)\b", DAY, lambda m: self._count_weekdays(int(m[1]), WEEKDAYS[m[2]]))
        take(
            rf"\b({DAY_NAMES}) (?:in|ueber) {COUNT_WORD} {UNIT}",
            DAY,
            lambda m: self._distance(parse_count(m[2]), m[3], DAY_OFFSETS[m[1]], idiom=True),
        )
        take(
            rf"\b({DAY_NAMES}) (?:vor) {COUNT_WORD} {UNIT}",
            DAY,
            lambda m: self._distance(-parse_count(m[2]), m[3], DAY_OFFSETS[m[1]], idiom=True),
        )
        take(
            rf"\b{COUNT_WORD} {UNIT} (?:from |ab |von )?(today|tomorrow|now|heute|morgen|jetzt)\b(?: an\b)?",
            DAY,
            lambda m: self._distance(parse_count(m[1]), m[2], DAY_OFFSETS.get(m[3], 0)),
        )
        take(r"\b(today|tomorrow) (week|fortnight)\b", DAY, lambda m: self._ahead(DAY_OFFSETS[m[1]] + (14 if m[2] == "fortnight" else 7)))
        take(
            r"\b(?:in |within )?(?:a|1) fortnight(?:'s time)?(?: (?:from )?(today|tomorrow|now))?\b|\bfortnight (?:from )?(today|tomorrow|now)\b",
            DAY,
            lambda m: self._ahead(14 + ("tomorrow" in (m[1], m[2]))),
        )
        take(r"\bin (?:ein )?(?:paar|wenigen|einigen) tagen|\bin a (?:few|couple of) days(?:' time)?", DAY, lambda m: self._between(2, 5))
        take(
            r"\bin (?:ein )?(?:paar|wenigen|einigen) wochen|\bin a (?:few|couple of) weeks(?:' time)?", DAY, lambda m: self._between(14, 28)
        )
        take(
            rf"\bin (\d{{1,2}}|ein|eine[rnm]?)(?:\s?-\s?|, | bis | to | oder | or )(\d{{1,2}}) {UNIT}",
            DAY,
            lambda m: self._from_to(parse_count(m[1]), int(m[2]), m[3]),
        )
        take(
            r"\bin an? (day|week|month) or (?:2|so)\b",
            DAY,
            lambda m: self._from_to(1, 2, m[1]),
        )
        take(
            rf"\b(?:innerhalb (?:von |der naechsten )?|binnen |within (?:the next )?){COUNT_WORD} {UNIT}",
            DAY,
            lambda m: DayRange(self.today, self._distance(parse_count(m[1]), m[2]).first),
        )
        take(
            r"\bin (?:einem |a |half a |half )?(halben jahr|halbjahr|half a year|half year|vierteljahr)|\bin half a year",
            DAY,
            lambda m: self._one(add_months(self.today, 3 if m[1] == "vierteljahr" else 6)),
        )
        take(rf"\b(?:in|ueber) {COUNT_WORD} {UNIT}(?:'?s?'? time\b)?", DAY, lambda m: self._distance(parse_count(m[1]), m[2]))
        take(
            rf"\b{COUNT_WORD} (days?|weeks?|months?|years?) (?:from now|hence)\b",
            DAY,
            lambda m: self._distance(parse_count(m[1]), m[2]),
        )
        take(rf"\b{COUNT_WORD} (days?|weeks?|months?)'? time\b", DAY, lambda m: self._distance(parse_count(m[1]), m[2]))
        take(rf"\bvor {COUNT_WORD} {UNIT}(?! <)", DAY, lambda m: self._distance(-parse_count(m[1]), m[2], idiom=True))
        take(rf"\b{COUNT_WORD} (days?|weeks?|months?|years?) ago\b", DAY, lambda m: self._distance(-parse_count(m[1]), m[2], idiom=True))

    def _ahead(self, days: int) -> DayRange:
        return self._one(self.today + timedelta(days))

    def _one(self, day: date) -> DayRange:
        return DayRange(day, day)

    def _between(self, low: int, high: int) -> DayRange:
        return DayRange(self.today + timedelta(low), self.today + timedelta(high))

    def _weekday(self, weekday: int) -> DayRange:
        day = find_weekday(weekday, self.today)
        return DayRange(day, day, weekday)

    def _named(self, match: re.Match[str]) -> DayRange | None:
        word = next(word for word in match.groups() if word in WEEKDAYS)
        if word == "so" and (mark := re.match(r"[ ,.]*(?:den |der |dem |the )?<d(\d+)>", match.string[match.end() :])):
            # "So, morgen" is no Sunday
            days = self.scanner.found[int(mark[1])]
            if not isinstance(days, DayRange) or days.first.weekday() != WEEKDAYS[word]:
                return None
        return self._weekday(WEEKDAYS[word])

    def _this(self, weekday: int) -> DayRange:
        day = find_weekday(weekday, self.today)
        return DayRange(day, day, names_weekday=True)

    def _last(self, match: re.Match[str]) -> DayRange:
        """Get the last such weekday: of the end of a month that is named before ("zum Monatsende, am liebsten der letzte Mittwoch"), or past."""
        marks = re.findall(r"<d(\d+)>", match.string[: match.start()])
        days = self.scanner.found[int(marks[-1])] if marks else None
        if isinstance(days, DayRange) and WEEK <= days.last - days.first < timedelta(31) and (days.last + timedelta(1)).day == 1:
            return self._one(find_weekday(WEEKDAYS[match[1]], days.last - timedelta(6)))
        return self._one(find_weekday(WEEKDAYS[match[1]], self.today - WEEK))

    def _recurring(self, weekday: int) -> DayRange:
        day = find_weekday(weekday, self.today)
        raise ambiguous_day([day, day + WEEK], self.today)

    def _count_weekdays(self, count: int, weekday: int) -> DayRange:
        day = find_weekday(weekday, self.today + timedelta(1)) + WEEK * (count - 1)
        raise ambiguous_day([day, day + WEEK], self.today)

    def _next(self, words: str, weekday: int) -> DayRange:
        """Get the next such weekday after today; ambiguous if that is tomorrow."""
        day = find_weekday(weekday, self.today + timedelta(1))
        if day == self.today + timedelta(1) and re.search(r"naechst|next", words):
            raise ambiguous_day([day, day + WEEK], self.today)
        return DayRange(day, day, names_weekday=True)

    def _of_week(self, weeks: int, weekday: str) -> DayRange:
        return self._one(get_monday(self.today, weeks) + timedelta(WEEKDAYS[weekday]))

    def _weekend(self, weeks: int) -> DayRange:
        saturday = get_monday(self.today, weeks) + timedelta(5)
        return DayRange(saturday, saturday + timedelta(1))

    def _in_weeks(self, words: str, weekday: str) -> DayRange:
        """ "in 2 weeks on Friday" is that week's; "come in a week on Friday" may be a week after the next one."""
        in_week, later = self._of_week(parse_count(words), weekday), self._weeks_on(WEEKDAYS[weekday], 1)
        if words in ("a", "an") and in_week != later:
            raise ambiguous_day([in_week.first, later.first], self.today)
        return in_week

    def _weeks_on(self, weekday: int, weeks: int) -> DayRange:
        """Get the weekday some weeks after the next one, today included: "freitag in einer woche"."""
        return self._one(find_weekday(weekday, self.today) + weeks * WEEK)

    def _from_to(self, low: int, high: int, unit: str) -> DayRange:
        return DayRange(self._distance(low, unit).first, self._distance(high, unit).first)

    def _distance(self, count: int, unit: str, offset: int = 0, *, idiom: bool = False) -> DayRange:
        """Get a distance; German "in acht Tagen" also means a week, and "heute in acht Tagen" (`idiom`) always does."""
        day = self.today + timedelta(offset)
        if unit.startswith("tag") and count == 8:
            if not idiom:
                raise ambiguous_day([day + WEEK, day + timedelta(8)], self.today)
            return self._one(day + WEEK)
        return self._one(add_units(day, count, unit))


def _share(match: re.Match[str]) -> str:
    if WEEKDAYS[match["one"]] == WEEKDAYS[match["other"]]:
        return match[0]
    return f"{match['one']} {match['week']} {match['joint']} {match['other']} {match['week']}"
