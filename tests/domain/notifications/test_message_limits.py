"""Limits: messages to one address within a day, the cost of text messages, the month's cap and what happens beyond it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.notifications import send_booking_link
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import held_messages
from app.domain.notifications.message_limits import get_spent_tenth_cents
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.jobs.notifications import plan_reminders_anew, send_notification
from app.models import Booking, Customer, Notification
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at

MIRA, MAIL = "+491713920050", "mira@example.org"
TIMES = ("2026-05-12T10:00", "2026-05-12T11:00", "2026-05-12T12:00", "2026-05-12T14:00")


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def rules(**values: Any) -> None:
    run_in_transaction(lambda: save_message_rules(values))


def customer(**reached: Any) -> str:
    return run_in_transaction(lambda: find_or_create("Mira Sommer", **({"number": MIRA} | reached)).id)


def book(salon: Salon, customer_id: str, starts: str = TIMES[0], **changes: Any) -> Booking:
    return run_in_transaction(lambda: create_booking(salon.request(starts=starts, customer_id=customer_id, **changes)))


def deliver(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    for row_id in db.session.scalars(select(Notification.id).where(Notification.status == "pending").order_by(Notification.id)).all():
        send_notification(row_id)
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def test_more_than_a_day_allows_waits_but_a_cancellation_does_not(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rules(max_per_day=2)
    mira = customer()
    bookings = [book(salon, mira, starts) for starts in TIMES[:3]]
    third = deliver(db)[2]
    assert (third.status, third.reason) == ("pending", "daily_limit") and len(twilio.messages) == 2
    run_in_transaction(lambda: cancel_booking(bookings[0].id, Actor("caller", "link")))
    deliver(db)
    assert "abgesagt" in twilio.messages[-1]["body"]
    present.shift(timedelta(hours=25))
    assert deliver(db)[2].status == "sent"


def test_what_is_sent_is_counted_in_parts_and_priced(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    rules(segment_tenth_cents=80)
    book(salon, customer())
    (row,) = deliver(db)
    assert (row.segments, row.cost_tenth_cents, get_spent_tenth_cents(salon.company_id)) == (2, 160, 160)


@pytest.mark.parametrize(
    ("action", "reached", "sent"),
    [
        ("email", {"email": MAIL}, [("sms", "sent", None), ("email", "sent", None)]),
        ("email", {}, [("sms", "sent", None), ("sms", "dead", "monthly_cap")]),
        ("reminders", {}, [("sms", "sent", None), ("sms", "sent", None)]),
        ("none", {}, [("sms", "sent", None), ("sms", "sent", None)]),
    ],
)
def test_beyond_the_cap_of_the_month(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble, action: str, reached: dict[str, str], sent: list[Any]
) -> None:
    rules(segment_tenth_cents=100, monthly_cap_cents=30, cap_action=action)
    mira = customer(**reached)
    for starts in TIMES[:2]:
        book(salon, mira, starts)
        rows = deliver(db)
    assert [(row.channel, row.status, row.reason) for row in rows] == sent


def test_only_reminders_end_and_the_next_month_begins_anew(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rules(segment_tenth_cents=100, monthly_cap_cents=30, cap_action="reminders", reminders=(ReminderRule(1440, "sms"),))
    mira = customer()
    book(salon, mira)
    deliver(db)
    present.move_to(at("2026-05-11T10:05"))
    reminder = next(row for row in deliver(db) if row.kind == "booking_reminder")
    assert (reminder.status, reminder.reason) == ("dead", "monthly_cap")
    book(salon, mira, TIMES[1])
    assert deliver(db)[-2].status == "sent", "a confirmation still goes"
    present.move_to(at("2026-06-01T09:00"))
    assert get_spent_tenth_cents(salon.company_id) == 0


@pytest.mark.parametrize(("hour", "held"), [("22:30", True), ("07:59", True), ("08:00", False)])
def test_what_the_desk_changes_at_night_waits_for_the_morning(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller, hour: str, held: bool
) -> None:
    mira = customer()
    present.move_to(at(f"2026-05-05T{hour}"))
    book(salon, mira, actor=DESK, source="web")
    (row,) = deliver(db)
    assert (row.status == "pending" and row.reason == "quiet_hours") is held
    if held:
        present.move_to(row.due_at)
        assert deliver(db)[0].status == "sent"


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "due"),
    [(1410, 450, "2026-05-05T22:30"), (1200, 540, "2026-05-06T09:00"), (1200, 450, "2026-05-06T07:30")],
)
def test_what_is_held_follows_new_quiet_hours(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller, quiet_from: int, quiet_until: int, due: str
) -> None:
    mira = customer()
    present.move_to(at("2026-05-05T22:30"), tick=False)
    book(salon, mira, actor=DESK, source="web")
    assert deliver(db)[0].due_at == at("2026-05-06T08:00")
    rules(quiet_from=quiet_from, quiet_until=quiet_until)
    plan_reminders_anew()
    db.session.rollback()
    (row,) = db.session.scalars(select(Notification)).all()
    is_held = due != "2026-05-05T22:30"
    assert (row.due_at, row.reason) == (at(due), "quiet_hours" if is_held else None)
    assert (deliver(db)[0].status == "sent") is not is_held


def test_who_may_sends_at_once_what_waits_for_the_morning(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    mira = customer()
    present.move_to(at("2026-05-05T22:30"))
    book(salon, mira, actor=DESK, source="web")
    (row,) = deliver(db)
    assert run_in_transaction(lambda: held_messages.send_now(row.id)) is not None
    assert deliver(db)[0].status == "sent"
    assert run_in_transaction(lambda: held_messages.send_now(row.id)) is None


def test_who_acts_at_night_hears_at_once_but_not_after_an_outage(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    mira = customer()
    present.move_to(at("2026-05-05T22:00"))
    book(salon, mira)
    assert deliver(db)[0].status == "sent"
    twilio.fail("503", times=99)
    book(salon, mira, TIMES[1])
    deliver(db)
    twilio.restore()
    present.move_to(at("2026-05-05T22:30"))
    assert (deliver(db)[1].status, deliver(db)[1].reason) == ("pending", "quiet_hours")


def test_link_that_is_asked_for_does_not_wait_behind_one_that_is_held(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    mira = customer()
    present.move_to(at("2026-05-05T22:00"))
    booking = book(salon, mira, actor=DESK, source="web")
    deliver(db)
    run_in_transaction(lambda: send_booking_link(booking, cause="asked:1"))
    deliver(db)
    assert [row.status for row in deliver(db)] == ["pending", "sent"]


def test_the_night_is_the_one_of_the_number(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller) -> None:
    new_york = customer(number="+12125550123")
    present.move_to(at("2026-05-05T12:00"))
    book(salon, new_york, actor=DESK, source="web")
    (row,) = deliver(db)
    assert (row.reason, row.due_at) == ("quiet_hours", at("2026-05-05T14:00"))


def test_a_person_is_written_to_as_they_prefer(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble) -> None:
    mira = customer(email=MAIL)

    def prefer() -> None:
        db.session.get_one(Customer, mira).preferred_channel = "email"

    run_in_transaction(prefer)
    book(salon, mira)
    book(salon, mira, TIMES[1], contact_phone=MIRA)
    book(salon, mira, TIMES[2], contact_phone="+491713920059")
    assert [(row.channel, row.recipient) for row in deliver(db)] == [("email", MAIL), ("email", MAIL), ("sms", "+491713920059")], (
        "a number that may be another person's goes before the record"
    )
