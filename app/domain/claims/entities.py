"""What a clause says of an appointment: day, time, person, service; several appointments one after the other."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.claims.evidence import Facts
from app.domain.language.dates import Days
from app.domain.language.parser import mark_all
from app.domain.language.scanner import Scanner
from app.domain.language.times import Clock
from app.domain.language.vocabulary import fold, with_digits

TITLE = r"(?:(?:frau|herrn?|dr|doktor|doctor|ms|mrs|mr|prof|der|die|dem|unsere[rm]?)\.? )*"
WITH = rf"\b(?:bei|mit|von|zu|with|by|to|see) {TITLE}"
GREETS = r"(?= (?:erwartet|freut|nimmt|kuemmert|expects|looks))"
BETWEEN_DAYS = re.compile(r"[ ,]*(?:(?:den|der|dem|the|on|am|das ist|ein|also|a|that is|that's|is|of|dann)[ ,]*)*")
# what an appointment was before: "von Dienstag auf Mittwoch"
FROM = re.compile(
    r"\b(?:von|vom|from|statt|anstatt|instead of|urspruenglich)(?: (?:dem|den|am|the|on))? <[dt]\d+>(?:[ ,]*(?:um |at )?<[dt]\d+>)*(?=,? (?:auf|to|nach|zu)\b|,)"
)
UNTIL = re.compile(r"(<t\d+>) ?(?:-|bis|to|until) ?<t\d+>")
NOBODY = frozenset(
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
NAMED = re.compile(r"\b[Bb]ei (?:Frau |Herrn? |Dr\. |Doktor )*([A-ZÄÖÜ][a-zäöüß]+)\b(?! (?:Haaren?|Problemen))")
NAMED_EN = re.compile(r"\b[Ww]ith (?:Ms\.? |Mrs\.? |Mr\.? |Dr\.? )*([A-Z][a-z]+)\b")


@dataclass(slots=True)
class Detail:
    """What is said of one appointment; a day may be a weekday only, or a weekday and a date that should fit."""

    days: Days | None = None
    weekday: int | None = None
    clock: Clock | None = None
    staff: set[str] = field(default_factory=set)
    # a name that nobody here has
    stranger: str | None = None
    services: set[str] = field(default_factory=set)

    @property
    def says_when(self) -> bool:
        return self.days is not None or self.clock is not None

    @property
    def day(self) -> date | None:
        """The date that was said, None for a weekday only."""
        only_weekday = self.days is not None and self.days.weekday is not None
        return self.days.first if self.days and self.days.first == self.days.last and not only_weekday else None


class House:
    """Finds people and services of one company in folded text."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._people: dict[str, set[str]] = {}
        for person in facts.people:
            words = [word for word in _folded(person.name).split() if word not in ("dr", "dr.", "prof", "prof.", "frau", "herr")]
            for name in (" ".join(words), *words):
                self._people.setdefault(name, set()).add(person.id)
        self._services: dict[str, set[str]] = {}
        for offer in facts.offers:
            for name in offer.names:
                self._services.setdefault(_folded(name), set()).add(offer.id)
        self.words = frozenset(word for name in (*facts.places, *self._services) for word in _folded(name).split())
        self._names = _either(self._people)
        self._offers = _either(self._services, glue=r"[ ,]+(?:und |and |& )?")
        self.token = re.compile(
            rf"<d(?P<d>\d+)>|<t(?P<t>\d+)>|{WITH}(?P<who>{self._names})\b|\b(?P<host>{self._names})\b{GREETS}|\b(?P<what>{self._offers})\b"
        )
        self._service = re.compile(rf"\b(?:{self._offers})\b")

    def people_called(self, name: str) -> set[str]:
        return self._people.get(name, set())

    def services_called(self, name: str) -> set[str]:
        plain = " ".join(word for word in re.split(r"[ ,&]+", name) if word not in ("und", "and"))
        return self._services.get(plain, set())

    def services_in(self, plain: str) -> list[tuple[int, set[str]]]:
        """Where in a folded text services are named."""
        return [(found.start(), self.services_called(found[0])) for found in self._service.finditer(plain)]

    def stranger_in(self, raw: str) -> str | None:
        for found in (*NAMED.finditer(raw), *NAMED_EN.finditer(raw)):
            name = _folded(found[1])
            if name not in self._people and name not in NOBODY and name not in self.words:
                return found[1]
        return None


def scan(text: str, at: datetime, zone: str) -> Scanner:
    """The text with its days and times marked, without what an appointment was before and without ends of stretches."""
    scanner = mark_all(text, at, zone)
    scanner.text = UNTIL.sub(r"\1", FROM.sub(" ", scanner.text))
    return scanner


def details_in(scanner: Scanner, house: House, raw: str) -> list[Detail]:
    """The appointments that are spoken of, in order; empty where nothing of them is said."""
    found: list[Detail] = []
    current, carried, end = Detail(), False, 0
    for token in house.token.finditer(scanner.text):
        between = scanner.text[end : token.start()]
        if token["d"] is not None:
            current, carried = _take_day(found, current, scanner.found[int(token["d"])], between, carried)
        elif token["t"] is not None:
            if current.clock is not None:
                found.append(current)
                current, carried = Detail(days=current.days, weekday=current.weekday), True
            current.clock = scanner.found[int(token["t"])]
        elif who := token["who"] or token["host"]:
            if current.staff and current.clock is not None:
                found.append(current)
                current, carried = Detail(), False
            current.staff |= house.people_called(who)
        else:
            current.services |= house.services_called(token["what"])
        end = token.end()
    found.append(current)
    stranger = house.stranger_in(raw)
    if stranger and len(found) == 1 and not current.staff and current.says_when:
        current.stranger = stranger
    return _telling(found)


def _take_day(found: list[Detail], current: Detail, days: Days, between: str, carried: bool) -> tuple[Detail, bool]:
    """A weekday and a date side by side are one day; a day behind a finished time begins the next appointment."""
    if current.days is not None and current.clock is None and BETWEEN_DAYS.fullmatch(between):
        one, other = (current.days, days) if current.days.weekday is not None else (days, current.days)
        if one.weekday is not None and other.weekday is None:
            current.days, current.weekday = other, one.weekday
            return current, carried
    if current.days is not None and current.clock is not None and not carried:
        found.append(current)
        current = Detail()
    current.days, current.weekday = days, None
    return current, False


def _telling(found: list[Detail]) -> list[Detail]:
    """Where times are named, a bare day beside them is "heute" or the like."""
    timed = [detail for detail in found if detail.clock is not None]
    telling = timed or [detail for detail in found if detail.says_when] or [d for d in found if d.staff or d.services or d.stranger]
    for detail in found:
        if detail not in telling and telling and not detail.says_when and len(telling) == 1:
            telling[0].staff |= detail.staff
            telling[0].services |= detail.services
    return telling


def _folded(name: str) -> str:
    return " ".join(re.split(r"[ ,&/]+", with_digits(fold(name)).strip()))


def _either(names: Iterable[str], *, glue: str = r" ") -> str:
    """One pattern for all names, the longest first; matches nothing where there is none."""
    longest_first = sorted((name for name in names if name), key=len, reverse=True)
    return "|".join(glue.join(map(re.escape, name.split())) for name in longest_first) or r"(?!)"
