"""Reads days and times as people say them and as models write them: `read_when` is the whole grammar in one call."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from app.domain.language import clarification
from app.domain.language.clarification import Unclear
from app.domain.language.dates import Dates, Days
from app.domain.language.ranges import days_in, hours_in, parts_in
from app.domain.language.relative_dates import Relative
from app.domain.language.scanner import DAY, TIME, Patient, Scanner
from app.domain.language.time_expression import Language, Part, When, instant, is_missing, is_repeated
from app.domain.language.times import Clock, find_bare_hours, find_clocks
from app.domain.language.vocabulary import fold, with_digits

LONGEST = 300
GREETING = r"\b(?:guten|good|schoenen) (?:morgen|tag|abend|morning|day|evening|afternoon)\b"
EXCLUDED = (
    r"\b(?:nicht (?!vor\b|nach\b|spaeter\b|frueher\b)|ausser|except|not (?!before\b|after\b|later\b|earlier\b)|anything but|keinen? )"
)
# "dienstag geht nicht, lieber mittwoch": a clause that rules something out says nothing of what is wanted
RULED_OUT = re.compile(
    r"(?:^|[,.;] ?)[^,.;]*\b(?:(?:geht|passt|klappt|kann|koennte|schaffe)\b[^,.;]*\bnicht"
    r"|nicht (?!vor\b|nach\b|spaeter\b|frueher\b)[^,.;]*(?=, ?(?:sondern|lieber|dafuer))|(?:can't|won't)\b"
    r"|(?:does|do|would|can|could|will|is)(?:n't| ?not)\b(?: (?:work|suit|make|do|good|fit))?)(?: [^,.;<\d]{0,20})?(?=[,.;]|$)"
)
# "um 4 am donnerstag" is no a.m.
NO_AM = re.compile(
    r"\b(\d{1,2}) am (?=(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|wochenende|naechst|kommend|uebernaechst|folgend|\d{1,2}\.)"
)
SHARES = (
    (r"\bin (?:eine[rm]? |ner )?(?:drei ?|3 ?)viertel ?stunden?\b|\bin (?:three|3) quarters of an hour\b", "in 45 minuten"),
    (r"\bin (?:eine[rm]? |ner )?viertel ?stunden?\b|\bin (?:a )?quarter of an hour\b", "in 15 minuten"),
    (r"\bin an hour and a half\b", "in 90 minuten"),
    (r"\bin an hour and a quarter\b", "in 75 minuten"),
)
# "morgen" behind these is the part of the day, not tomorrow
MORNING = re.compile(
    r"\b(am|heute|jeden|gegen|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|morgen|uebermorgen|<d\d+>),? ((?:frueh|spaet)en )?morgen\b"
)
SOON = (
    r"\b(?:so (?:bald|frueh|schnell) wie (?:es )?(?:moeglich|geht)|schnellstmoeglich\w*|moeglichst (?:bald|schnell|frueh)|baldmoeglichst|bald"
    r"|as soon as (?:possible|you can)|asap|naechstmoeglich\w*|sofort|jetzt|gleich|right away|right now|now|soonest|(?:the )?(?:next|1\.) available"
    r"|(?:naechste[rn]?|1\.) freie[rn]?)\b"
)
ANY = r"\b(?:egal|irgendwann|jederzeit|any ?time|any day|whenever|flexibel|flexible|sometime|beliebig|immer)\b"
SUMMER = r"\b(?:sommerzeit|summer time|vor (?:der )?(?:zeit)?umstellung|before the (?:clock )?change)\b"
WINTER = r"\b(?:winterzeit|normalzeit|winter time|standard time|nach (?:der )?(?:zeit)?umstellung|after the (?:clock )?change)\b"
AHEAD = (
    r"\bin (?:(\d{1,3})( (?:und|and) (?:eine[rn]? |a )?(?:halben?|half))?|(?:eine[rnm]? |an? )?(halben|half(?: an?)?)|(anderthalb|eineinhalb)"
    r"|eine[rnm]?|an?) (stunden?|hours?|std|minuten?|minutes?|min)\b"
)


def read_when(text: str, now: datetime, zone: str, language: Language = "de") -> When:
    """What the words mean as seen from `now` in the zone. Both languages are understood whichever is given: it only decides how 3/4
    is read and in which language a question is put. Never raises: what is not clear comes with a question.
    """
    try:
        return _Reading(text, now, zone, language).result()
    except Unclear as unclear:
        return When(question=unclear.ask(language), options=unclear.options)
    except (ValueError, OverflowError):
        return When(question=clarification.nothing_said().ask(language))


def read_time(text: str, now: datetime, zone: str, language: Language = "de") -> When:
    """The same for words that can only be a time: a bare "10" or "14 30" is an hour."""
    plain = with_digits(fold(text[:LONGEST]))
    return read_when(f"um {plain}" if re.fullmatch(r"\d{1,2}(?:[ .]\d\d)?\.?", plain) else text, now, zone, language)


def mark_all(text: str, now: datetime, zone: str, language: Language = "de") -> Scanner:
    """The folded text with a mark in place of each day and time that it names, for who reads more in it than one moment. What is
    not clear stays as words.
    """
    reading = _Reading(text, now, zone, language, Patient)
    with suppress(Unclear, ValueError, OverflowError):
        reading.find()
    return reading.scanner


class _Reading:
    """One text, worked through from what is surest to what needs its neighbours."""

    def __init__(self, text: str, now: datetime, zone: str, language: Language, scanner: type[Scanner] = Scanner) -> None:
        self.now, self.zone, self.language = now, zone, language
        self.today = now.astimezone(ZoneInfo(zone)).date()
        self.scanner = scanner(_prepared(text))

    def result(self) -> When:
        scanner = self.scanner
        if scanner.has(EXCLUDED) or RULED_OUT.search(scanner.text):
            raise clarification.not_by_exclusion()
        passes = 0 if scanner.drop(SUMMER) else 1 if scanner.drop(WINTER) else None
        open_to_any = scanner.drop(ANY)
        self.find()
        soon = scanner.drop(SOON)
        part, bounds = parts_in(scanner)
        hours = hours_in(scanner, part)
        days = days_in(scanner, self.today)
        at_from, at_to = hours.at_from or bounds[0], hours.at_to or bounds[1]
        if days is None and not hours.are_named and part is None and at_from is None and at_to is None:
            if soon or open_to_any:
                return When(day_from=self.today)
            raise clarification.nothing_said()
        shown = cast("Part | None", None if part == "night" or hours.at is not None else part)
        if part == "night" and hours.at is None:
            at_from = at_from or time(20)
        when = When(*_as_days(self._not_today(days, hours.at)), at=hours.at, at_from=at_from, at_to=at_to, part=shown)
        return self._on_changed_clocks(when, hours.fold if hours.fold is not None else passes)

    def find(self) -> None:
        scanner = self.scanner
        self._find_durations()
        dates = Dates(scanner, self.today, self.zone, self.language)
        dates.find()
        find_clocks(scanner)
        Relative(scanner, self.today).find()
        scanner.text = MORNING.sub(r"\1 \2morgens", scanner.text)
        find_bare_hours(scanner)
        dates.find_days_of_month()

    def _find_durations(self) -> None:
        """ "in 2 stunden" is real time, whatever the clocks do meanwhile."""

        def marked(found: re.Match[str]) -> str:
            half = 1 if found[2] or found[3] else 0
            number = 1.5 if found[4] else int(found[1] or (0 if found[3] else 1)) + half / 2
            length = timedelta(minutes=number * (60 if found[5][0] in "sh" else 1), seconds=59)
            moment = (self.now + length).replace(second=0, microsecond=0).astimezone(ZoneInfo(self.zone))
            day, clock = Days(moment.date(), moment.date()), Clock(moment.hour, moment.minute, fold=moment.fold)
            return f" {self.scanner.mark(DAY, day)} {self.scanner.mark(TIME, clock)} "

        self.scanner.text = " ".join(re.sub(AHEAD, marked, self.scanner.text).split())

    def _not_today(self, days: Days | None, at: time | None) -> Days | None:
        """ "Freitag" said on a Friday: today if it is still ahead and that is what is meant, so it is asked."""
        if days is None or days.weekday is None or days.first != self.today:
            return days
        week_on = self.today + timedelta(weeks=1)
        if at is not None and instant(self.today, at, self.zone) <= self.now:
            return Days(week_on, week_on)
        raise clarification.which_day([self.today, week_on], self.today)

    def _on_changed_clocks(self, when: When, fold: int | None) -> When:
        if when.day is None or when.at is None:
            return when
        if is_missing(when.day, when.at, self.zone):
            raise clarification.hour_is_missing(when.day, when.at)
        if is_repeated(when.day, when.at, self.zone):
            if fold is None:
                both = [instant(when.day, when.at.replace(fold=each), self.zone).astimezone(ZoneInfo(self.zone)) for each in (0, 1)]
                raise clarification.hour_comes_twice(when.day, when.at, both)
            return When(day=when.day, at=when.at.replace(fold=fold))
        return when


def _prepared(text: str) -> str:
    plain = re.sub(r"[<>]|[!?]+", " ", fold(text[:LONGEST]))
    plain = re.sub(GREETING, " ", plain)
    for words, minutes in SHARES:
        plain = re.sub(words, minutes, plain)
    plain = re.sub(r"(?<![,.;]) (sondern|aber) (?!nicht\b)", r", \1 ", plain)
    wanted = RULED_OUT.sub("", plain).strip(" ,.;")
    plain = wanted if re.search(r"\w", wanted) else plain
    plain = re.sub(r"\bfirst thing(?: in the morning)?\b", "early morning", plain)
    plain = re.sub(r"\b(?:um )?punkt (?=\w)", "um ", plain)
    plain = re.sub(r"\btonight\b", "today evening", plain)
    plain = re.sub(r"\b(tomorrow|today|\w+day) night\b", r"\1 evening", plain)
    plain = re.sub(r"\bthis (morning|afternoon|evening)\b", r"today \1", plain)
    return MORNING.sub(r"\1 \2morgens", NO_AM.sub(r"\1, am ", with_digits(plain))).strip()


def _as_days(days: Days | None) -> tuple[date | None, date | None, date | None]:
    if days is None:
        return None, None, None
    return (days.first, None, None) if days.first == days.last else (None, days.first, days.last)
