"""Messages about one booking or to one person leave in the order in which they were written, and only while they are true."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.recurrence import cancel_series, create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import confirm_booking
from app.domain.bookings.waitlist import join_waitlist, offer_slot
from app.domain.companies.policies import save_policy
from app.domain.customers.contacts import find_or_create
from app.domain.customers.one_time_codes import create_code
from app.domain.notifications import delivery
from app.jobs.notifications import send_notification
from app.models import Booking, Call, Customer, Notification, WaitlistOffer
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_call

MIRA = "+491713920050"
LINK = Actor("caller", "link")
PROGRAM = Actor("program", "api", "key-1")
TEN, ELEVEN, NOON = at("2026-05-12T10:00"), at("2026-05-12T11:00"), at("2026-05-12T12:00")


@pytest.fixture
def mira(salon: Salon) -> str:
    return run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id)


@pytest.fixture
def outage(twilio: TwilioDouble) -> Iterator[TwilioDouble]:
    """The carrier answers 503 until `mend`."""
    twilio.fail("503", times=999)
    yield twilio
    twilio.restore()


def book(salon: Salon, customer_id: str, *parts: str, **changes: Any) -> Booking:
    return run_in_transaction(lambda: create_booking(salon.request(*parts, customer_id=customer_id, **changes)))


def move(booking: Booking, actor: Actor = LINK, **changes: Any) -> None:
    run_in_transaction(lambda: reschedule_booking(booking.id, actor, **(changes or {"starts_at": ELEVEN})))


def cancel(booking: Booking, actor: Actor = LINK, **options: Any) -> None:
    run_in_transaction(lambda: cancel_booking(booking.id, actor, **options))


def rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)))


def work(db: SQLAlchemy, present: time_machine.Traveller, minutes: float) -> None:
    """Workers for so long; jobs of newer messages come first, the order in which jobs arrive promises nothing."""
    until = now() + timedelta(minutes=minutes)
    while now() < until:
        for row in reversed(rows(db)):
            if row.status == "pending":
                send_notification(row.id)
        present.shift(timedelta(seconds=30 if minutes < 30 else 120))


def gist(twilio: TwilioDouble) -> list[str]:
    """What was said, in one word each."""
    words = ("abgesagt", "verschoben auf", "bestätigt.", "ist gebucht", "frei geworden", "Code")
    return [next((word for word in words if word in sent["body"]), sent["body"]) for sent in twilio.messages]


def test_cancelled_booking_is_not_confirmed_after_a_carrier_outage(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    work(db, present, 6)
    cancel(booking)
    work(db, present, 2)
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["abgesagt"]


def test_cancellation_without_a_message_withdraws_the_confirmation_too(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    work(db, present, 6)
    cancel(booking, PROGRAM, notify=False)
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == []
    assert [(row.status, row.reason, row.body) for row in rows(db)] == [("expired", "overtaken", None)]


def test_of_a_confirmation_and_a_move_only_the_move_is_said(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    work(db, present, 6)
    move(booking)
    work(db, present, 6)
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["verschoben auf"]
    assert "11:00" in outage.messages[0]["body"]


def test_of_two_moves_that_were_tried_only_the_last_is_said(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    work(db, present, 1)
    twilio.fail("503", times=999)
    move(booking)
    work(db, present, 6)
    move(booking, starts_at=NOON)
    work(db, present, 2)
    twilio.restore()
    work(db, present, 60)
    assert gist(twilio) == ["ist gebucht", "verschoben auf"]
    assert "12:00" in twilio.messages[1]["body"]


def test_moved_back_after_a_try_that_may_have_arrived_is_said_again(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    work(db, present, 1)
    twilio.fail("lost", times=999)
    move(booking)
    send_notification(rows(db)[-1].id)
    present.shift(timedelta(seconds=2))
    move(booking, starts_at=TEN)
    twilio.restore()
    work(db, present, 60)
    assert "10:00" in twilio.messages[-1]["body"] and gist(twilio)[-1] == "verschoben auf"


def test_confirmation_that_a_silent_move_made_untrue_is_written_anew(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    run_in_transaction(lambda: save_policy("company", None, {"notify_staff_changes": False}))
    booking = book(salon, mira)
    work(db, present, 6)
    move(booking, DESK)
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["ist gebucht"]
    assert "11:00" in outage.messages[0]["body"]


def test_move_that_is_undone_leaves_the_confirmation(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    move(booking, DESK)
    move(booking, DESK, starts_at=TEN)
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["ist gebucht"]
    assert "10:00" in outage.messages[0]["body"]


def test_request_that_is_confirmed_during_an_outage_is_said_once(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    run_in_transaction(lambda: save_policy("company", None, {"needs_confirmation": True}))
    booking = book(salon, mira)
    work(db, present, 6)
    run_in_transaction(lambda: confirm_booking(booking.id, DESK))
    outage.restore()
    work(db, present, 60)
    assert [("wird noch bestätigt" in sent["body"], "ist bestätigt" in sent["body"]) for sent in outage.messages] == [(False, True)]


def test_cancelled_series_leaves_no_message_about_one_of_its_dates(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    series = run_in_transaction(lambda: create_series(salon.request(customer_id=mira), every_weeks=1, times=4))
    third = db.session.scalars(select(Booking).where(Booking.series_id == series.id).order_by(Booking.starts_at)).all()[2]
    move(third, starts_at=third.starts_at + timedelta(hours=1))
    work(db, present, 6)
    run_in_transaction(lambda: cancel_series(series.id, DESK))
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["abgesagt"]


def test_message_that_was_under_way_when_it_became_untrue_is_not_tried_again(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    attempt = run_in_transaction(lambda: delivery.claim(rows(db)[0].id))
    assert attempt
    cancel(booking)
    result = delivery.send(attempt)
    run_in_transaction(lambda: delivery.complete(attempt, result))
    outage.restore()
    work(db, present, 60)
    assert gist(outage) == ["abgesagt"]


def test_message_waits_for_an_earlier_one_that_is_under_way(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    attempt = run_in_transaction(lambda: delivery.claim(rows(db)[0].id))
    assert attempt
    cancel(booking)
    work(db, present, 0.5)
    assert gist(twilio) == []
    result = delivery.send(attempt)
    run_in_transaction(lambda: delivery.complete(attempt, result))
    work(db, present, 1)
    assert gist(twilio) == ["ist gebucht", "abgesagt"]


def test_messages_to_one_person_leave_in_the_order_in_which_they_were_written(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    for starts in ("2026-05-12T10:00", "2026-05-13T10:00", "2026-05-15T10:00"):
        book(salon, mira, starts=starts)
        work(db, present, 3)
    outage.restore()
    work(db, present, 60)
    assert ["12. Mai" in outage.messages[0]["body"], "13. Mai" in outage.messages[1]["body"], "15. Mai" in outage.messages[2]["body"]] == [
        True, True, True,
    ]  # fmt: skip
    assert len(outage.messages) == 3


def test_messages_to_others_do_not_wait(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    book(salon, mira)
    twilio.fail("503")
    send_notification(rows(db)[0].id)
    book(salon, run_in_transaction(lambda: find_or_create("Otto Lang", number="+491713920051").id), "cut:ben")
    send_notification(rows(db)[1].id)
    assert [sent["to"] for sent in twilio.messages] == ["+491713920051"]


def test_one_time_code_does_not_wait_behind_other_messages(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    book(salon, mira)
    twilio.fail("503")
    send_notification(rows(db)[0].id)
    call_id = make_call(salon)
    run_in_transaction(lambda: create_code(db.session.get_one(Call, call_id), db.session.get_one(Customer, mira), MIRA))
    send_notification(rows(db)[1].id)
    assert gist(twilio) == ["Code"]


def test_only_the_newest_code_of_a_call_is_sent(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    call_id = make_call(salon)
    for _again in range(2):
        run_in_transaction(lambda: create_code(db.session.get_one(Call, call_id), db.session.get_one(Customer, mira), MIRA))
        work(db, present, 1)
    last = rows(db)[-1].body
    outage.restore()
    work(db, present, 9)
    assert [sent["body"] for sent in outage.messages] == [last]


def test_offer_that_is_no_longer_open_is_not_sent(
    db: SQLAlchemy, salon: Salon, mira: str, outage: TwilioDouble, present: time_machine.Traveller
) -> None:
    def offer() -> WaitlistOffer | None:
        join_waitlist(mira, salon.services["cut"], window_from=at("2026-05-11T00:00"), window_until=at("2026-05-16T00:00"))
        return offer_slot(salon.branches["mitte"], TEN, at("2026-05-12T10:30"))

    made = run_in_transaction(offer)
    assert made
    work(db, present, 1)

    def decline() -> None:
        db.session.get_one(WaitlistOffer, made.id).status = "declined"

    run_in_transaction(decline)
    outage.restore()
    work(db, present, 20)
    assert gist(outage) == []


def test_dead_message_about_a_moved_booking_cannot_be_sent_once_more(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    booking = book(salon, mira)
    twilio.refuse[MIRA] = 21211
    send_notification(rows(db)[0].id)
    assert rows(db)[0].status == "dead"
    move(booking, PROGRAM)
    twilio.refuse.clear()
    run_in_transaction(lambda: delivery.resend(rows(db)[0].id))
    work(db, present, 5)
    assert gist(twilio) == []
