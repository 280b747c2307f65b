"""Opening hours of a branch, as callers ask for them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import find_next_opening, get_day_opening
from app.domain.scheduling.types import AvailabilityQuery, SchedulingData
from app.models import Branch

LOOKAHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class DayHours:
    """The opening spans of one date in local time, and the holiday's name if it is one."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str | None

    @property
    def clock_spans(self) -> list[tuple[time, time]]:
        return [(opens.time(), closes.time()) for opens, closes in self.spans]


def get_branch_day(branch: Branch, moment: datetime) -> tuple[DayHours, bool, datetime | None]:
    """Get today's hours, whether the branch is open now, and the next opening; an inactive branch is closed."""
    if not branch.is_active:
        return DayHours(moment.astimezone(ZoneInfo(branch.zone)).date(), (), None), False, None
    facts = _load_scheduling_data(branch, moment - timedelta(days=1), moment + timedelta(days=LOOKAHEAD_DAYS))
    today = _build_hours(branch, facts, moment.astimezone(ZoneInfo(branch.zone)).date())
    return today, *find_next_opening(facts.get_branch(branch.id), facts, moment, days=LOOKAHEAD_DAYS)


def get_opening_status(branch: Branch, moment: datetime) -> tuple[bool, datetime | None]:
    """Get whether the branch is open, and its next opening."""
    return get_branch_day(branch, moment)[1:]


def find_opening_after(branch: Branch, moment: datetime) -> datetime | None:
    """Find the next opening; the moment itself where the branch is open then."""
    is_open, opens_at = get_opening_status(branch, moment)
    return moment if is_open else opens_at


def get_hours(branch: Branch, day: date) -> DayHours:
    if not branch.is_active:
        return DayHours(day, (), None)
    midnight = datetime.combine(day, time(), ZoneInfo(branch.zone))
    return _build_hours(branch, _load_scheduling_data(branch, midnight, midnight + timedelta(days=1)), day)


def list_hours(branch: Branch, first: date, days: int) -> list[DayHours]:
    """List the hours of consecutive dates."""
    midnight = datetime.combine(first, time(), ZoneInfo(branch.zone))
    facts = _load_scheduling_data(branch, midnight, midnight + timedelta(days=days))
    return [_build_hours(branch, facts, first + timedelta(days=number)) for number in range(days)]


def _build_hours(branch: Branch, facts: SchedulingData, day: date) -> DayHours:
    zone, opening = ZoneInfo(branch.zone), get_day_opening(facts.get_branch(branch.id), facts, day)
    return DayHours(day, tuple((opens.astimezone(zone), closes.astimezone(zone)) for opens, closes in opening.spans), opening.holiday)


def _load_scheduling_data(branch: Branch, first: datetime, before: datetime) -> SchedulingData:
    """Load opening data only, without services."""
    return load_scheduling_data(AvailabilityQuery((), first, before, first, branch_id=branch.id))
