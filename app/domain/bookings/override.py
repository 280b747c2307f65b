"""Find what stands against a booking that the desk wants all the same: the past, hours and rules, and time that is taken."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.core.extensions import db
from app.domain.scheduling.allocation_plan import AllocationPlan, PlannedPart, list_plans
from app.domain.scheduling.minute_bits import to_minute, to_minute_ceil
from app.domain.scheduling.types import SchedulingData, SlotQuery, VisitPart, ignore_rules
from app.domain.scheduling.unavailability_reasons import TAKEN_CODES, Reason, explain_unavailable
from app.models import Hold

CLOSED_CODES = ("holiday", "closure", "closed", "nobody_on_shift")
OVERRIDABLE_CODES = ("in_the_past", "too_soon", "too_far", "policy", *CLOSED_CODES, *TAKEN_CODES)


@dataclass(frozen=True, slots=True)
class Override:
    """A plan that ignores what stands against it, with all of it; `data` is what the plan is based on."""

    plan: AllocationPlan
    data: SchedulingData
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)


def find_override(query: SlotQuery, data: SchedulingData, starts_at: datetime) -> Override | None:
    """Find the plan with the least to ignore: people who are free before people who are taken.

    None where nothing may be ignored: the service is not offered, somebody holds the time at this moment, or nobody was
    named whose time may be given twice.
    """
    free_query, free_data = replace(query, now=min(query.now, starts_at)), ignore_rules(data)
    plan = next(iter(list_plans(free_query, free_data, starts_at)), None)
    if plan is None and all(part.staff_id for part in query.parts):
        plan = _find_overbooked_plan(free_query, free_data, starts_at)
    if plan is None:
        return None
    reasons: dict[str, Reason] = {}
    for part in plan.parts:
        for reason in _explain_part(replace(query, parts=(VisitPart(part.service_id, part.staff_id),)), data, part):
            reasons.setdefault(reason.code, reason)
    if not reasons or not set(reasons) <= set(OVERRIDABLE_CODES):
        return None
    return Override(replace(plan, overridden=tuple(reasons)), free_data, tuple(reasons.values()))


def _find_overbooked_plan(query: SlotQuery, data: SchedulingData, starts_at: datetime) -> AllocationPlan | None:
    """Find a plan that gives the time of the named people twice; rooms only where none is free, and never over a hold."""
    sessions = tuple(replace(session, seats=max(session.seats, session.taken + query.seats)) for session in data.sessions)
    for freed in (_free_people(data), replace(data, busy=())):
        if plans := list_plans(query, replace(freed, sessions=sessions), starts_at):
            return None if _meets_hold(plans[0], data, query.ignoring) else plans[0]
    return None


def _explain_part(query: SlotQuery, data: SchedulingData, part: PlannedPart) -> list[Reason]:
    """All that stands against one part: the past, then hours and rules, then the person's time, then the room's."""
    query = query.at(part.starts_at)
    later, free_data = replace(query, now=min(query.now, part.starts_at)), ignore_rules(data)
    layers = [(query, data), (later, data), (later, free_data)]
    if part.session_id is None:
        layers.append((later, _free_people(free_data)))
    return [reason for asked, facts in layers for reason in explain_unavailable(asked, facts, part.starts_at)]


def _free_people(data: SchedulingData) -> SchedulingData:
    """Drop what people are busy with, so that only rooms are taken."""
    people = {person.id for person in data.people}
    return replace(data, busy=tuple(busy for busy in data.busy if busy.resource_id not in people))


def _meets_hold(plan: AllocationPlan, data: SchedulingData, ignoring: frozenset[str]) -> bool:
    """Whether the plan needs time that is held for somebody who decides at this moment."""
    allocations = [allocation for part in plan.parts for allocation in part.allocations]
    holders = {
        busy.holder_id
        for busy in data.busy
        for allocation in allocations
        if busy.resource_id == allocation.resource_id
        and busy.start < to_minute_ceil(allocation.ends_at)
        and busy.end > to_minute(allocation.starts_at)
    } - ignoring
    return bool(holders) and db.session.scalar(select(Hold.id).where(Hold.id.in_(holders), Hold.active()).limit(1)) is not None
