"""Bookings move, and two screens do not overwrite each other."""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import BookingNotFound, InvalidBookingTransition, StaleVersion, TooLate
from app.models import Booking, BookingChange, BusySpan, GroupSession, Policy, SlotLock
from tests.factories.salon import CALLER, DESK, Salon, at, make_salon


def book(order: BookingRequest) -> Booking:
    with transaction():
        return create_booking(order)


def move(booking: Booking, to: str | None = None, **others: Any) -> Booking:
    with transaction():
        return reschedule_booking(booking.id, others.pop("actor", DESK), starts_at=at(to) if to else None, **others)


def test_a_moved_booking_frees_its_old_time_and_tells_it_in_its_history(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    move(booking, "2026-05-12T10:15", reason="Zug verspätet")
    assert (booking.starts_at, booking.ends_at, booking.version) == (at("2026-05-12T10:15"), at("2026-05-12T10:45"), 2)
    made, moved = db.session.scalars(select(BookingChange).order_by(BookingChange.id))
    assert (made.action, moved.action, moved.reason, moved.actor_id, moved.version) == ("made", "moved", "Zug verspätet", "user-1", 2)
    assert moved.before == {"starts_at": at("2026-05-12T10:00").isoformat(), "ends_at": at("2026-05-12T10:30").isoformat()}
    assert book(salon.request("cut:anna", starts="2026-05-12T10:45")).id != booking.id
    assert db.session.scalar(select(func.count()).select_from(SlotLock)) == 24


def test_a_refused_move_leaves_everything_as_it_was(db: SQLAlchemy, salon: Salon) -> None:
    first, second = book(salon.request("cut:anna")), book(salon.request("cut:anna", starts="2026-05-12T11:00"))
    with pytest.raises(SlotTaken):
        move(second, "2026-05-12T10:15")
    db.session.expire_all()
    assert (second.starts_at, second.version) == (at("2026-05-12T11:00"), 1)
    with pytest.raises(SlotTaken):
        book(salon.request("cut:anna", starts="2026-05-12T11:15"))
    assert first.version == 1


def test_another_person_takes_over(salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    assert move(booking, staff_id=salon.people["ben"]).staff_id == salon.people["ben"]
    book(salon.request("cut:anna"))


def test_with_any_staff_whoever_is_free_takes_over_but_nobody_who_is_excluded(salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    book(salon.request("cut:anna", starts="2026-05-12T11:00"))
    with pytest.raises(SlotTaken):
        move(booking, "2026-05-12T11:00")
    with pytest.raises(SlotTaken):
        move(booking, "2026-05-12T11:00", any_staff=True, excluded_staff=frozenset([salon.people["ben"]]))
    assert move(booking, "2026-05-12T11:00", any_staff=True).staff_id == salon.people["ben"]


def test_moving_it_to_where_it_is_changes_nothing(salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    assert move(booking, "2026-05-12T10:00").version == 1


def test_the_second_of_two_screens_is_told(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    move(booking, "2026-05-12T11:00", version=1)
    with pytest.raises(StaleVersion) as refused:
        move(booking, "2026-05-12T12:00", version=1)
    assert refused.value.data == {"version": 2}


def test_callers_move_only_in_time(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    with transaction():
        db.session.add(Policy(scope=salon.people["anna"], staff_id=salon.people["anna"], move_minutes=60 * 24 * 10))
    with pytest.raises(TooLate):
        move(booking, "2026-05-20T10:00", actor=CALLER)
    assert move(booking, "2026-05-20T10:00").version == 2


def test_what_is_over_or_of_others_is_not_moved(salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    other = make_salon("salon-b")
    with company_scope(other.company_id), pytest.raises(BookingNotFound):
        move(booking, "2026-05-12T12:00")
    with transaction():
        cancel_booking(booking.id, DESK)
    with pytest.raises(InvalidBookingTransition):
        move(booking, "2026-05-12T12:00")


def test_a_visit_moves_with_all_its_parts(db: SQLAlchemy, salon: Salon) -> None:
    first = book(salon.request("wash:anna", "cut:ben"))
    move(first, "2026-05-12T14:00")
    visit = db.session.scalars(select(Booking).order_by(Booking.starts_at)).all()
    assert [booking.starts_at for booking in visit] == [at("2026-05-12T14:00"), at("2026-05-12T14:15")]
    assert {booking.version for booking in visit} == {2}
    assert db.session.scalars(select(BusySpan.holder_id).distinct()).all() == [first.visit_id]


def test_who_leaves_a_group_last_takes_it_along(db: SQLAlchemy, salon: Salon) -> None:
    one, two = book(salon.request("yoga:anna")), book(salon.request("yoga:anna"))
    move(two, "2026-05-12T12:00")
    assert db.session.scalars(select(GroupSession.seats_taken).order_by(GroupSession.starts_at)).all() == [1, 1]
    move(one, "2026-05-12T12:00")
    session = db.session.scalars(select(GroupSession)).one()
    assert (session.seats_taken, session.starts_at) == (2, at("2026-05-12T12:00"))
    # alone in a group one does not stand in one's own way
    with transaction():
        cancel_booking(two.id, DESK)
    assert move(one, "2026-05-12T12:15").starts_at == at("2026-05-12T12:15")
