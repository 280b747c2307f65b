"""The calendar of a branch: who does what when, what is held, and who is there."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete

from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.day_schedule import BranchSchedule, DayScheduleEntry, load_day_schedule
from app.models import Booking, BusySpan, Hold, Service, StaffBranch, StaffMember, WorkingHours
from tests.factories.salon import DESK, Salon, at, make_call, make_customer


def load(salon: Salon, branch: str = "mitte", since: str = "2026-05-12T00:00", until: str = "2026-05-13T00:00") -> BranchSchedule:
    return load_day_schedule(salon.branches[branch], at(since), at(until))


def entries(salon: Salon, person: str, branch: str = "mitte") -> list[DayScheduleEntry]:
    (column,) = [column for column in load(salon, branch).columns if column.staff_id == salon.people[person]]
    return column.entries


def book(salon: Salon, *parts: str, **changes: object) -> Booking:
    with transaction():
        return create_booking(salon.request(*parts, **changes))


def hold(order: BookingRequest) -> Hold:
    with transaction():
        return create_hold(order)


def times(*pairs: str) -> tuple[tuple[datetime, datetime], ...]:
    """`10:00-10:30` on the day that the examples book."""
    return tuple((at(f"2026-05-12T{start}"), at(f"2026-05-12T{end}")) for start, end in (pair.split("-") for pair in pairs))


def test_a_booking_stands_with_its_person_customer_and_work(salon: Salon) -> None:
    booking = book(salon, "cut:anna", customer_id=make_customer(salon))
    (entry,) = entries(salon, "anna")
    assert (entry.kind, entry.id, entry.service, entry.names) == ("booking", booking.id, "Haarschnitt", ("Mira Sommer",))
    assert (entry.status, entry.by_call, entry.version, entry.seats) == ("confirmed", True, 1, None)
    assert ((entry.starts_at, entry.ends_at),) == entry.work == times("10:00-10:30")
    assert (entry.buffers, entry.processing) == ((), [])
    assert entries(salon, "ben") == []


@pytest.mark.parametrize("is_past", [False, True])
def test_work_is_told_from_processing_even_when_its_locks_are_forgotten(db: SQLAlchemy, salon: Salon, is_past: bool) -> None:
    book(salon, "colour:anna")
    if is_past:
        with transaction():
            db.session.execute(delete(BusySpan))
    (entry,) = entries(salon, "anna")
    assert entry.work == times("10:00-10:30", "11:10-11:30")
    assert entry.processing == list(times("10:30-11:10"))


def test_work_of_another_length_than_the_services_is_one_stretch(db: SQLAlchemy, salon: Salon) -> None:
    book(salon, "colour:anna")
    with transaction():
        db.session.execute(delete(BusySpan))
        db.session.get_one(Service, salon.services["colour"]).minutes = 100
    assert entries(salon, "anna")[0].work == times("10:00-11:30")


def test_buffers_surround_the_work(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.get_one(Service, salon.services["wash"]).before_minutes = 5
    book(salon, "wash:anna")
    (entry,) = entries(salon, "anna")
    assert entry.work == times("10:00-10:15")
    assert entry.buffers == times("09:55-10:00", "10:15-10:25")


def test_each_part_of_a_visit_stands_with_its_own_work(salon: Salon) -> None:
    book(salon, "cut:anna", "colour:anna")
    assert [entry.work for entry in entries(salon, "anna")] == [times("10:00-10:30"), times("10:30-11:00", "11:40-12:00")]


def test_a_group_is_one_entry_with_all_who_come(salon: Salon) -> None:
    first = book(salon, "yoga:anna", customer_id=make_customer(salon))
    book(salon, "yoga:anna", customer_id=make_customer(salon, "Ole Thomsen"))
    (entry,) = entries(salon, "anna")
    assert (entry.kind, entry.id, entry.names, entry.seats) == ("group", first.id, ("Mira Sommer", "Ole Thomsen"), 3)
    assert entry.work == times("10:00-11:00")


def test_a_held_visit_stands_with_each_of_its_people_for_their_own_part(salon: Salon) -> None:
    held = hold(salon.request("cut:anna", "colour:ben"))
    (annas,), (bens,) = entries(salon, "anna"), entries(salon, "ben")
    assert (annas.kind, annas.id, annas.status, annas.expires_at) == ("hold", held.id, "held", held.expires_at)
    assert ((annas.starts_at, annas.ends_at),) == annas.work == times("10:00-10:30")
    # the processing time is held with the rest
    assert ((bens.starts_at, bens.ends_at),) == bens.work == times("10:30-12:00")


def test_a_held_seat_of_a_group_stands_for_the_whole_time(salon: Salon) -> None:
    held = hold(salon.request("yoga:anna"))
    (entry,) = entries(salon, "anna")
    assert (entry.kind, entry.id, entry.work) == ("hold", held.id, times("10:00-11:00"))


@pytest.mark.parametrize(("source", "by_call"), [("call", True), ("simulator", True), ("web", False), ("api", False), ("link", False)])
def test_a_booking_says_whether_it_was_made_by_telephone(salon: Salon, source: str, by_call: bool) -> None:
    book(salon, "cut:anna", source=source)
    assert [entry.by_call for entry in entries(salon, "anna")] == [by_call]


def test_a_hold_says_whether_a_call_placed_it(salon: Salon) -> None:
    hold(salon.request("cut:anna"))
    hold(salon.request("cut:ben", call_id=make_call(salon)))
    assert [entry.by_call for person in ("anna", "ben") for entry in entries(salon, person)] == [False, True]


def test_a_hold_that_ran_out_is_not_shown(salon: Salon, present: time_machine.Traveller) -> None:
    hold(salon.request("cut:anna"))
    present.shift(timedelta(hours=1))
    assert entries(salon, "anna") == []


def test_only_what_takes_place_here_and_now_is_shown(salon: Salon) -> None:
    shown = [book(salon, "cut:anna", starts=f"2026-05-12T{clock}") for clock in ("14:00", "09:00")]
    for starts in ("2026-05-11T10:00", "2026-05-13T10:00"):
        book(salon, "cut:anna", starts=starts)
        hold(salon.request("cut:anna", starts=starts[:-5] + "12:00"))
    book(salon, "cut:ben", branch_id=salon.branches["pankow"])
    hold(salon.request("cut:ben", starts="2026-05-12T12:00", branch_id=salon.branches["pankow"]))
    gone = book(salon, "cut:ben", starts="2026-05-12T16:00")
    with transaction():
        cancel_booking(gone.id, DESK)
    assert [entry.id for entry in entries(salon, "anna")] == [shown[1].id, shown[0].id]
    assert entries(salon, "ben") == []
    assert [entry.kind for entry in entries(salon, "ben", "pankow")] == ["booking", "hold"]


def test_what_began_before_midnight_is_shown_until_it_ends(salon: Salon) -> None:
    late = book(salon, "cut:anna", starts="2026-05-11T23:45", ignore_rules=True)
    book(salon, "cut:ben", starts="2026-05-11T23:30", ignore_rules=True)
    assert [entry.id for entry in entries(salon, "anna")] == [late.id]
    assert entries(salon, "ben") == []


def test_columns_are_of_who_works_here_or_has_bookings_here(db: SQLAlchemy, salon: Salon) -> None:
    book(salon, "cut:ben")
    with transaction():
        db.session.add(StaffMember(name="Cleo", position=0))
        clara = StaffMember(name="Clara", position=1, is_active=False)
        db.session.add(clara)
        db.session.flush()
        db.session.add(StaffBranch(staff_id=clara.id, branch_id=salon.branches["mitte"]))
        db.session.get_one(StaffMember, salon.people["ben"]).is_active = False
        db.session.execute(delete(StaffBranch).where(StaffBranch.staff_id == salon.people["ben"]))
    assert [column.name for column in load(salon).columns] == ["Anna Lindgren", "Ben Lindgren"]
    assert [column.name for column in load(salon, "pankow").columns] == ["Anna Lindgren"]
    with transaction():
        db.session.get_one(StaffMember, salon.people["anna"]).position = 5
    assert [column.name for column in load(salon).columns] == ["Ben Lindgren", "Anna Lindgren"]


def test_a_shift_is_work_while_the_branch_is_open(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(
            WorkingHours(branch_id=salon.branches["mitte"], staff_id=salon.people["anna"], weekday=1, opens=7 * 60, closes=13 * 60)
        )
    schedule = load(salon)
    assert schedule.open == list(times("09:00-18:00"))
    assert {column.name: column.shift for column in schedule.columns} == {
        "Anna Lindgren": list(times("09:00-13:00")), "Ben Lindgren": list(times("09:00-18:00")),
    }  # fmt: skip


def test_whoever_is_busy_elsewhere_is_busy_here(salon: Salon) -> None:
    book(salon, "wash:anna", branch_id=salon.branches["pankow"])
    assert load(salon).busy == {salon.people["anna"]: list(times("10:00-10:25")), salon.people["ben"]: []}


def test_a_branch_that_offers_nothing_has_an_empty_calendar(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        for service_id in salon.services.values():
            db.session.get_one(Service, service_id).is_active = False
    schedule = load(salon)
    assert (schedule.columns, schedule.open) == ([], [])
    assert [service.id for service in schedule.services] == list(salon.services.values())
