"""The jobs of bookings: freed times are handed on, what ran out ends, and past guards are forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking, create_hold
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.waitlist import join_waitlist, withdraw_entry
from app.jobs import waitlist_and_holds
from app.models import Booking, Connection, Hold, SlotLock, StaffTask, WaitlistEntry, WaitlistOffer
from tests.factories.salon import DESK, PRESENT, Salon, at, make_customer, make_salon


@pytest.fixture
def present(db: SQLAlchemy) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PRESENT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def salon(db: SQLAlchemy, present: time_machine.Traveller) -> Salon:
    salon = make_salon()
    with company_scope(salon.company_id), transaction():
        db.session.add(Connection(provider="twilio", api_key="AC1:token", label="Lindgren", is_active=True))
    return salon


def book(salon: Salon, part: str = "yoga:anna", starts: str = "2026-05-12T10:00") -> Booking:
    with company_scope(salon.company_id), transaction():
        return create_booking(salon.request(part, starts=starts))


def wait(salon: Salon, name: str) -> WaitlistEntry:
    """Somebody who waits for ten o'clock with Anna."""
    with company_scope(salon.company_id), transaction():
        return join_waitlist(
            make_customer(salon, name), salon.services["cut"], staff_id=salon.people["anna"],
            window_from=at("2026-05-12T10:00"), window_until=at("2026-05-12T10:01"),
            contact_phone="+491713920050",
        )  # fmt: skip


def offers(db: SQLAlchemy) -> list[tuple[str, str]]:
    db.session.expire_all()
    with unscoped():
        return [tuple(row) for row in db.session.execute(select(WaitlistOffer.entry_id, WaitlistOffer.status).order_by(WaitlistOffer.id))]


@pytest.mark.parametrize("leave", ["cancel", "move"])
def test_a_booking_that_leaves_hands_its_time_to_who_waits(db: SQLAlchemy, salon: Salon, leave: str) -> None:
    book(salon, "cut:anna", starts="2026-05-12T15:00")
    booking, entry = book(salon), wait(salon, "Mira")
    with company_scope(salon.company_id):
        with transaction():
            if leave == "cancel":
                cancel_booking(booking.id, DESK)
            else:
                reschedule_booking(booking.id, DESK, starts_at=at("2026-05-12T14:00"))
        waitlist_and_holds.offer_freed_slot(booking.id)
        waitlist_and_holds.offer_freed_slot(booking.id)
    assert offers(db) == [(entry.id, "offered")]


def test_a_refill_that_got_lost_is_made_up_for(db: SQLAlchemy, salon: Salon) -> None:
    booking, entry = book(salon), wait(salon, "Mira")
    with company_scope(salon.company_id), transaction():
        cancel_booking(booking.id, DESK)
    waitlist_and_holds.sweep_waitlist()
    waitlist_and_holds.sweep_waitlist()
    assert offers(db) == [(entry.id, "offered")]


def test_a_task_to_phone_is_closed_once_nobody_waits(db: SQLAlchemy, salon: Salon) -> None:
    booking, entry = book(salon), wait(salon, "Mira")
    with company_scope(salon.company_id):
        with transaction():
            entry.contact_phone = "+493023125190"
            cancel_booking(booking.id, DESK)
        waitlist_and_holds.offer_freed_slot(booking.id)
        assert offers(db) == []
        with transaction():
            withdraw_entry(entry.id)
    waitlist_and_holds.sweep_waitlist()
    with company_scope(salon.company_id):
        assert db.session.scalars(select(StaffTask.status)).all() == ["done"]


def test_what_ran_out_ends_at_every_company_and_the_next_is_asked(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    other = make_salon("salon-b")
    booking, first, second = book(salon), wait(salon, "Mira"), wait(salon, "Otto")
    with company_scope(salon.company_id):
        with transaction():
            cancel_booking(booking.id, DESK)
        waitlist_and_holds.offer_freed_slot(booking.id)
    with company_scope(other.company_id), transaction():
        create_hold(other.request("cut:anna"))
    present.shift(timedelta(minutes=31))
    assert waitlist_and_holds.expire_holds_and_offers() == 2
    assert offers(db) == [(first.id, "expired"), (second.id, "offered")]
    assert waitlist_and_holds.expire_holds_and_offers() == 0
    with unscoped():
        assert sorted(db.session.scalars(select(Hold.status)).all()) == ["expired", "expired", "open"]


def test_the_guard_of_days_that_are_over_is_forgotten(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    for day in (6, 7, 9, 12):
        book(salon, starts=f"2026-05-{day:02}T10:00")
    present.move_to("2026-05-09T12:00:00+02:00")
    hour = 60 // 5
    # two resources, an hour each, on two days
    assert waitlist_and_holds.delete_past_slot_locks() == 2 * 2 * hour
    with unscoped():
        left = db.session.scalar(select(func.count()).select_from(SlotLock))
    # the booking to come and that of this morning, and the seats of all four
    assert left == 2 * 2 * hour + 4
    assert waitlist_and_holds.delete_past_slot_locks() == 0
