"""What is offered in place of a time that cannot be had."""

from app.domain.scheduling.alternatives import find_alternatives
from app.domain.scheduling.holidays import HolidayRegion
from app.domain.scheduling.types import BusyInterval, SchedulingBranch, StaffServiceOffer
from tests.domain.scheduling.salon import HOURS, asking, at, salon

TEN = at("2026-05-12T10:00")
BOOKED = BusyInterval.from_times("anna", TEN, at("2026-05-12T10:30"))


def test_another_time_with_her_or_the_same_time_with_him() -> None:
    found = find_alternatives(asking("cut:anna"), salon(busy=(BOOKED,)), TEN)
    assert [slot.starts_at for slot in found.other_times] == [at("2026-05-12T09:30"), at("2026-05-12T10:30"), at("2026-05-12T09:00")]
    assert {slot.staff_id for slot in found.other_times} == {"anna"}
    assert [(slot.staff_id, slot.starts_at) for slot in found.other_staff] == [("ben", TEN)]
    assert [slot.starts_at for slot in found.best(2)] == [TEN, at("2026-05-12T09:30")]


def test_another_branch_at_the_time() -> None:
    pankow = SchedulingBranch("pankow", "Europe/Berlin", HOURS, region=HolidayRegion("DE", "BE"))
    facts = salon(branches=(*salon().branches, pankow), offers=(*salon().offers, StaffServiceOffer("cut", "ben", "pankow")), busy=(BOOKED,))
    found = find_alternatives(asking("cut:anna", branch_id="mitte"), facts, TEN)
    assert [(slot.branch_id, slot.starts_at) for slot in found.other_branches][:1] == [("pankow", TEN)]


def test_for_a_time_long_past_there_is_nothing() -> None:
    assert find_alternatives(asking("cut"), salon(), at("2026-01-05T10:00")).best() == []
