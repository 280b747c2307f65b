"""Extracts the appointments a clause mentions: day, time, staff and service."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.claims.evidence import Evidence
from app.domain.language.dates import DayRange
from app.domain.language.parser import mark_expressions
from app.domain.language.scanner import Scanner
from app.domain.language.times import ClockTime
from app.domain.language.vocabulary import fold, replace_number_words

TITLE = r"(?:(?:frau|herrn?|dr|doktor|doctor|ms|mrs|mr|prof|der|die|dem|unsere[rm]?)\.? )*"
STAFF_PREPOSITION = rf"\b(?:bei|mit|von|zu|with|by|to|see) {TITLE}"
STAFF_VERB = r"(?= (?:erwartet|freut|nimmt|kuemmert|expects|looks))"
BETWEEN_DAYS = re.compile(r"[ ,]*(?:(?:den|der|dem|the|on|am|das ist|ein|also|a|that is|that's|is|of|dann)[ ,]*)*")
# the previous time of a moved appointment: "von Dienstag auf Mittwoch"
PREVIOUS_TIME = re.compile(
    r"\b(?:von|vom|from|statt|anstatt|instead of|urspruenglich)(?: (?:dem|den|am|the|on))? <[dt]\d+>(?:[ ,]*(?:um |at )?<[dt]\d+>)*(?=,? (?:auf|to|nach|zu)\b|,)"
)
TIME_RANGE = re.compile(r"(<t\d+>) ?(?:-|bis|to|until) ?<t\d+>")
NON_NAMES = frozenset(
    [
        "fragen",
        "verspaetung",
        "bedarf",
        "verhinderung",
        "problemen",
        "aenderungen",
        "absage",
        "rueckfragen",
        "interesse",
        "krankheit",
        "schnee",
        "uns",
        "ihnen",
        "ihm",
        "ihr",
        "dir",
        "mir",
        "regen",
        "gelegenheit",
        "farbe",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "dem",
        "der",
        "den",
        "einem",
        "einer",
        "unserem",
        "unserer",
    ]
)
STAFF_NAME_DE = re.compile(r"\b[Bb]ei (?:Frau |Herrn? |Dr\. |Doktor )*([A-ZÄÖÜ][a-zäöüß]+)\b(?! (?:Haaren?|Problemen))")
STAFF_NAME_EN = re.compile(r"\b[Ww]ith (?:Ms\.? |Mrs\.? |Mr\.? |Dr\.? )*([A-Z][a-z]+)\b")


@dataclass(slots=True)
class AppointmentMention:
    """One mentioned appointment; the day may be a weekday only, or a weekday and a date that should agree."""

    days: DayRange | None = None
    weekday: int | None = None
    clock: ClockTime | None = None
    staff: set[str] = field(default_factory=set)
    # a name that no staff member has
    unknown_name: str | None = None
    services: set[str] = field(default_factory=set)

    @property
    def has_time(self) -> bool:
        return self.days is not None or self.clock is not None

    @property
    def day(self) -> date | None:
        """The date that was named; None for a weekday only."""
        only_weekday = self.days is not None and self.days.weekday is not None
        return self.days.first if self.days and self.days.first == self.days.last and not only_weekday else None


class NameIndex:
    """Finds a company's staff and services in folded text."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._people: dict[str, set[str]] = {}
        for person in evidence.people:
            words = [word for word in _fold_name(person.name).split() if word not in ("dr", "dr.", "prof", "prof.", "frau", "herr")]
            for name in (" ".join(words), *words):
                self._people.setdefault(name, set()).add(person.id)
        self._services: dict[str, set[str]] = {}
        for offer in evidence.offers:
            for name in offer.names:
                self._services.setdefault(_fold_name(name), set()).add(offer.id)
        self.words = frozenset(word for name in (*evidence.places, *self._services) for word in _fold_name(name).split())
        self._names = _compile_alternatives(self._people)
        self._offers = _compile_alternatives(self._services, glue=r"[ ,]+(?:und |and |& )?")
        self.token = re.compile(
            rf"<d(?P<d>\d+)>|<t(?P<t>\d+)>|{STAFF_PREPOSITION}(?P<who>{self._names})\b|\b(?P<host>{self._names})\b{STAFF_VERB}|\b(?P<what>{self._offers})\b"
        )
        self._service = re.compile(rf"\b(?:{self._offers})\b")

    def find_staff(self, name: str) -> set[str]:
        return self._people.get(name, set())

    def find_services(self, name: str) -> set[str]:
        plain = " ".join(word for word in re.split(r"[ ,&]+", name) if word not in ("und", "and"))
        return self._services.get(plain, set())

    def locate_services(self, plain: str) -> list[tuple[int, set[str]]]:
        """Locate services in folded text."""
        return [(found.start(), self.find_services(found[0])) for found in self._service.finditer(plain)]

    def find_unknown_name(self, raw: str) -> str | None:
        for found in (*STAFF_NAME_DE.finditer(raw), *STAFF_NAME_EN.finditer(raw)):
            name = _fold_name(found[1])
            if name not in self._people and name not in NON_NAMES and name not in self.words:
                return found[1]
        return None


