"""A small salon in Berlin for examples one can read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.scheduling.holidays import HolidayRegion
from app.domain.scheduling.types import (
    SchedulingBranch,
    SchedulingData,
    SchedulingRoom,
    SchedulingService,
    SchedulingStaffMember,
    ServiceTiming,
    SlotQuery,
    StaffServiceOffer,
    VisitPart,
    WeeklySpan,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = tuple(WeeklySpan(weekday, 9 * 60, 18 * 60) for weekday in range(6))


def at(text: str, fold: int = 0) -> datetime:
    """A Berlin wall-clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def salon(**changes: object) -> SchedulingData:
    cut, colour = (
        SchedulingService("cut", ServiceTiming(30), "Schnitt"),
        SchedulingService("colour", ServiceTiming(90, processing_from=30, processing=40), "Farbe"),
    )
    facts = SchedulingData(
        branches=(SchedulingBranch("mitte", "Europe/Berlin", HOURS, "Mitte", region=HolidayRegion("DE", "BE")),),
        services=(cut, colour),
        people=(SchedulingStaffMember("anna", "Anna"), SchedulingStaffMember("ben", "Ben")),
        offers=(
            StaffServiceOffer("cut", "anna", "mitte"),
            StaffServiceOffer("cut", "ben", "mitte"),
            StaffServiceOffer("colour", "anna", "mitte"),
        ),
        rooms=(SchedulingRoom("chair1", "mitte", "chair"), SchedulingRoom("chair2", "mitte", "chair")),
        grid_minutes=30,
    )
    return replace(facts, **changes)


def asking(*parts: str, day: str = "2026-05-12", hours: int = 24, now: str = "2026-05-01T12:00", **changes: object) -> SlotQuery:
    """The whole of a day; a part is `cut` or `cut:anna`."""
    wanted = tuple(VisitPart(*part.split(":")) for part in parts)
    start = at(f"{day}T00:00")
    question = SlotQuery(wanted, start, start + timedelta(hours=hours), at(now))
    return replace(question, **changes)
