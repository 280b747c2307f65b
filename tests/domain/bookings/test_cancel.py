"""A cancelled booking frees its time, tells what it costs, and stays cancelled."""

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.transactions import transaction
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.create import create_booking
from app.domain.bookings.status import (
    InvalidBookingTransition,
    StaleVersion,
    TooLate,
    confirm_booking,
    edit_notes,
    mark_done,
    mark_no_show,
)  # fmt: skip
from app.models import Booking, BookingChange, GroupSession, Policy, SlotLock
from tests.factories.salon import CALLER, DESK, Salon, at


def book(order: BookingRequest) -> Booking:
    with transaction():
        return create_booking(order)


def test_the_time_is_free_again_and_history_says_why(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    with transaction():
        cancel_booking(booking.id, CALLER, reason="krank")
    assert (booking.status, booking.version) == ("cancelled", 2)
    assert booking.cancelled_at is not None
    assert db.session.scalar(select(func.count()).select_from(SlotLock)) == 0
    last = db.session.scalars(select(BookingChange).order_by(BookingChange.id.desc())).first()
    assert (last.action, last.actor_type, last.reason, last.before, last.after) == (
        "cancelled", "caller", "krank", {"status": "confirmed"}, {"status": "cancelled"},
    )  # fmt: skip
    book(salon.request("cut:anna"))


def test_cancelling_twice_is_cancelling_once(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    for _ in range(2):
        with transaction():
            assert cancel_booking(booking.id, DESK).version == 2
    with pytest.raises(StaleVersion), transaction():
        cancel_booking(booking.id, DESK, version=1)


def test_callers_cancel_in_time_and_the_fee_is_told(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    with transaction():
        db.session.add(Policy(scope="company", cancel_minutes=60 * 24 * 10, fee_cents=2000, fee_within_minutes=60 * 24 * 9))
    terms = get_terms(booking)
    assert (terms.can_cancel, terms.can_move, terms.fee_cents) == (False, True, 2000)
    assert terms.cancel_until == at("2026-05-02T10:00")
    with pytest.raises(TooLate), transaction():
        cancel_booking(booking.id, CALLER)
    with transaction():
        assert cancel_booking(booking.id, DESK).status == "cancelled"


def test_at_the_deadline_itself_callers_are_in_time_and_pay_nothing(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    with transaction():
        db.session.add(Policy(scope="company", cancel_minutes=60, move_minutes=60, fee_cents=2000, fee_within_minutes=60))
    with time_machine.travel(at("2026-05-12T09:00"), tick=False):
        terms = get_terms(booking)
        assert (terms.can_cancel, terms.can_move, terms.fee_cents) == (True, True, 0)
        with transaction():
            assert cancel_booking(booking.id, CALLER).status == "cancelled"


def test_a_visit_is_cancelled_whole(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon.request("wash", "cut"))
    with transaction():
        cancel_booking(booking.id, DESK)
    assert set(db.session.scalars(select(Booking.status))) == {"cancelled"}
    assert db.session.scalar(select(func.count()).select_from(SlotLock)) == 0


def test_a_group_shrinks_and_goes_with_its_last_guest(db: SQLAlchemy, salon: Salon) -> None:
    guests = [book(salon.request("yoga:anna")) for _ in range(3)]
    with transaction():
        cancel_booking(guests[0].id, DESK)
    assert book(salon.request("yoga:anna")).session_id == guests[1].session_id
    for booking in db.session.scalars(select(Booking).where(Booking.status == "confirmed")).all():
        with transaction():
            cancel_booking(booking.id, DESK)
    assert db.session.scalar(select(func.count()).select_from(GroupSession)) == 0
    assert db.session.scalar(select(func.count()).select_from(SlotLock)) == 0


def test_a_status_follows_only_where_it_makes_sense(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.add(Policy(scope="company", needs_confirmation=True))
    booking = book(salon.request("cut:anna"))
    assert booking.status == "pending"
    with pytest.raises(InvalidBookingTransition), transaction():
        mark_done(booking.id, DESK)
    for change, status in ((confirm_booking, "confirmed"), (mark_no_show, "no_show"), (mark_done, "done")):
        with transaction():
            assert change(booking.id, DESK).status == status
        with transaction():
            version = change(booking.id, DESK).version
    assert version == 4
    with pytest.raises(InvalidBookingTransition), transaction():
        cancel_booking(booking.id, DESK)


def test_notes_are_edited_with_the_version_that_was_seen(salon: Salon) -> None:
    booking = book(salon.request("cut:anna"))
    with transaction():
        assert edit_notes(booking.id, "Allergie: Ammoniak", DESK, version=1).version == 2
    with pytest.raises(StaleVersion), transaction():
        edit_notes(booking.id, "anders", DESK, version=1)
