"""Whom no message reaches is called: one task for an appointment, true to it through all changes, and closed when it ends."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import clear_company, company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.bookings import call_tasks
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.recurrence import BookingSeriesResult, cancel_series, create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import mark_no_show
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.notifications.receipts import apply_report
from app.domain.tasks.lifecycle import complete_task
from app.jobs.notifications import send_notification
from app.jobs.tasks import close_call_tasks
from app.models import Booking, Notification, StaffTask
from app.providers.messaging.base import DeliveryReport
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_salon

LANDLINE, MOBILE = "+493023125177", "+491713920050"
LINK = Actor("caller", "link")
RULES = {"reminders": (ReminderRule(1440, "sms"), ReminderRule(180, "sms")), "call_tasks": True}


@pytest.fixture(autouse=True)
def rules(salon: Salon, twilio: TwilioDouble) -> None:
    run_in_transaction(lambda: save_message_rules(RULES))


def book(salon: Salon, number: str | None = LANDLINE, **more: Any) -> str:
    email = more.pop("email", None)

    def work() -> str:
        customer = find_or_create("Mira Sommer", number=number, email=email)
        return create_booking(salon.request(starts="2026-05-12T12:00", customer_id=customer.id, **more)).id

    return run_in_transaction(work)


def move(booking_id: str, starts: str, actor: Actor = DESK, **more: Any) -> None:
    run_in_transaction(lambda: reschedule_booking(booking_id, actor, starts_at=at(starts), **more))


def cancel(booking_id: str, actor: Actor = DESK, **more: Any) -> None:
    run_in_transaction(lambda: cancel_booking(booking_id, actor, **more))


def tasks(db: SQLAlchemy, *, status: str = "open") -> list[str]:
    db.session.rollback()
    rows = select(StaffTask).where(StaffTask.kind == "call_customer", StaffTask.status == status).order_by(StaffTask.id)
    return [task.title for task in db.session.scalars(rows.execution_options(populate_existing=True))]


def work(db: SQLAlchemy, present: time_machine.Traveller, until: str) -> None:
    """Workers until then, and the clock's jobs."""
    while now() < at(until):
        db.session.rollback()
        for row_id in db.session.scalars(select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())):
            send_notification(row_id)
        with clear_company():
            close_call_tasks()
        present.move_to(min(now() + timedelta(hours=1), at(until)))


