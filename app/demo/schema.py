"""The dataclasses of the demo companies and the parsers of their text tables."""

from dataclasses import dataclass
from datetime import time

Span = tuple[time, time]
Week = dict[int, tuple[Span, ...]]
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


@dataclass(frozen=True)
class DemoService:
    key: str
    name: str
    minutes: int
    price_cents: int
    # minutes after the start, and how many, in which the person is free
    processing: tuple[int, int] | None
    category: str
    # wording of a request: "Ich hätte gern …", "I would like …"
    wish: str
    english: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class DemoStaff:
    key: str
    name: str
    # behind "bei": Tom, Frau Doktor Morgenstern
    spoken: str
    services: tuple[str, ...]
    days_off: tuple[int, ...]


@dataclass(frozen=True)
class DemoBranch:
    slug: str
    name: str
    # how the agent names it
    spoken: str
    street: str
    postcode: str
    city: str
    state: str
    number: str
    # prefix of unknown callers' numbers, followed by two digits
    strangers: str
    hours: Week
    staff: tuple[DemoStaff, ...]


@dataclass(frozen=True)
class DemoUser:
    email: str
    name: str
    role: str
    # branches the user is limited to; empty: all
    branches: tuple[str, ...] = ()
    # the person in the team who it is, by name
    staff: str | None = None


@dataclass(frozen=True)
class DemoCompany:
    slug: str
    name: str
    industry: str
    agent: str
    greeting: str
    services: tuple[DemoService, ...]
    branches: tuple[DemoBranch, ...]
    users: tuple[DemoUser, ...]
    # customers by number: families share one
    families: dict[str, tuple[str, ...]]
    # names of customers who speak English
    english: tuple[str, ...]

    def service(self, key: str) -> DemoService:
        return next(service for service in self.services if service.key == key)


def parse_services(table: str) -> tuple[DemoService, ...]:
    """Parse lines of `key | name | minutes | euros | processing "30+35" | category | wish | English | synonyms`."""
    return tuple(_service(*cells) for cells in _lines(table))


def parse_staff(table: str) -> tuple[DemoStaff, ...]:
    """Parse lines of `key | name | spoken | service keys | days off`."""
    return tuple(
        DemoStaff(key, name, spoken, tuple(services.split()), tuple(WEEKDAYS.index(day) for day in off.split()))
        for key, name, spoken, services, off in _lines(table)
    )


def parse_week(**days: str) -> Week:
    """Parse opening hours by weekday (Monday is 0), `mo="8-12 14-18"`; days not given are closed."""
    return {WEEKDAYS.index(day): tuple(_span(part) for part in spans.split()) for day, spans in days.items()}


def _service(
    key: str, name: str, minutes: str, euros: str, processing: str, category: str, wish: str, english: str, synonyms: str
) -> DemoService:
    middle = (int(processing.split("+")[0]), int(processing.split("+")[1])) if processing else None
    others = tuple(word.strip() for word in synonyms.split(",") if word.strip())
    return DemoService(key, name, int(minutes), int(euros) * 100, middle, category, wish, english, others)


def _lines(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _span(text: str) -> Span:
    return _clock(text.split("-")[0]), _clock(text.split("-")[1])


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute or 0))
