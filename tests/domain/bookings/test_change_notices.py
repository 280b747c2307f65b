"""Customers hear of what becomes of their booking: by the company's rules, once, in their language, and never what was undone at once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import clear_company
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.recurrence import cancel_series, create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.status import confirm_booking, edit_notes, mark_no_show
from app.domain.companies.policies import save_policy
from app.domain.customers.contacts import find_or_create
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.domain.notifications.notification_queue import list_notifications
from app.jobs.notifications import send_notification
from app.jobs.outboxes import sweep_outbox
from app.models import Booking, Customer, Notification, PhoneNumber
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import DESK, Salon, at

MIRA = "+491713920050"
LINK = Actor("caller", "link")
CALENDAR = Actor("calendar", "calcom")
PROGRAM = Actor("program", "api", "key-1")
ELEVEN = at("2026-05-12T11:00")


def told(db: SQLAlchemy) -> list[Notification]:
    """All that was written after the confirmation, the oldest first."""
    db.session.rollback()
    wanted = select(Notification).where(Notification.kind != "booking_link").order_by(Notification.created_at, Notification.id)
    return list(db.session.scalars(wanted))


@pytest.fixture
def mira(db: SQLAlchemy, salon: Salon) -> str:
    with transaction():
        return find_or_create("Mira Sommer", number=MIRA).id


@pytest.fixture
def booking(salon: Salon, mira: str, twilio: TwilioDouble) -> Booking:
    return book(salon, customer_id=mira)


def book(salon: Salon, *parts: str, **changes: Any) -> Booking:
    with transaction():
        return create_booking(salon.request(*parts, **changes))


def move(booking: Booking, actor: Actor = DESK, *, notify: bool | None = None, **changes: Any) -> None:
    with transaction():
        reschedule_booking(booking.id, actor, notify=notify, **(changes or {"starts_at": ELEVEN}))


def cancel(booking: Booking, actor: Actor = DESK, *, notify: bool | None = None) -> None:
    with transaction():
        cancel_booking(booking.id, actor, notify=notify)


def rules(**changes: Any) -> None:
    with transaction():
        save_policy("company", None, changes)


def test_a_move_at_the_desk_is_told_when_nobody_undoes_it(
    db: SQLAlchemy, booking: Booking, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    move(booking)
    (row,) = told(db)
    send_notification(row.id)
    assert twilio.messages == []
    present.shift(timedelta(seconds=61))
    send_notification(row.id)
    (sent,) = twilio.messages
    assert sent["to"] == MIRA
    assert "Haarschnitt ist verschoben auf Di. 12. Mai um 11:00 statt Di. 12. Mai um 10:00, Berlin-Mitte, bei" in sent["body"]
    assert "/b/" in sent["body"]


def test_the_sweep_sends_it_when_its_time_has_come(db: SQLAlchemy, booking: Booking, present: time_machine.Traveller) -> None:
    move(booking)
    with clear_company():
        waiting = sweep_outbox("messages")
        present.shift(timedelta(seconds=61))
        assert sweep_outbox("messages") == waiting + 1


def test_reverted_change_sends_no_notification(db: SQLAlchemy, booking: Booking) -> None:
    was = booking.starts_at
    move(booking)
    move(booking, starts_at=was)
    assert [(row.status, row.reason, row.body) for row in told(db)] == [("expired", "overtaken", None)]


def test_a_reminder_that_is_only_planned_does_not_stand_for_the_confirmation(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble
) -> None:
    with transaction():
        save_message_rules({"reminders": (ReminderRule(1440, "sms"),)})
    booking = book(salon, customer_id=mira)
    was = booking.starts_at
    move(booking)
    move(booking, starts_at=was)
    links = select(Notification.status).where(Notification.kind == "booking_link").order_by(Notification.created_at, Notification.id)
    assert db.session.scalars(links).all() == ["expired", "pending"]


def test_of_two_moves_in_a_row_the_last_is_told(db: SQLAlchemy, booking: Booking) -> None:
    move(booking)
    move(booking, starts_at=at("2026-05-12T15:00"))
    first, second = told(db)
    assert (first.reason, second.status) == ("overtaken", "pending")
    assert "15:00" in (second.body or "")


def test_what_was_told_and_then_moved_back_is_told_again(db: SQLAlchemy, booking: Booking, present: time_machine.Traveller) -> None:
    was = booking.starts_at
    move(booking)
    present.shift(timedelta(seconds=61))
    send_notification(told(db)[0].id)
    move(booking, starts_at=was)
    assert [row.status for row in told(db)] == ["sent", "pending"]


def test_a_cancellation_names_the_time_that_the_customer_knows(db: SQLAlchemy, booking: Booking) -> None:
    move(booking)
    cancel(booking)
    moved, cancelled = told(db)
    assert (moved.reason, cancelled.kind, cancelled.status) == ("overtaken", "booking_cancelled", "pending")
    assert "Haarschnitt am Di. 12. Mai um 10:00, Berlin-Mitte, ist abgesagt." in (cancelled.body or "")


def test_what_happened_to_another_booking_is_not_told_of_this_one(db: SQLAlchemy, salon: Salon, booking: Booking, mira: str) -> None:
    other = book(salon, "cut:ben", customer_id=mira)
    cancel(booking)
    move(other)
    assert [row.kind for row in told(db)] == ["booking_cancelled", "booking_moved"]
    cancel(other)
    assert "Haarschnitt am Di. 12. Mai um 10:00, Berlin-Mitte, ist abgesagt." in (told(db)[2].body or "")


def test_whoever_is_cancelled_is_told_the_number_of_the_branch_that_answers(db: SQLAlchemy, salon: Salon, booking: Booking) -> None:
    with transaction():
        for branch, number, is_active in (("pankow", "101", True), ("mitte", "102", False), ("mitte", "103", True)):
            db.session.add(PhoneNumber(e164=f"+493023125{number}", branch_id=salon.branches[branch], is_active=is_active))
    cancel(booking)
    assert (told(db)[0].body or "").endswith("Einen neuen Termin gibt es unter 030 23125103.")


def test_doing_it_again_tells_nothing_again(db: SQLAlchemy, booking: Booking) -> None:
    cancel(booking)
    cancel(booking)
    assert len(told(db)) == 1


def test_another_person_at_the_same_time_is_told_as_that(db: SQLAlchemy, salon: Salon, booking: Booking) -> None:
    move(booking, staff_id=salon.people["ben"])
    assert "ist jetzt bei Ben Lindgren" in (told(db)[0].body or "")


def test_who_changes_it_on_their_own_page_gets_it_confirmed_at_once(db: SQLAlchemy, booking: Booking, twilio: TwilioDouble) -> None:
    move(booking, LINK)
    send_notification(told(db)[0].id)
    cancel(booking, LINK)
    send_notification(told(db)[1].id)
    assert [("verschoben" in sent["body"], "abgesagt" in sent["body"]) for sent in twilio.messages] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("actor", "rule"),
    [
        (DESK, "notify_staff_changes"),
        (LINK, "notify_self_service_changes"),
        (PROGRAM, "notify_program_changes"),
        (CALENDAR, "notify_calendar_changes"),
    ],
)
def test_the_company_decides_what_is_told(db: SQLAlchemy, booking: Booking, actor: Actor, rule: str) -> None:
    rules(**{rule: False})
    move(booking, actor)
    assert told(db) == []
    rules(**{rule: True})
    cancel(booking, actor)
    assert [row.kind for row in told(db)] == ["booking_cancelled"]


def test_calendars_write_to_their_customers_themselves_unless_we_are_told_to(
    db: SQLAlchemy, salon: Salon, booking: Booking, mira: str
) -> None:
    move(booking, CALENDAR)
    from_there = book(salon, "cut:ben", customer_id=mira, source="calcom", actor=CALENDAR)
    move(from_there, DESK)
    assert told(db) == []


@pytest.mark.parametrize(
    ("rule", "notify", "kinds"),
    [(None, None, ["booking_moved"]), (False, None, []), (False, True, ["booking_moved"]), (True, False, []), (None, False, [])],
)
def test_what_a_program_changes_is_told_by_the_rules_or_as_it_says(
    db: SQLAlchemy, booking: Booking, rule: bool | None, notify: bool | None, kinds: list[str]
) -> None:
    rules(notify_program_changes=rule)
    move(booking, PROGRAM, notify=notify)
    assert [row.kind for row in told(db)] == kinds


@pytest.mark.parametrize("notify", [None, False])
def test_what_a_program_cancels_is_told_unless_it_says_no(db: SQLAlchemy, booking: Booking, notify: bool | None) -> None:
    cancel(booking, PROGRAM, notify=notify)
    assert [row.kind for row in told(db)] == (["booking_cancelled"] if notify is None else [])


@pytest.mark.parametrize(("rule", "notify", "told_of"), [(None, None, 1), (False, None, 0), (False, True, 1), (True, False, 0)])
def test_what_a_program_books_is_confirmed_by_the_rules_or_as_it_says(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble, rule: bool | None, notify: bool | None, told_of: int
) -> None:
    rules(notify_program_changes=rule)
    book(salon, "cut:anna", customer_id=mira, source="api", actor=PROGRAM, notify=notify)
    assert len(list(db.session.scalars(select(Notification).where(Notification.kind == "booking_link")))) == told_of


def test_what_was_never_confirmed_is_not_confirmed_by_a_change_that_is_not_told(
    db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble
) -> None:
    rules(notify_program_changes=False)
    move(book(salon, customer_id=mira, source="api", actor=PROGRAM), PROGRAM)
    assert db.session.scalars(select(Notification.kind)).all() == []


def test_a_visit_is_told_once(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    visit = book(salon, "cut:anna", "colour:anna", customer_id=mira)
    move(visit, LINK)
    cancel(visit, LINK)
    assert [row.kind for row in told(db)] == ["booking_moved", "booking_cancelled"]


def test_a_cancelled_series_is_one_message(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    with transaction():
        series = create_series(salon.request(customer_id=mira), every_weeks=1, times=4)
    with transaction():
        cancel_series(series.id, DESK)
    (row,) = told(db)
    assert "Ihre 4 Termine Haarschnitt ab Di. 12. Mai um 10:00 sind abgesagt." in (row.body or "")


def test_a_booking_that_waited_is_told_when_it_is_confirmed(db: SQLAlchemy, salon: Salon, mira: str, twilio: TwilioDouble) -> None:
    rules(needs_confirmation=True)
    booking = book(salon, customer_id=mira)
    with transaction():
        confirm_booking(booking.id, DESK)
    (row,) = told(db)
    assert (row.kind, row.title) == ("booking_confirmed", "Ihr Termin ist bestätigt")
    assert "Haarschnitt am Di. 12. Mai um 10:00, Berlin-Mitte, ist bestätigt." in (row.body or "")


def test_notes_and_who_did_not_come_are_nobodys_message(db: SQLAlchemy, booking: Booking, present: time_machine.Traveller) -> None:
    with transaction():
        edit_notes(booking.id, "kurz", DESK)
    present.move_to(booking.ends_at)
    with transaction():
        mark_no_show(booking.id, DESK)
    assert told(db) == []


def test_who_speaks_english_reads_english(db: SQLAlchemy, booking: Booking, mira: str) -> None:
    with transaction():
        db.session.get_one(Customer, mira).language = "en"
    move(booking, LINK)
    assert "Haarschnitt has been moved to Tue 12 May at 11:00 instead of Tue 12 May at 10:00, Berlin" in (told(db)[0].body or "")
    cancel(booking, LINK)
    assert "has been cancelled" in (told(db)[1].body or "")


def test_what_is_rolled_back_is_not_told(db: SQLAlchemy, booking: Booking) -> None:
    with pytest.raises(RuntimeError), transaction():
        cancel_booking(booking.id, DESK)
        raise RuntimeError
    assert told(db) == []


def test_without_an_account_the_log_says_that_nothing_was_sent(
    app: Flask, db: SQLAlchemy, salon: Salon, mira: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = book(salon, customer_id=mira)
    cancel(booking)
    rows = list_notifications(f"booking:{booking.id}")
    assert sorted((row.kind, row.status) for row in rows) == [("booking_cancelled", "not_set_up"), ("booking_link", "not_set_up")]
    # an account that comes later sends nothing of it by itself
    for name, value in {"account_sid": "AC1", "auth_token": "t", "sender": "Lindgren"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)
    assert {row.status for row in list_notifications(f"booking:{booking.id}")} == {"not_set_up"}