def test_of_two_reminders_that_reach_nobody_one_call_is_left(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    book(salon)
    assert tasks(db) == []
    work(db, present, "2026-05-11T13:30")
    assert tasks(db) == ["Anrufen: Mira Sommer, Erinnerung an den Termin am Di. 12. Mai um 12:00"]
    (task,) = db.session.scalars(select(StaffTask)).all()
    assert task.details == "Haarschnitt\n030 23125177\nKeine Nachricht erreicht diesen Anschluss."
    assert task.due_at is not None and now() < task.due_at < now() + timedelta(hours=4)
    work(db, present, "2026-05-12T11:30")
    assert len(tasks(db)) == 1
    work(db, present, "2026-05-12T13:30")
    assert tasks(db) == [] and len(tasks(db, status="done")) == 1


def test_who_was_called_is_not_called_again_for_the_same(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    book(salon)
    work(db, present, "2026-05-11T13:30")
    run_in_transaction(lambda: complete_task(db.session.scalars(select(StaffTask.id)).one(), branch_ids=[]))
    work(db, present, "2026-05-12T11:30")
    assert tasks(db) == []


def test_a_change_by_the_desk_is_one_call_that_says_how_it_stands(db: SQLAlchemy, salon: Salon) -> None:
    booking_id = book(salon)
    move(booking_id, "2026-05-12T14:00")
    move(booking_id, "2026-05-12T15:00")
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin verschoben auf Di. 12. Mai um 15:00"]
    cancel(booking_id)
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin am Di. 12. Mai um 15:00 abgesagt"]


def test_a_move_that_is_undone_needs_no_call(db: SQLAlchemy, salon: Salon) -> None:
    booking_id = book(salon)
    move(booking_id, "2026-05-12T14:00")
    move(booking_id, "2026-05-12T12:00")
    assert tasks(db) == [] and len(tasks(db, status="done")) == 1
    move(booking_id, "2026-05-12T16:00")
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin verschoben auf Di. 12. Mai um 16:00"]


def test_after_the_call_another_change_is_another_call(db: SQLAlchemy, salon: Salon) -> None:
    booking_id = book(salon)
    move(booking_id, "2026-05-12T14:00")
    run_in_transaction(lambda: complete_task(db.session.scalars(select(StaffTask.id)).one(), branch_ids=[]))
    cancel(booking_id)
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin am Di. 12. Mai um 14:00 abgesagt"]


def test_what_the_customer_does_needs_no_call_and_ends_one(db: SQLAlchemy, salon: Salon) -> None:
    booking_id = book(salon)
    move(booking_id, "2026-05-12T14:00", LINK)
    assert tasks(db) == []
    move(booking_id, "2026-05-12T15:00")
    assert len(tasks(db)) == 1
    cancel(booking_id, LINK)
    assert tasks(db) == []


def test_a_reminder_to_call_follows_a_move(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    booking_id = book(salon)
    work(db, present, "2026-05-11T13:30")
    move(booking_id, "2026-05-12T16:00")
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin verschoben auf Di. 12. Mai um 16:00"]
    move(booking_id, "2026-05-12T12:00")
    assert tasks(db) == ["Anrufen: Mira Sommer, Erinnerung an den Termin am Di. 12. Mai um 12:00"]


def test_of_a_cancelled_series_one_call_is_left(db: SQLAlchemy, salon: Salon) -> None:
    def create() -> BookingSeriesResult:
        customer = find_or_create("Mira Sommer", number=LANDLINE)
        return create_series(salon.request(starts="2026-05-12T12:00", customer_id=customer.id), every_weeks=1, times=3)

    series = run_in_transaction(create)
    for booking, starts in zip(series.bookings, ("2026-05-12T14:00", "2026-05-19T14:00", "2026-05-26T14:00"), strict=True):
        move(booking.id, starts)
    assert len(tasks(db)) == 3
    run_in_transaction(lambda: cancel_series(series.id, DESK))
    assert tasks(db) == ["Anrufen: Mira Sommer, Termin am Di. 12. Mai um 14:00 abgesagt"]


def test_who_did_not_come_is_not_called(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    booking_id = book(salon)
    work(db, present, "2026-05-11T13:30")
    present.move_to(at("2026-05-12T12:10"))
    run_in_transaction(lambda: mark_no_show(booking_id, DESK))
    assert tasks(db) == []


def test_when_the_appointment_begins_it_is_too_late_to_call(db: SQLAlchemy, salon: Salon) -> None:
    booking_id = book(salon)
    with time_machine.travel(at("2026-05-12T12:00"), tick=False):
        cancel(booking_id)
    assert tasks(db) == []


REACHED: dict[str, dict[str, Any]] = {
    "a mobile": {"number": MOBILE},
    "nobody can be called": {"number": None},
    "a mobile given for this booking": {"contact_phone": MOBILE},
}


@pytest.mark.parametrize("whom", REACHED.values(), ids=REACHED)
def test_nobody_else_is_to_be_called(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller, whom: dict[str, Any]) -> None:
    booking_id = book(salon, **whom)
    work(db, present, "2026-05-11T13:30")
    move(booking_id, "2026-05-12T14:00")
    cancel(booking_id)
    assert tasks(db) == []


def test_who_is_on_no_record_is_called_at_the_number_of_the_booking(db: SQLAlchemy, salon: Salon) -> None:
    booking = run_in_transaction(lambda: create_booking(salon.request(contact_phone=LANDLINE)))
    assert call_tasks.find_landline(booking) == LANDLINE
    assert call_tasks.find_landline(run_in_transaction(lambda: create_booking(salon.request("cut:ben")))) is None


def test_a_mail_that_nobody_can_send_is_a_call(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    """An address is known, and no mail is set up."""
    book(salon, email="mira@example.org")
    work(db, present, "2026-05-11T13:30")
    assert len(tasks(db)) == 1


def test_only_where_the_company_wants_it_and_by_its_rules(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    run_in_transaction(lambda: save_message_rules(RULES | {"call_tasks": False}))
    booking_id = book(salon)
    work(db, present, "2026-05-11T13:30")
    move(booking_id, "2026-05-12T14:00")
    run_in_transaction(lambda: save_message_rules(RULES))
    move(booking_id, "2026-05-12T15:00", notify=False)
    assert tasks(db) == []


def test_a_worker_that_dies_leaves_one_task(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    book(salon)
    present.move_to(at("2026-05-11T12:01"))
    row_id = db.session.scalars(select(Notification.id).order_by(Notification.due_at).limit(1)).one()
    db.session.rollback()
    for _again in range(3):
        send_notification(row_id)
        run_in_transaction(lambda: call_tasks.ask_about_message(row_id))
    assert len(tasks(db)) == 1


def test_another_company_closes_and_sees_nothing_of_it(db: SQLAlchemy, salon: Salon, present: time_machine.Traveller) -> None:
    book(salon)
    work(db, present, "2026-05-11T13:30")
    other = make_salon("salon-two")
    present.move_to(at("2026-05-13T12:00"))
    with company_scope(other.company_id):
        assert run_in_transaction(call_tasks.close_ended) == 0 and tasks(db) == []
    assert len(tasks(db)) == 1
    with unscoped():
        assert call_tasks.list_companies_with_tasks() == [salon.company_id]
    assert run_in_transaction(call_tasks.close_ended) == 1
    assert db.session.scalars(select(Booking)).one().status == "confirmed"


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_reminder_whose_mail_comes_back_is_called_unless_it_is_untrue_by_then(
    app: Flask, db: SQLAlchemy, salon: Salon, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, is_cancelled: bool
) -> None:
    with MailDouble() as mail:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", mail.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "termine@salon.example")
        booking_id = book(salon, email="mira@example.org")
        work(db, present, "2026-05-11T13:30")
    assert tasks(db) == []
    if is_cancelled:
        cancel(booking_id, LINK, notify=False)
    db.session.rollback()
    reminder = db.session.scalars(select(Notification).where(Notification.kind == "booking_reminder", Notification.status == "sent")).one()
    report = DeliveryReport(reminder.provider_ref or "", "failed", "unreachable")
    run_in_transaction(lambda: apply_report(db.session.get_one(Notification, reminder.id), report))
    assert len(tasks(db)) == (0 if is_cancelled else 1)
