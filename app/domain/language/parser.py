"""Parses days and times as people say them and as models write them."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from app.domain.language import clarification
from app.domain.language.clarification import AmbiguousExpression
from app.domain.language.dates import DateScanner, DayRange
from app.domain.language.ranges import find_day_part, find_days, find_time_window
from app.domain.language.relative_dates import RelativeDateScanner
from app.domain.language.scanner import DAY, TIME, LenientScanner, Scanner
from app.domain.language.time_expression import DayPart, Language, TimeExpression, is_repeated_time, is_skipped_time, to_utc
from app.domain.language.times import ClockTime, find_bare_hours, find_clocks
from app.domain.language.vocabulary import fold, replace_number_words

MAX_TEXT_LENGTH = 300
GREETING = r"\b(?:guten|good|schoenen) (?:morgen|tag|abend|morning|day|evening|afternoon)\b"
EXCLUDED = (
    r"\b(?:nicht (?!vor\b|nach\b|spaeter\b|frueher\b)|ausser|except|not (?!before\b|after\b|later\b|earlier\b)|anything but|keinen? )"
)
# "dienstag geht nicht, lieber mittwoch": the excluding clause is dropped
EXCLUSION = re.compile(
    r"(?:^|[,.;] ?)[^,.;]*\b(?:(?:geht|passt|klappt|kann|koennte|schaffe)\b[^,.;]*\bnicht"
    r"|nicht (?!vor\b|nach\b|spaeter\b|frueher\b)[^,.;]*(?=, ?(?:sondern|lieber|dafuer))|(?:can't|won't)\b"
    r"|(?:does|do|would|can|could|will|is)(?:n't| ?not)\b(?: (?:work|suit|make|do|good|fit))?)(?: [^,.;<\d]{0,20})?(?=[,.;]|$)"
)
# "um 4 am donnerstag" is not a.m.
AM_PREPOSITION = re.compile(
    r"\b(\d{1,2}) am (?=(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|wochenende|naechst|kommend|uebernaechst|folgend|\d{1,2}\.)"
)
HOUR_FRACTIONS = (
    (r"\bin (?:eine[rm]? |ner )?(?:drei ?|3 ?)viertel ?stunden?\b|\bin (?:three|3) quarters of an hour\b", "in 45 minuten"),
    (r"\bin (?:eine[rm]? |ner )?viertel ?stunden?\b|\bin (?:a )?quarter of an hour\b", "in 15 minuten"),
    (r"\bin an hour and a half\b", "in 90 minuten"),
    (r"\bin an hour and a quarter\b", "in 75 minuten"),
)
# "morgen" after these means the morning, not tomorrow
MORNING_WORD = re.compile(
    r"\b(am|heute|jeden|gegen|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|morgen|uebermorgen|<d\d+>),? ((?:frueh|spaet)en )?morgen\b"
)
SOON = (
    r"\b(?:so (?:bald|frueh|schnell) wie (?:es )?(?:moeglich|geht)|schnellstmoeglich\w*|moeglichst (?:bald|schnell|frueh)|baldmoeglichst|bald"
    r"|as soon as (?:possible|you can)|asap|naechstmoeglich\w*|sofort|jetzt|gleich|right away|right now|now|soonest|(?:the )?(?:next|1\.) available"
    r"|(?:naechste[rn]?|1\.) freie[rn]?)\b"
)
ANY_TIME = r"\b(?:egal|irgendwann|jederzeit|any ?time|any day|whenever|flexibel|flexible|sometime|beliebig|immer)\b"
SUMMER_TIME = r"\b(?:sommerzeit|summer time|vor (?:der )?(?:zeit)?umstellung|before the (?:clock )?change)\b"
WINTER_TIME = r"\b(?:winterzeit|normalzeit|winter time|standard time|nach (?:der )?(?:zeit)?umstellung|after the (?:clock )?change)\b"
DURATION_AHEAD = (
    r"\bin (?:(\d{1,3})( (?:und|and) (?:eine[rn]? |a )?(?:halben?|half))?|(?:eine[rnm]? |an? )?(halben|half(?: an?)?)|(anderthalb|eineinhalb)"
    r"|eine[rnm]?|an?) (stunden?|hours?|std|minuten?|minutes?|min)\b"
)


def parse_time_expression(text: str, now: datetime, zone: str, language: Language = "de") -> TimeExpression:
    """Parse the words relative to `now` in the time zone. Both languages are understood; `language` only decides how 3/4
    is read and the language of the question. Never raises: an ambiguous expression has a question.
    """
    try:
        return _ExpressionParser(text, now, zone, language).result()
    except AmbiguousExpression as unclear:
        return TimeExpression(question=unclear.ask(language), options=unclear.options)
    except (ValueError, OverflowError):
        return TimeExpression(question=clarification.no_time_given().ask(language))


def read_time(text: str, now: datetime, zone: str, language: Language = "de") -> TimeExpression:
    """Parse words that can only be a time: a bare "10" or "14 30" is an hour."""
    plain = replace_number_words(fold(text[:MAX_TEXT_LENGTH]))
    return parse_time_expression(f"um {plain}" if re.fullmatch(r"\d{1,2}(?:[ .]\d\d)?\.?", plain) else text, now, zone, language)


def mark_expressions(text: str, now: datetime, zone: str, language: Language = "de") -> Scanner:
    """Mark each day and time in the folded text, for texts with several of them. Ambiguous
    words stay unmarked.
    """
    reading = _ExpressionParser(text, now, zone, language, LenientScanner)
    with suppress(AmbiguousExpression, ValueError, OverflowError):
        reading.find()
    return reading.scanner


class _ExpressionParser:
    """Parses one text, from unambiguous expressions to those that depend on context."""

    def __init__(self, text: str, now: datetime, zone: str, language: Language, scanner: type[Scanner] = Scanner) -> None:
        self.now, self.zone, self.language = now, zone, language
        self.today = now.astimezone(ZoneInfo(zone)).date()
        self.scanner = scanner(_normalise(text))

    def result(self) -> TimeExpression:
        scanner = self.scanner
        if scanner.has(EXCLUDED) or EXCLUSION.search(scanner.text):
            raise clarification.only_exclusions()
        passes = 0 if scanner.drop(SUMMER_TIME) else 1 if scanner.drop(WINTER_TIME) else None
        open_to_any = scanner.drop(ANY_TIME)
        self.find()
        soon = scanner.drop(SOON)
        part, bounds = find_day_part(scanner)
        hours = find_time_window(scanner, part)
        days = find_days(scanner, self.today)
        at_from, at_to = hours.at_from or bounds[0], hours.at_to or bounds[1]
        if days is None and not hours.are_named and part is None and at_from is None and at_to is None:
            if soon or open_to_any:
                return TimeExpression(day_from=self.today)
            raise clarification.no_time_given()
        shown = cast("DayPart | None", None if part == "night" or hours.at is not None else part)
        if part == "night" and hours.at is None:
            at_from = at_from or time(20)
        when = TimeExpression(*_split_range(self._not_today(days, hours.at)), at=hours.at, at_from=at_from, at_to=at_to, part=shown)
        return self._on_changed_clocks(when, hours.fold if hours.fold is not None else passes)

    def find(self) -> None:
        scanner = self.scanner
        self._find_durations()
        dates = DateScanner(scanner, self.today, self.zone, self.language)
        dates.find()
        find_clocks(scanner)
        RelativeDateScanner(scanner, self.today).find()
        scanner.text = MORNING_WORD.sub(r"\1 \2morgens", scanner.text)
        find_bare_hours(scanner)
        dates.find_days_of_month()

    def _find_durations(self) -> None:
        """Mark durations: "in 2 stunden" is elapsed time, across clock changes."""

        def marked(match: re.Match[str]) -> str:
            half = 1 if match[2] or match[3] else 0
            number = 1.5 if match[4] else int(match[1] or (0 if match[3] else 1)) + half / 2
            length = timedelta(minutes=number * (60 if match[5][0] in "sh" else 1), seconds=59)
            moment = (self.now + length).replace(second=0, microsecond=0).astimezone(ZoneInfo(self.zone))
            day, clock = DayRange(moment.date(), moment.date()), ClockTime(moment.hour, moment.minute, fold=moment.fold)
            return f" {self.scanner.mark(DAY, day)} {self.scanner.mark(TIME, clock)} "

        self.scanner.text = " ".join(re.sub(DURATION_AHEAD, marked, self.scanner.text).split())

    def _not_today(self, days: DayRange | None, at: time | None) -> DayRange | None:
        """Resolve a weekday that is today: asks whether today or next week is meant, if the time is still ahead."""
        if days is None or days.weekday is None or days.first != self.today:
            return days
        week_on = self.today + timedelta(weeks=1)
        if at is not None and to_utc(self.today, at, self.zone) <= self.now:
            return DayRange(week_on, week_on)
        raise clarification.ambiguous_day([self.today, week_on], self.today)

    def _on_changed_clocks(self, when: TimeExpression, fold: int | None) -> TimeExpression:
        if when.day is None or when.at is None:
            return when
        if is_skipped_time(when.day, when.at, self.zone):
            raise clarification.skipped_hour(when.day, when.at)
        if is_repeated_time(when.day, when.at, self.zone):
            if fold is None:
                both = [to_utc(when.day, when.at.replace(fold=each), self.zone).astimezone(ZoneInfo(self.zone)) for each in (0, 1)]
                raise clarification.repeated_hour(when.day, when.at, both)
            return TimeExpression(day=when.day, at=when.at.replace(fold=fold))
        return when


def _normalise(text: str) -> str:
    plain = re.sub(r"[<>]|[!?]+", " ", fold(text[:MAX_TEXT_LENGTH]))
    plain = re.sub(GREETING, " ", plain)
    for words, minutes in HOUR_FRACTIONS:
        plain = re.sub(words, minutes, plain)
    plain = re.sub(r"(?<![,.;]) (sondern|aber) (?!nicht\b)", r", \1 ", plain)
    wanted = EXCLUSION.sub("", plain).strip(" ,.;")
    plain = wanted if re.search(r"\w", wanted) else plain
    plain = re.sub(r"\bfirst thing(?: in the morning)?\b", "early morning", plain)
    plain = re.sub(r"\b(?:um )?punkt (?=\w)", "um ", plain)
    plain = re.sub(r"\btonight\b", "today evening", plain)
    plain = re.sub(r"\b(tomorrow|today|\w+day) night\b", r"\1 evening", plain)
    plain = re.sub(r"\bthis (morning|afternoon|evening)\b", r"today \1", plain)
    return MORNING_WORD.sub(r"\1 \2morgens", AM_PREPOSITION.sub(r"\1, am ", replace_number_words(plain))).strip()


def _split_range(days: DayRange | None) -> tuple[date | None, date | None, date | None]:
    if days is None:
        return None, None, None
    return (days.first, None, None) if days.first == days.last else (None, days.first, days.last)