def mark_times(text: str, at: datetime, zone: str) -> Scanner:
    """Mark days and times in the text, without previous times and ends of ranges."""
    scanner = mark_expressions(text, at, zone)
    scanner.text = TIME_RANGE.sub(r"\1", PREVIOUS_TIME.sub(" ", scanner.text))
    return scanner


def find_mentions(scanner: Scanner, names: NameIndex, raw: str) -> list[AppointmentMention]:
    """Find the mentioned appointments, in order."""
    found: list[AppointmentMention] = []
    current, carried, end = AppointmentMention(), False, 0
    for token in names.token.finditer(scanner.text):
        between = scanner.text[end : token.start()]
        if token["d"] is not None:
            current, carried = _add_day(found, current, scanner.found[int(token["d"])], between, carried)
        elif token["t"] is not None:
            if current.clock is not None:
                found.append(current)
                current, carried = AppointmentMention(days=current.days, weekday=current.weekday), True
            current.clock = scanner.found[int(token["t"])]
        elif who := token["who"] or token["host"]:
            if current.staff and current.clock is not None:
                found.append(current)
                current, carried = AppointmentMention(), False
            current.staff |= names.find_staff(who)
        else:
            current.services |= names.find_services(token["what"])
        end = token.end()
    found.append(current)
    unknown_name = names.find_unknown_name(raw)
    if unknown_name and len(found) == 1 and not current.staff and current.has_time:
        current.unknown_name = unknown_name
    return _select_informative(found)


def _add_day(
    found: list[AppointmentMention], current: AppointmentMention, days: DayRange, between: str, carried: bool
) -> tuple[AppointmentMention, bool]:
    """Add a day: a weekday beside a date is one day; a day after a time begins the next appointment."""
    if current.days is not None and current.clock is None and BETWEEN_DAYS.fullmatch(between):
        one, other = (current.days, days) if current.days.weekday is not None else (days, current.days)
        if one.weekday is not None and other.weekday is None:
            current.days, current.weekday = other, one.weekday
            return current, carried
    if current.days is not None and current.clock is not None and not carried:
        found.append(current)
        current = AppointmentMention()
    current.days, current.weekday = days, None
    return current, False


def _select_informative(found: list[AppointmentMention]) -> list[AppointmentMention]:
    """Select the mentions with times; a bare day beside them is a word like "heute"."""
    timed = [mention for mention in found if mention.clock is not None]
    informative = (
        timed or [mention for mention in found if mention.has_time] or [d for d in found if d.staff or d.services or d.unknown_name]
    )
    for mention in found:
        if mention not in informative and informative and not mention.has_time and len(informative) == 1:
            informative[0].staff |= mention.staff
            informative[0].services |= mention.services
    return informative


def _fold_name(name: str) -> str:
    return " ".join(re.split(r"[ ,&/]+", replace_number_words(fold(name)).strip()))


def _compile_alternatives(names: Iterable[str], *, glue: str = r" ") -> str:
    """Compile one pattern for all names, longest first; it matches nothing without names."""
    longest_first = sorted((name for name in names if name), key=len, reverse=True)
    return "|".join(glue.join(map(re.escape, name.split())) for name in longest_first) or r"(?!)"
