"""Reminders leave when they are due and only for what holds: through moves, cancellations, outages, nights and changes of the clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.ids import new_ulid
from app.core.queues import get_queue
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.bookings import planned_messages, reminders
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import confirm_booking, edit_notes
from app.domain.companies.policies import save_policy
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_policies import ReminderRule, list_planning_companies, save_message_rules, save_service_reminders
from app.domain.notifications.quiet_hours import QuietHours
from app.domain.notifications.template_changes import save_template
from app.domain.notifications.template_versions import TemplateKey, TemplateScope
from app.jobs.notifications import plan_all_reminders, plan_reminders_anew, send_notification
from app.models import Booking, Customer, Notification, Service
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at
from tests.support.tables import each_row

MIRA, MAIL = "+491713920050", "mira@example.org"
LINK = Actor("caller", "link")
TWO_DAYS, DAY, HOURS = ReminderRule(2880, "email"), ReminderRule(1440, "sms"), ReminderRule(180, "sms")
TEN = "2026-05-12T10:00"


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


@pytest.fixture
def mira(salon: Salon) -> str:
    return run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA, email=MAIL).id)


def rule(*rules: ReminderRule, **values: Any) -> None:
    run_in_transaction(lambda: save_message_rules({"reminders": rules, **values}))


def book(salon: Salon, customer_id: str, starts: str = TEN, *parts: str, **changes: Any) -> Booking:
    return run_in_transaction(lambda: create_booking(salon.request(*parts, starts=starts, customer_id=customer_id, **changes)))


def move(booking: Booking, starts: str, actor: Actor = LINK) -> None:
    run_in_transaction(lambda: reschedule_booking(booking.id, actor, starts_at=at(starts)))


def planned(db: SQLAlchemy) -> list[datetime]:
    db.session.rollback()
    rows = select(Notification.due_at).where(Notification.kind == "booking_reminder", Notification.status == "pending")
    return list(db.session.scalars(rows.order_by(Notification.due_at)))


def of_kind(db: SQLAlchemy, kind: str = "booking_reminder") -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.due_at, Notification.id)))


def work(db: SQLAlchemy, present: time_machine.Traveller, until: str, step: timedelta = timedelta(minutes=10)) -> None:
    """Workers until then, who try everything that waits."""
    while now() < at(until):
        db.session.rollback()
        for row_id in db.session.scalars(select(Notification.id).where(Notification.status == "pending", Notification.due_at <= now())):
            send_notification(row_id)
        present.move_to(min(now() + step, at(until)))


def list_reminded(twilio: TwilioDouble) -> list[str]:
    return [sent["body"] for sent in twilio.messages if "steht an" in sent["body"]]


def test_several_reminders_leave_over_their_channels(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, mail: MailDouble, present: time_machine.Traveller
) -> None:
    rule(TWO_DAYS, HOURS)
    book(salon, mira, "2026-05-12T12:00")
    assert planned(db) == [at("2026-05-10T12:00"), at("2026-05-12T09:00")]
    work(db, present, "2026-05-13T12:00")
    assert [(row.channel, row.status, row.body) for row in of_kind(db)] == [("email", "sent", None), ("sms", "sent", None)]
    (text,) = list_reminded(twilio)
    assert "12. Mai um 12:00" in text and "Berlin-Mitte" in text and "/b/" in text
    assert "Zusagen" in mail.mails[-1].get_body(("plain",)).get_content()
    assert [row.segments for row in of_kind(db)] == [None, 2]


def test_a_service_has_its_own(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    run_in_transaction(lambda: save_service_reminders(salon.services["colour"], ()))
    book(salon, mira, "2026-05-12T12:00", "colour:anna")
    assert planned(db) == []
    book(salon, mira)
    assert planned(db) == [at("2026-05-11T10:00")]


def test_who_books_later_than_the_reminder_gets_none(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(TWO_DAYS, DAY, HOURS)
    book(salon, mira, "2026-05-05T09:30")
    assert planned(db) == [at("2026-05-04T09:30"), at("2026-05-05T06:30") - timedelta(hours=9, minutes=45)]


def test_moved_booking_is_reminded_of_its_new_time_only(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    booking = book(salon, mira)
    move(booking, "2026-05-15T11:00")
    assert planned(db) == [at("2026-05-14T11:00")]
    work(db, present, "2026-05-16T08:00", timedelta(hours=1))
    (text,) = list_reminded(twilio)
    assert "15. Mai um 11:00" in text


def test_booking_that_is_moved_to_and_fro_is_reminded_once(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    booking = book(salon, mira)
    move(booking, "2026-05-15T11:00")
    move(booking, TEN)
    assert planned(db) == [at("2026-05-11T10:00")]
    work(db, present, "2026-05-11T12:00")
    move(booking, "2026-05-15T11:00")
    move(booking, TEN)
    work(db, present, "2026-05-16T08:00", timedelta(hours=1))
    assert len(list_reminded(twilio)) == 1


def test_booking_that_is_moved_near_is_not_reminded(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    booking = book(salon, mira)
    move(booking, "2026-05-04T17:00")
    assert planned(db) == []


def test_cancelled_booking_is_not_reminded(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    booking = book(salon, mira)
    run_in_transaction(lambda: cancel_booking(booking.id, DESK))
    assert [(row.status, row.reason) for row in of_kind(db)] == [("expired", "overtaken")]
    work(db, present, "2026-05-13T08:00", timedelta(hours=1))
    assert list_reminded(twilio) == []


def test_request_is_reminded_once_the_business_has_confirmed_it(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    run_in_transaction(lambda: save_policy("company", None, {"needs_confirmation": True}))
    booking = book(salon, mira)
    assert planned(db) == []
    run_in_transaction(lambda: confirm_booking(booking.id, DESK))
    assert planned(db) == [at("2026-05-11T10:00")]


def test_one_visit_is_one_reminder(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    book(salon, mira, TEN, "cut:anna", "colour:anna")
    assert planned(db) == [at("2026-05-11T10:00")]


def test_reminder_is_written_as_it_leaves(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    booking = book(salon, mira)

    def rename() -> None:
        db.session.get_one(Service, salon.services["cut"]).name = "Haarschnitt kurz"
        db.session.get_one(Customer, mira).language = "en"
        edit_notes(booking.id, "mag Kaffee", DESK)

    run_in_transaction(rename)
    work(db, present, "2026-05-11T12:00", timedelta(hours=1))
    assert "your appointment is coming up, Haarschnitt kurz" in twilio.messages[-1]["body"]


def test_reminder_of_a_night_leaves_in_the_evening_before(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(HOURS)
    book(salon, mira, "2026-05-12T09:00")
    assert planned(db) == [at("2026-05-11T20:45")]


def test_reminder_of_a_night_is_dropped_where_the_rule_says_so(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(HOURS, quiet_reminders="drop")
    book(salon, mira, "2026-05-12T09:00")
    assert planned(db) == []


def test_two_reminders_before_the_same_night_are_one(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(HOURS, ReminderRule(120, "sms"))
    book(salon, mira, "2026-05-12T09:00")
    assert planned(db) == [at("2026-05-11T20:45")]


def test_reminder_that_an_outage_pushes_into_the_night_waits_for_the_morning(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(HOURS)
    book(salon, mira, "2026-05-12T09:30")
    work(db, present, "2026-05-11T20:40", timedelta(hours=1))
    twilio.fail("503", times=999)
    work(db, present, "2026-05-11T22:00")
    twilio.restore()
    (row,) = of_kind(db)
    assert (row.status, row.reason, row.due_at) == ("pending", "quiet_hours", at("2026-05-12T08:00"))
    work(db, present, "2026-05-12T07:59")
    assert list_reminded(twilio) == []
    work(db, present, "2026-05-12T08:30")
    assert len(list_reminded(twilio)) == 1


def test_reminder_ends_when_the_next_one_is_due_and_when_the_appointment_begins(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY, HOURS)
    book(salon, mira, "2026-05-12T15:00")
    work(db, present, "2026-05-11T14:00", timedelta(hours=1))
    twilio.fail("503", times=9999)
    work(db, present, "2026-05-12T12:05", timedelta(hours=1))
    twilio.restore()
    work(db, present, "2026-05-12T16:00")
    assert [(row.status, row.reason) for row in of_kind(db)][1] == ("sent", None)
    assert len(list_reminded(twilio)) == 1


def test_days_are_days_of_the_calendar_and_hours_are_hours() -> None:
    spring, autumn = at("2026-03-29T10:00"), at("2026-10-25T10:00")
    assert reminders.subtract_span(spring, 1440, "Europe/Berlin") == at("2026-03-28T10:00")
    assert reminders.subtract_span(autumn, 2880, "Europe/Berlin") == at("2026-10-23T10:00")
    assert reminders.subtract_span(spring, 600, "Europe/Berlin") == spring - timedelta(hours=10)
    assert reminders.subtract_span(at("2026-03-30T02:30"), 1440, "Europe/Berlin") == at("2026-03-29T03:30"), "an hour that is not there"
    twice = at("2026-10-25T02:30") + timedelta(hours=1)
    assert reminders.subtract_span(twice, 60, "Europe/Berlin") == twice - timedelta(hours=1), "half past two for the second time"
    assert reminders.subtract_span(at("2026-10-25T02:30").replace(minute=30), 1440, "Europe/Berlin") == at("2026-10-24T02:30")


@each_row("minutes, starts, leaves", [
    (1440, "2026-03-29T10:00", "2026-03-28T10:00"), (1440, "2026-03-29T08:30", "2026-03-28T08:30"),
    (180, "2026-03-29T09:00", "2026-03-28T20:45"), (180, "2026-03-29T11:30", "2026-03-29T08:30"),
    (180, "2026-10-25T11:00", "2026-10-25T08:00"), (1440, "2026-10-25T18:00", "2026-10-24T18:00"),
])  # fmt: skip
def test_reminders_leave_at_these_times_when_the_clocks_change(minutes: int, starts: str, leaves: str) -> None:
    night = QuietHours(21 * 60, 8 * 60, "Europe/Berlin")
    found = reminders.find_due(ReminderRule(minutes, "sms"), at(starts), "Europe/Berlin", quiet=night, quiet_rule="earlier")
    assert found == at(leaves)


def test_new_rules_hold_for_what_is_booked_already(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    book(salon, mira, "2026-05-12T12:00")
    rule(TWO_DAYS, HOURS)
    plan_reminders_anew()
    assert planned(db) == [at("2026-05-10T12:00"), at("2026-05-12T09:00")]
    rule()
    plan_reminders_anew()
    assert planned(db) == []
    rule(DAY)
    plan_reminders_anew()
    assert planned(db) == [at("2026-05-11T12:00")]


def test_new_quiet_hours_move_what_is_planned(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(HOURS)
    book(salon, mira)
    assert planned(db) == [at("2026-05-11T20:45")]
    rule(HOURS, quiet_from=0, quiet_until=0)
    plan_reminders_anew()
    assert planned(db) == [at("2026-05-12T07:00")]


def test_what_is_due_this_instant_is_not_taken_back(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    booking = book(salon, mira, "2026-05-12T12:00")
    with time_machine.travel(at("2026-05-11T12:00"), tick=False):
        run_in_transaction(lambda: planned_messages.plan_messages([booking.id]))
    assert planned(db) == [at("2026-05-11T12:00")]


def test_reminder_whose_rule_is_gone_does_not_leave_though_nobody_planned_anew(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    book(salon, mira)
    rule(HOURS)
    work(db, present, "2026-05-11T12:00", timedelta(hours=1))
    assert list_reminded(twilio) == []


def test_reminder_does_not_hold_up_what_is_written_meanwhile(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    book(salon, mira)
    book(salon, mira, "2026-05-13T10:00")
    work(db, present, "2026-05-04T09:00")
    assert len(twilio.messages) == 2


def test_reminder_goes_the_other_way_where_the_first_reaches_nobody(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble, present: time_machine.Traveller
) -> None:
    rule(DAY)
    landline = run_in_transaction(lambda: find_or_create("Otto Lang", number="+493023125199", email="otto@example.org").id)
    book(salon, landline)
    nobody = run_in_transaction(lambda: find_or_create("Ada Kern", number="+493023125198").id)
    book(salon, nobody, "2026-05-12T11:00")
    work(db, present, "2026-05-11T12:00", timedelta(hours=1))
    assert [(row.channel, row.status, row.reason) for row in of_kind(db)] == [("email", "sent", None), ("none", "dead", "no_way")]


def test_program_that_tells_by_itself_is_left_to_it(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rule(DAY)
    run_in_transaction(lambda: save_policy("company", None, {"notify_program_changes": False}))
    book(salon, mira, source="api", actor=Actor("program", "api"))
    assert planned(db) == []


def test_a_text_of_their_own_is_planned_by_at_once_and_every_night(db: SQLAlchemy, salon: Salon) -> None:
    with unscoped():
        assert run_read_only(list_planning_companies) == []
    key = TemplateKey("reminder", "de", TemplateScope())
    run_in_transaction(lambda: save_template(key, "Bald", "{Leistung} am {Termin}: {Link}", based_on=0, author_id=new_ulid()))
    assert [job.description for job in get_queue("maintenance").jobs] == [plan_reminders_anew.name]
    with unscoped():
        assert run_read_only(list_planning_companies) == [salon.company_id]


def test_every_night_what_has_no_plan_is_planned(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    booking = book(salon, mira)
    rule(DAY)
    assert planned(db) == []
    with unscoped():
        assert run_read_only(list_planning_companies) == [booking.company_id]
    plan_all_reminders()
    plan_reminders_anew()
    assert planned(db) == [at("2026-05-11T10:00")]
