"""The customer says that they come: noted on the whole visit and at the message that asked, taken back by a move."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.customer_confirmation import confirm_by_customer
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import InvalidBookingTransition, mark_no_show
from app.domain.customers.contacts import find_or_create
from app.jobs.notifications import send_notification
from app.models import Booking, BookingChange, Notification
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import DESK, Salon, at

LINK = Actor("caller", "link")


def book(salon: Salon, *parts: str) -> Booking:
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", number="+491713920050").id)
    return run_in_transaction(lambda: create_booking(salon.request(*parts, customer_id=customer)))


def all_bookings(db: SQLAlchemy) -> list[Booking]:
    db.session.rollback()
    return list(db.session.scalars(select(Booking).order_by(Booking.starts_at)))


def test_every_part_of_the_visit_and_the_message_know(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    booking = book(salon, "cut:anna", "colour:anna")
    send_notification(db.session.scalars(select(Notification.id)).one())
    run_in_transaction(lambda: confirm_by_customer(booking.id, LINK))
    assert all(row.customer_confirmed_at for row in all_bookings(db)) and len(all_bookings(db)) == 2
    message = db.session.scalars(select(Notification)).one()
    assert message.status == "sent" and message.answered_at is not None and message.answer == "confirmed"
    actions = db.session.scalars(select(BookingChange.action).where(BookingChange.booking_id == booking.id).order_by(BookingChange.id))
    assert list(actions) == ["made", "acknowledged"]
    assert db.session.scalars(select(Notification)).one(), "and nobody is told of it"


def test_of_a_visit_the_part_that_was_named_comes_back(db: SQLAlchemy, salon: Salon) -> None:
    book(salon, "cut:anna", "colour:anna")
    second = all_bookings(db)[1].id
    assert run_in_transaction(lambda: confirm_by_customer(second, LINK).id) == second


def test_another_time_is_not_agreed_to_but_another_person_is(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    booking = book(salon)
    run_in_transaction(lambda: confirm_by_customer(booking.id, LINK))
    run_in_transaction(lambda: reschedule_booking(booking.id, DESK, staff_id=salon.people["ben"]))
    assert all_bookings(db)[0].customer_confirmed_at is not None
    run_in_transaction(lambda: reschedule_booking(booking.id, DESK, starts_at=at("2026-05-13T10:00")))
    assert all_bookings(db)[0].customer_confirmed_at is None


def test_what_has_begun_or_is_over_is_not_confirmed(db: SQLAlchemy, salon: Salon) -> None:
    booking = book(salon)
    run_in_transaction(lambda: mark_no_show(booking.id, DESK))
    with pytest.raises(InvalidBookingTransition):
        run_in_transaction(lambda: confirm_by_customer(booking.id, LINK))
