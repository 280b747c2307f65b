"""A person, a service or a branch goes: the bookings that hang on them are found, guarded, and can still be moved."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete, update

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.closure_conflicts import find_rebooking_options
from app.domain.bookings.create import create_booking
from app.domain.bookings.orphaned_bookings import BookingsAffected, count_orphaned, guard_bookings, list_orphaned
from app.domain.bookings.reschedule import reschedule_booking
from app.models import Booking, Branch, BranchService, Service, StaffBranch, StaffMember, StaffService
from tests.factories.salon import CALLER, DESK, Salon, at, make_salon


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Salon]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True):
        yield make_salon()


def _book(salon: Salon, part: str = "cut:anna", starts: str = "2026-05-12T10:00") -> str:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=starts)).id


def _execute(db: SQLAlchemy, salon: Salon, statement: Any) -> None:
    with company_scope(salon.company_id), transaction():
        db.session.execute(statement)


GONE: dict[str, Callable[[Salon], Any]] = {
    "person": lambda salon: update(StaffMember).where(StaffMember.id == salon.people["anna"]).values(is_active=False),
    "branch_of_person": lambda salon: delete(StaffBranch).where(StaffBranch.branch_id == salon.branches["mitte"]),
    "service_of_person": lambda salon: delete(StaffService).where(StaffService.service_id == salon.services["cut"]),
    "service": lambda salon: update(Service).where(Service.id == salon.services["cut"]).values(is_active=False),
    "branch": lambda salon: update(Branch).where(Branch.id == salon.branches["mitte"]).values(is_active=False),
}


@pytest.mark.parametrize("gone", GONE)
def test_what_hangs_on_a_master_record_that_goes_is_found(db: SQLAlchemy, salon: Salon, gone: str) -> None:
    mine = _book(salon)
    past = _book(salon, starts="2026-05-05T10:00")
    cancelled = _book(salon, starts="2026-05-13T10:00")
    with company_scope(salon.company_id), transaction():
        cancel_booking(cancelled, DESK)
        assert list_orphaned() == []
    _execute(db, salon, GONE[gone](salon))
    with time_machine.travel("2026-05-06T08:00:00+02:00"), company_scope(salon.company_id):
        assert [booking.id for booking in list_orphaned()] == [mine]
        assert list_orphaned(branch_ids=[salon.branches["pankow"]]) == []
        assert (count_orphaned(), past != mine) == (1, True)


def test_a_service_that_a_branch_no_longer_offers_leaves_its_bookings(db: SQLAlchemy, salon: Salon) -> None:
    mine = _book(salon)
    with company_scope(salon.company_id), transaction():
        db.session.add(BranchService(branch_id=salon.branches["mitte"], service_id=salon.services["cut"], is_offered=False))
    with company_scope(salon.company_id):
        assert [booking.id for booking in list_orphaned(service_id=salon.services["cut"])] == [mine]
        assert list_orphaned(service_id=salon.services["colour"]) == []


def test_the_guard_counts_what_the_change_leaves_and_takes_the_number_that_was_seen(db: SQLAlchemy, salon: Salon) -> None:
    first, second = _book(salon), _book(salon, starts="2026-05-12T14:00")
    anna = salon.people["anna"]

    def switch_off(accepted: int) -> None:
        with company_scope(salon.company_id), transaction(), guard_bookings(accepted=accepted, staff_id=anna):
            db.session.get_one(StaffMember, anna).is_active = False

    for seen in (0, 1):
        with pytest.raises(BookingsAffected) as refused:
            switch_off(seen)
        assert refused.value.booking_ids == [first, second]
        with company_scope(salon.company_id):
            assert db.session.get_one(StaffMember, anna).is_active
    switch_off(2)
    # what was left before is no matter of the next change
    switch_off(0)
    with company_scope(salon.company_id):
        assert not db.session.get_one(StaffMember, anna).is_active


@pytest.mark.parametrize("gone", ["person", "branch_of_person", "service_of_person"])
def test_who_moves_an_appointment_of_somebody_who_left_gets_anybody(db: SQLAlchemy, salon: Salon, gone: str) -> None:
    mine = _book(salon)
    statement = GONE[gone](salon)
    if gone != "person":
        statement = statement.where((StaffBranch if gone == "branch_of_person" else StaffService).staff_id == salon.people["anna"])
    _execute(db, salon, statement)
    with company_scope(salon.company_id), transaction():
        ways = find_rebooking_options(db.session.get_one(Booking, mine))
        assert {slot.staff_id for slot in (*ways.other_staff, *ways.other_times)} == {salon.people["ben"]}
        assert len(ways.other_times) == 3
        moved = reschedule_booking(mine, CALLER, starts_at=at("2026-05-13T10:00"))
        assert (moved.staff_id, moved.starts_at) == (salon.people["ben"], at("2026-05-13T10:00"))
    with company_scope(salon.company_id):
        assert list_orphaned() == []
