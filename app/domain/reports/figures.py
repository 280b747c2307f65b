"""The figures of the start page, added up from the hourly counts: a period, the one before it, when it rings, and the night."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.extensions import db
from app.models import CallHour

# outcomes of calls that nobody took, and of those in which nobody spoke with anybody
NOT_ANSWERED = ("missed",)
NOT_TALKED = ("missed", "hung_up", "voicemail")
WITH_APPOINTMENT = ("booked", "rescheduled")
WANTED_APPOINTMENT = (*WITH_APPOINTMENT, "waitlist")
NIGHT_FROM, NIGHT_UNTIL = 18, 8


@dataclass
class Totals:
    """Calls of a stretch of time."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def calls(self) -> int:
        return sum(self.outcomes.values())

    @property
    def answered(self) -> int:
        return self._without(NOT_ANSWERED)

    @property
    def talked(self) -> int:
        return self._without(NOT_TALKED)

    @property
    def wanted(self) -> int:
        return self._of(WANTED_APPOINTMENT)

    @property
    def booked(self) -> int:
        return self._of(WITH_APPOINTMENT)

    @property
    def callbacks(self) -> int:
        return self._of(("callback",))

    def _of(self, names: Collection[str]) -> int:
        return sum(self.outcomes[name] for name in names if name in self.outcomes)

    def _without(self, names: Collection[str]) -> int:
        return self.calls - self._of(names)


@dataclass
class Period:
    """The period's totals, and the same in its steps: days, or for a single day hours."""

    total: Totals
    steps: list[Totals]


@dataclass
class Figures:
    """`before` is as long and as far: the last seven days against the seven before, today against the same weekday last week,
    both up to the present hour."""

    period: Period
    before: Period
    today: Totals
    # calls by weekday (0 is Monday) and hour, of a week at least
    rings: dict[tuple[int, int], int]


def read_figures(branch_ids: Collection[str], *, days: int, now: datetime, zone: str) -> Figures:
    """The figures of these branches for the last `days` days, today included, in that zone."""
    local = now.astimezone(ZoneInfo(zone))
    last, back = local.date(), 7 if days == 1 else days
    first = last - timedelta(days=days - 1)
    step: Any = CallHour.hour if days == 1 else CallHour.day
    counts = _counts(branch_ids, _between(first, last), step)
    earlier = _counts(branch_ids, _between(first - timedelta(days=back), last - timedelta(days=back), until_hour=local.hour), step)
    period, before = _period(counts, _steps(first, days)), _period(earlier, _steps(first - timedelta(days=back), days))
    today = period.total if days == 1 else period.steps[-1]
    return Figures(period, before, today, _rings(branch_ids, last - timedelta(days=max(days, 7) - 1), last))


def read_night(branch_ids: Collection[str], *, now: datetime, zone: str) -> Totals:
    """The calls from yesterday evening until this morning."""
    today = now.astimezone(ZoneInfo(zone)).date()
    evening = and_(CallHour.day == today - timedelta(days=1), CallHour.hour >= NIGHT_FROM)
    morning = and_(CallHour.day == today, CallHour.hour < NIGHT_UNTIL)
    totals = Totals()
    for (_step, outcome), calls in _counts(branch_ids, or_(evening, morning), CallHour.day).items():
        totals.outcomes[outcome] += calls
    return totals


def _steps(first: date, days: int) -> Sequence[Any]:
    return range(24) if days == 1 else [first + timedelta(days=ahead) for ahead in range(days)]


def _between(first: date, last: date, *, until_hour: int | None = None) -> ColumnElement[bool]:
    """`until_hour` cuts the last day short: a day that is over would win against one that has begun."""
    if until_hour is None:
        return CallHour.day.between(first, last)
    return and_(CallHour.day.between(first, last), or_(CallHour.day < last, CallHour.hour <= until_hour))


def _counts(branch_ids: Collection[str], when: ColumnElement[bool], step: Any) -> dict[tuple[Any, str], int]:
    wanted = select(step, CallHour.outcome, func.sum(CallHour.calls)).where(CallHour.branch_id.in_(branch_ids), when)
    return {(at, outcome): int(calls) for at, outcome, calls in db.session.execute(wanted.group_by(step, CallHour.outcome))}


def _period(counts: dict[tuple[Any, str], int], steps: Sequence[Any]) -> Period:
    whole, single = Totals(), {step: Totals() for step in steps}
    for (step, outcome), calls in counts.items():
        whole.outcomes[outcome] += calls
        single[step].outcomes[outcome] += calls
    return Period(whole, list(single.values()))


def _rings(branch_ids: Collection[str], first: date, last: date) -> dict[tuple[int, int], int]:
    wanted = select(CallHour.day, CallHour.hour, func.sum(CallHour.calls)).where(
        CallHour.branch_id.in_(branch_ids), CallHour.day.between(first, last)
    )
    rings: dict[tuple[int, int], int] = defaultdict(int)
    for day, hour, calls in db.session.execute(wanted.group_by(CallHour.day, CallHour.hour)):
        rings[day.weekday(), hour] += int(calls)
    return dict(rings)
