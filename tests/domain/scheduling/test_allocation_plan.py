"""What a booking takes of people and rooms."""

from dataclasses import replace

from app.domain.scheduling.allocation_plan import list_plans
from app.domain.scheduling.types import SchedulingGroupSession, SchedulingRoom, SchedulingService, ServiceTiming, StaffServiceOffer
from tests.domain.scheduling.salon import BERLIN, asking, at, salon

TEN = at("2026-05-12T10:00")


def taken(plan: object) -> list[tuple[str, str, str, int, int]]:
    return [
        (t.resource_id, t.starts_at.astimezone(BERLIN).strftime("%H:%M"), t.ends_at.astimezone(BERLIN).strftime("%H:%M"), t.before, t.after)
        for part in plan.parts
        for t in part.allocations
    ]


def test_processing_time_leaves_the_person_free_and_buffers_are_taken() -> None:
    colour = SchedulingService("colour", ServiceTiming(90, before=5, after=10, processing_from=30, processing=40), room_kinds=("chair",))
    plan = list_plans(asking("colour:anna"), salon(services=(colour,)), TEN)[0]
    assert taken(plan) == [
        ("anna", "09:55", "10:30", 5, 0),
        ("anna", "11:10", "11:40", 0, 10),
        ("chair1", "09:55", "11:40", 0, 0),
    ]


def test_whoever_is_free_is_a_plan_of_its_own() -> None:
    assert [plan.parts[0].staff_id for plan in list_plans(asking("cut"), salon(), TEN)] == ["anna", "ben"]
    assert list_plans(asking("cut"), salon(), at("2026-05-12T10:10")) == []


def test_a_group_takes_the_largest_room_and_later_guests_only_a_seat() -> None:
    yoga = SchedulingService("yoga", ServiceTiming(60), capacity=8, room_kinds=("hall",))
    rooms = (SchedulingRoom("large", "mitte", "hall", places=6), SchedulingRoom("small", "mitte", "hall", places=2))
    facts = salon(services=(yoga,), rooms=rooms, offers=(StaffServiceOffer("yoga", "anna", "mitte"),))
    first = list_plans(asking("yoga"), facts, TEN)[0].parts[0]
    assert (first.room_ids, first.seats, first.session_id) == (("large",), 6, None)
    standing = replace(facts, sessions=(SchedulingGroupSession("s", "yoga", "anna", "mitte", TEN, 6, 1),))
    later = list_plans(asking("yoga"), standing, TEN)[0].parts[0]
    assert (later.allocations, later.session_id) == ((), "s")
