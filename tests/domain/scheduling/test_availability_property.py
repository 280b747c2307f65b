"""Availability, reasons and plans against the slow reference, over invented calendars."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.domain.scheduling.allocation_plan import list_plans
from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.types import SchedulingData, SlotQuery
from app.domain.scheduling.unavailability_reasons import explain_unavailable
from tests.domain.scheduling.reference import MINUTE, Reference
from tests.domain.scheduling.worlds import worlds

pytestmark = pytest.mark.exhaustive

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


@SLOW
@given(worlds())
def test_the_free_slots_are_exactly_those_of_the_reference(world: tuple[SlotQuery, SchedulingData]) -> None:
    question, facts = world
    found = [(slot.starts_at, slot.branch_id, slot.staff_id) for slot in find_free_slots(question, facts)]
    expected = list(Reference(question, facts).slots())
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(expected)
    assert [start for start, *_ in found] == sorted(start for start, *_ in found)
    assert find_free_slots(question, facts).list_starts() == sorted({start for start, *_ in expected})


@SLOW
@given(worlds())
def test_every_part_of_a_visit_can_be_done_when_it_is_promised(world: tuple[SlotQuery, SchedulingData]) -> None:
    question, facts = world
    reference = Reference(question, facts)
    for slot in find_free_slots(question, facts).first(20):
        branch = facts.get_branch(slot.branch_id)
        end = slot.starts_at
        for part in slot.parts:
            offer = next(o for o in facts.offers if (o.service_id, o.staff_id, o.branch_id) == (part.service_id, part.staff_id, branch.id))
            assert reference.can_do(offer, branch, part.starts_at)
            assert timedelta(0) <= part.starts_at - end <= question.max_gap * MINUTE
            end = part.ends_at
        assert slot.ends_at == (end if slot.parts else slot.ends_at)


@SLOW
@given(worlds(), st.integers(0, 899))
def test_a_time_without_reasons_is_free_and_one_with_reasons_is_not(world: tuple[SlotQuery, SchedulingData], later: int) -> None:
    question, facts = world
    start = (question.starts_from + later * MINUTE).replace(second=0)
    at_that_time = replace(question, starts_from=start, starts_before=start + MINUTE, any_start=True)
    reasons = explain_unavailable(question, facts, start)
    assert (not reasons) == any(True for _ in Reference(at_that_time, facts).slots()), reasons
    assert len(reasons) == len(set(reasons))


@SLOW
@given(worlds())
def test_what_a_plan_takes_is_free_and_touches_nothing_of_others(world: tuple[SlotQuery, SchedulingData]) -> None:
    question, facts = world
    reference = Reference(question, facts)
    for start in find_free_slots(question, facts).list_starts()[:3]:
        for plan in list_plans(question, facts, start):
            assert plan.starts_at == start
            for part in plan.parts:
                assert part.session_id or part.allocations
                kinds = [next(room.kind for room in facts.rooms if room.id == room_id) for room_id in part.room_ids]
                assert part.session_id or kinds == list(facts.get_service(part.service_id).room_kinds)
                for taking in part.allocations:
                    minute = taking.starts_at
                    while minute < taking.ends_at:
                        assert not reference.taken(taking.resource_id, minute)
                        minute += MINUTE
