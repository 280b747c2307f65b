"""Searches free slots at a time, in an interval or as soon as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.domain.agents.tools.argument_parsing import ServiceSelection, to_interval
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.phrasing import MAX_SLOTS, select_spread
from app.domain.bookings.unmet_demand import record_unmet_demand
from app.domain.language.time_expression import TimeExpression
from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.opening_hours import get_day_opening
from app.domain.scheduling.reasons import Reason, explain_unavailable, format_reason
from app.domain.scheduling.types import AvailabilityQuery, SchedulingData, Slot

# search intervals for the first free slot, tried in order
LOOKAHEADS = (timedelta(days=14), timedelta(days=60))
SEARCH_RADIUS = timedelta(days=7)
TAKEN_REASONS = ("booked", "buffer", "room_taken")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SlotSearchResult:
    """`requested_free` is set where an exact time was requested; `explanation` is a sentence; `facts` hold the names."""

    slots: list[Slot]
    facts: SchedulingData | None = None
    requested_free: bool | None = None
    reason: str | None = None
    explanation: str | None = None


def search_at(visit: ServiceSelection, starts_at: datetime) -> SlotSearchResult:
    """Search an exact start; where it is taken, give the reason and alternatives."""
    if starts_at < now():
        return _attach_reason(search_around(visit, starts_at), "in_the_past", format_reason(Reason("in_the_past")), requested_free=False)
    question = _build_query(visit, starts_at, starts_at + MINUTE, any_start=True)
    facts = load_scheduling_data(question, for_callers=True)
    if slots := find_free_slots(question, facts).first(3):
        return SlotSearchResult(slots, facts, True)
    reason, why = _select_reason(explain_unavailable(question, facts, starts_at), facts)
    return _attach_reason(search_around(visit, starts_at), reason, why, requested_free=False)


def search_interval(context: ToolContext, visit: ServiceSelection, when: TimeExpression) -> SlotSearchResult:
    """Search the named days and hours; where nothing is free, give the reason and the next slots."""
    first, before = to_interval(context, when, visit.branch.zone)
    if first >= before:
        return _attach_reason(search_next(visit), "in_the_past", format_reason(Reason("in_the_past")))
    question = _build_query(visit, first, before)
    facts = load_scheduling_data(question, for_callers=True)
    answer = find_free_slots(question, facts)
    if starts := _filter_by_clock(answer.list_starts(), *when.minutes(), zone=visit.branch.zone):
        return SlotSearchResult([answer.find_at(start)[0] for start in select_spread(starts, MAX_SLOTS)], facts)
    reason, why = _explain_interval(visit, question, facts, when)
    return _attach_reason(search_next(visit, since=max(before, now())), reason, why)


def search_next(visit: ServiceSelection, *, since: datetime | None = None, most: int = 3) -> SlotSearchResult:
    """Search the first free slots, at most one a day where there are several days."""
    begin = since or now()
    facts = None
    for reach in LOOKAHEADS:
        question = _build_query(visit, begin, begin + reach)
        facts = load_scheduling_data(question, for_callers=True)
        answer = find_free_slots(question, facts)
        if starts := answer.list_starts():
            return SlotSearchResult([answer.find_at(start)[0] for start in _pick_one_a_day(starts, visit.branch.zone, most)], facts)
    return SlotSearchResult([], facts)


def search_around(visit: ServiceSelection, starts_at: datetime, *, most: int = 3) -> SlotSearchResult:
    """Search the slots closest to a time that is taken; else the next ones."""
    starts_at = max(starts_at, now())
    question = _build_query(visit, max(starts_at - SEARCH_RADIUS, now()), starts_at + SEARCH_RADIUS)
    facts = load_scheduling_data(question, for_callers=True, all_branches=True)
    best = find_alternatives(question, facts, starts_at, limit=most, search_radius=SEARCH_RADIUS).best(most)
    return SlotSearchResult(best, facts) if best else search_next(visit)


def record_unmet_search(context: ToolContext, visit: ServiceSelection, result: SlotSearchResult, starts_at: datetime | None) -> None:
    """Record a search that found the requested time taken as unmet demand."""
    if result.reason in (None, "in_the_past") or context.call.is_test:
        return
    stamp = starts_at.isoformat() if starts_at else context.today.isoformat()
    record_unmet_demand(
        result.reason or "booked", service_id=visit.parts[0].service_id, staff_id=visit.staff_id, branch_id=visit.branch.id,
        requested_from=starts_at, customer_id=context.call.customer_id, call_id=context.call.id,
        source_ref=f"wish:{context.call.id}:{visit.parts[0].service_id}:{stamp}",
    )  # fmt: skip


def _attach_reason(other: SlotSearchResult, reason: str, why: str, *, requested_free: bool | None = None) -> SlotSearchResult:
    return SlotSearchResult(other.slots, other.facts, requested_free, reason, why)


def _build_query(visit: ServiceSelection, first: datetime, before: datetime, *, any_start: bool = False) -> AvailabilityQuery:
    return AvailabilityQuery(visit.parts, first, before, now(), branch_id=visit.branch.id, max_gap=visit.max_gap, any_start=any_start)


def _filter_by_clock(starts: list[datetime], low: int, high: int, *, zone: str) -> list[datetime]:
    """Filter starts by local time in [low, high) minutes after midnight."""
    if (low, high) == (0, 1440) or not starts:
        return starts
    tz = ZoneInfo(zone)
    shift, last = (start.astimezone(tz).utcoffset() for start in (starts[0], starts[-1]))
    if shift is not None and shift == last:
        midnight = starts[0].astimezone(tz).replace(hour=0, minute=0)
        return [start for start in starts if low <= (start - midnight) // MINUTE % 1440 < high]
    return [start for start in starts if low <= _to_minute_of_day(start.astimezone(tz)) < high]


def _explain_interval(visit: ServiceSelection, question: AvailabilityQuery, facts: SchedulingData, when: TimeExpression) -> tuple[str, str]:
    """Explain why an interval has no slot: for one day closed or blocked, for several booked."""
    if when.day is None:
        return _select_reason([Reason("booked")], facts)
    opening = get_day_opening(facts.get_branch(visit.branch.id), facts, when.day)
    ahead = [max(start, question.starts_from) for start, end in opening.spans if end > question.starts_from]
    if not ahead:
        return _select_reason([Reason("holiday" if opening.holiday else "closed" if not opening.spans else "in_the_past")], facts)
    return _select_reason(explain_unavailable(question, facts, ahead[0]) or [Reason("booked")], facts)


def _select_reason(reasons: Sequence[Reason], facts: SchedulingData) -> tuple[str, str]:
    """Select the most informative reason: booked before others."""
    telling = next((reason for reason in reasons if reason.code in TAKEN_REASONS), None) or (reasons or [Reason("booked")])[0]
    names = {person.id: person.name for person in facts.people if len(reasons) == 1}
    return telling.code, format_reason(telling, names)


def _pick_one_a_day(starts: list[datetime], zone: str, most: int) -> list[datetime]:
    days: dict[date, datetime] = {}
    for start in starts:
        if len(days) == most:
            break
        days.setdefault(start.astimezone(ZoneInfo(zone)).date(), start)
    return list(days.values()) if len(days) > 1 else starts[:most]


def _to_minute_of_day(local: datetime) -> int:
    return local.hour * 60 + local.minute
