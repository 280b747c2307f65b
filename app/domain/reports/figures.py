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

# unanswered calls, and answered ones without a conversation
UNANSWERED_OUTCOMES = ("missed",)
NO_CONVERSATION_OUTCOMES = ("missed", "hung_up", "voicemail")
APPOINTMENT_OUTCOMES = ("booked", "rescheduled")
APPOINTMENT_REQUEST_OUTCOMES = (*APPOINTMENT_OUTCOMES, "waitlist")
NIGHT_FROM, NIGHT_UNTIL = 18, 8


@dataclass
class OutcomeTotals:
    """Calls of a stretch of time."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def calls(self) -> int:
        return sum(self.outcomes.values())

    @property
    def answered(self) -> int:
        return self._without(UNANSWERED_OUTCOMES)

    @property
    def talked(self) -> int:
        return self._without(NO_CONVERSATION_OUTCOMES)

    @property
    def wanted(self) -> int:
        return self._of(APPOINTMENT_REQUEST_OUTCOMES)

    @property
    def booked(self) -> int:
        return self._of(APPOINTMENT_OUTCOMES)

    @property
    def callbacks(self) -> int:
        return self._of(("callback",))

    def _of(self, names: Collection[str]) -> int:
        return sum(self.outcomes[name] for name in names if name in self.outcomes)

    def _without(self, names: Collection[str]) -> int:
        return self.calls - self._of(names)


@dataclass
class PeriodTotals:
    """The period's totals, and the same in its steps: days, or for a single day hours."""

    total: OutcomeTotals
    steps: list[OutcomeTotals]


@dataclass
class Figures:
    """`before` is as long and as far: the last seven days against the seven before, today against the same weekday last week,
    both up to the present hour."""

    period: PeriodTotals
    before: PeriodTotals
    today: OutcomeTotals
    # calls by weekday (0 is Monday) and hour, of a week at least
    rings: dict[tuple[int, int], int]


def load_figures(branch_ids: Collection[str], *, days: int, now: datetime, timezone: str) -> Figures:
    """The figures of these branches for the last `days` days, today included, in that zone."""
    local = now.astimezone(ZoneInfo(timezone))
    last, back = local.date(), 7 if days == 1 else days
    first = last - timedelta(days=days - 1)
    step: Any = CallHour.hour if days == 1 else CallHour.day
    counts = _count_by_step(branch_ids, _build_period_condition(first, last), step)
    earlier = _count_by_step(
        branch_ids, _build_period_condition(first - timedelta(days=back), last - timedelta(days=back), until_hour=local.hour), step
    )
    period, before = (
        _build_period(counts, _list_steps(first, days)),
        _build_period(earlier, _list_steps(first - timedelta(days=back), days)),
    )
    today = period.total if days == 1 else period.steps[-1]
    return Figures(period, before, today, _count_by_weekday_hour(branch_ids, last - timedelta(days=max(days, 7) - 1), last))


def load_night_totals(branch_ids: Collection[str], *, now: datetime, timezone: str) -> OutcomeTotals:
    """The calls from yesterday evening until this morning."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    evening = and_(CallHour.day == today - timedelta(days=1), CallHour.hour >= NIGHT_FROM)
    morning = and_(CallHour.day == today, CallHour.hour < NIGHT_UNTIL)
    totals = OutcomeTotals()
    for (_step, outcome), calls in _count_by_step(branch_ids, or_(evening, morning), CallHour.day).items():
        totals.outcomes[outcome] += calls
    return totals


def _list_steps(first: date, days: int) -> Sequence[Any]:
    return range(24) if days == 1 else [first + timedelta(days=ahead) for ahead in range(days)]


def _build_period_condition(first: date, last: date, *, until_hour: int | None = None) -> ColumnElement[bool]:
    """`until_hour` cuts the last day short: a day that is over would win against one that has begun."""
    if until_hour is None:
        return CallHour.day.between(first, last)
    return and_(CallHour.day.between(first, last), or_(CallHour.day < last, CallHour.hour <= until_hour))


def _count_by_step(branch_ids: Collection[str], when: ColumnElement[bool], step: Any) -> dict[tuple[Any, str], int]:
    statement = select(step, CallHour.outcome, func.sum(CallHour.calls)).where(CallHour.branch_id.in_(branch_ids), when)
    return {(at, outcome): int(calls) for at, outcome, calls in db.session.execute(statement.group_by(step, CallHour.outcome))}


def _build_period(counts: dict[tuple[Any, str], int], steps: Sequence[Any]) -> PeriodTotals:
    whole, single = OutcomeTotals(), {step: OutcomeTotals() for step in steps}
    for (step, outcome), calls in counts.items():
        whole.outcomes[outcome] += calls
        single[step].outcomes[outcome] += calls
    return PeriodTotals(whole, list(single.values()))


def _count_by_weekday_hour(branch_ids: Collection[str], first: date, last: date) -> dict[tuple[int, int], int]:
    statement = select(CallHour.day, CallHour.hour, func.sum(CallHour.calls)).where(
        CallHour.branch_id.in_(branch_ids), CallHour.day.between(first, last)
    )
    rings: dict[tuple[int, int], int] = defaultdict(int)
    for day, hour, calls in db.session.execute(statement.group_by(CallHour.day, CallHour.hour)):
        rings[day.weekday(), hour] += int(calls)
    return dict(rings)
