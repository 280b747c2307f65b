"""A small salon in Berlin for examples one can read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.scheduling.types import Branch, Facts, Offer, Part, Person, Question, Room, Service, Timing, WeeklySpan

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = tuple(WeeklySpan(weekday, 9 * 60, 18 * 60) for weekday in range(6))


def at(text: str, fold: int = 0) -> datetime:
    """A Berlin wall-clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def salon(**changes: object) -> Facts:
    cut, colour = Service("cut", Timing(30), "Schnitt"), Service("colour", Timing(90, processing_from=30, processing=40), "Farbe")
    facts = Facts(
        branches=(Branch("mitte", "Europe/Berlin", HOURS, "Mitte", state="BE"),),
        services=(cut, colour),
        people=(Person("anna", "Anna"), Person("ben", "Ben")),
        offers=(Offer("cut", "anna", "mitte"), Offer("cut", "ben", "mitte"), Offer("colour", "anna", "mitte")),
        rooms=(Room("chair1", "mitte", "chair"), Room("chair2", "mitte", "chair")),
        grid_minutes=30,
    )
    return replace(facts, **changes)


def asking(*parts: str, day: str = "2026-05-12", hours: int = 24, now: str = "2026-05-01T12:00", **changes: object) -> Question:
    """The whole of a day; a part is `cut` or `cut:anna`."""
    wanted = tuple(Part(*part.split(":")) for part in parts)
    start = at(f"{day}T00:00")
    question = Question(wanted, start, start + timedelta(hours=hours), at(now))
    return replace(question, **changes)
