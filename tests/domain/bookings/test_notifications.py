"""What customers are told of bookings and offers: written with them, sent after them, at least once and under one name."""

import re
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text

from app.core.clock import now
from app.core.tenancy import clear_company
from app.core.transactions import transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.message_resend import list_resendable, resend
from app.domain.bookings.notifications import send_customer_link
from app.domain.bookings.planned_messages import plan_messages
from app.domain.bookings.recurrence import create_series
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.bookings.waitlist import decline_offer, join_waitlist, offer_slot
from app.domain.companies import feature_flags
from app.domain.customers.contacts import find_or_create
from app.domain.notifications import delivery
from app.domain.notifications.message_policies import ReminderRule, save_message_rules
from app.jobs.notifications import delete_expired_bodies, send_notification
from app.jobs.outboxes import sweep_outbox
from app.models import Booking, Call, Customer, Notification, WaitlistOffer
from app.providers.messaging import twilio_sms
from app.providers.throttle import Throttle
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_call

LINK = Actor("caller", "link")
MIRA = "+491713920050"


def customer(name: str = "Mira Sommer", **reached: Any) -> str:
    with transaction():
        return find_or_create(name, **(reached or {"number": MIRA})).id


def rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)))


def book(salon: Salon, **changes: Any) -> Booking:
    with transaction():
        return create_booking(salon.request(**({"customer_id": customer()} | changes)))


def token_in(body: str) -> str:
    found = re.search(r"/b/([\w-]{43})$", body)
    assert found, body
    return found[1]


def offer(salon: Salon, customer_id: str) -> WaitlistOffer:
    with transaction():
        join_waitlist(
            customer_id, salon.services["cut"], staff_id=salon.people["anna"], window_from=at("2026-05-11T00:00"),
            window_until=at("2026-05-16T00:00"),
        )  # fmt: skip
        made = offer_slot(salon.branches["mitte"], at("2026-05-12T10:00"), at("2026-05-12T10:30"))
        assert made
        return made


def test_a_booking_is_confirmed_with_a_link_that_opens_its_page(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    book(salon)
    (row,) = rows(db)
    assert (row.status, row.channel, row.kind) == ("pending", "sms", "booking_link")
    send_notification(row.id)
    (sent,) = twilio.messages
    assert sent["to"] == MIRA and sent["body"].startswith("Salon Lindgren: ")
    (row,) = rows(db)
    assert (row.status, row.provider_ref, row.body) == ("sent", sent["sid"], None)
    with clear_company():
        assert client.get(f"/b/{token_in(sent['body'])}").status_code == 200


def test_running_the_job_again_sends_nothing_again(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    book(salon)
    (row,) = rows(db)
    for _again in range(3):
        send_notification(row.id)
    assert len(twilio.messages) == 1


def test_while_sending_is_switched_off_messages_wait_and_go_out_afterwards(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        feature_flags.set_flag("messages", salon.company_id, on=False)
    book(salon)
    send_notification(rows(db)[0].id)
    (row,) = rows(db)
    assert (row.status, row.reason, twilio.messages) == ("pending", "switched_off", [])
    with transaction():
        feature_flags.set_flag("messages", salon.company_id, on=True)
    with time_machine.travel(now() + delivery.SWITCHED_OFF_DELAY + timedelta(seconds=1), tick=True):
        send_notification(row.id)
    assert (rows(db)[0].status, len(twilio.messages)) == ("sent", 1)


def test_at_night_the_confirmation_waits_unless_the_customer_has_booked(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    present.move_to(at("2026-05-04T23:00"))
    book(salon, actor=DESK, source="web")
    book(salon, starts="2026-05-12T12:00", customer_id=customer("Otto", number="+491713920051"))
    for row in rows(db):
        send_notification(row.id)
    assert [sent["to"] for sent in twilio.messages] == ["+491713920051"]


def test_a_visit_and_a_series_are_confirmed_once(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        create_booking(salon.request("cut:anna", "colour:anna", customer_id=customer()))
        create_series(salon.request("cut:ben", customer_id=customer("Otto", number="+491713920051")), every_weeks=1, times=3)
    assert [row.kind for row in rows(db)] == ["booking_link"] * 2


def test_what_is_rolled_back_says_nothing(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with pytest.raises(RuntimeError), transaction():
        create_booking(salon.request(customer_id=customer()))
        raise RuntimeError
    assert rows(db) == []


def test_without_keys_the_log_says_that_no_confirmation_was_sent(db: SQLAlchemy, salon: Salon) -> None:
    book(salon)
    assert [(row.kind, row.status, row.finished_at is not None) for row in rows(db)] == [("booking_link", "not_set_up", True)]


@pytest.mark.parametrize("source", ["calcom", "simulator"])
def test_whoever_confirms_by_itself_is_not_followed_by_a_second_confirmation(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, source: str
) -> None:
    book(salon, source=source)
    assert rows(db) == []


def test_a_visit_that_has_begun_or_was_taken_back_at_once_is_not_confirmed(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    book(salon, starts="2026-05-04T07:30", ignore_rules=True, source="web", actor=DESK)
    with transaction():
        cancel_booking(create_booking(salon.request(customer_id=customer())).id, DESK)
    assert "booking_link" not in [row.kind for row in rows(db)]


def test_a_message_that_has_left_is_sent_anew_as_the_same_kind_while_it_holds(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    with transaction():
        save_message_rules({"reminders": (ReminderRule(1440, "sms"),)})
    booking = book(salon, starts="2026-05-13T10:00")
    first = next(row for row in rows(db) if row.kind == "booking_link")
    with transaction():
        assert resend(first) is None, "it has not left yet"
    send_notification(first.id)
    reminder = next(row for row in rows(db) if row.kind == "booking_reminder")
    with transaction():
        assert resend(reminder) is None, "it is still planned"
    present.move_to(at("2026-05-12T10:01"))
    send_notification(reminder.id)
    for old, words in ((first.id, "ist gebucht"), (reminder.id, "steht an")):
        with transaction():
            row = db.session.get_one(Notification, old)
            anew = resend(row)
            assert anew is not None and anew.kind == row.kind and words in (anew.body or "")
        with transaction():
            assert resend(row) is None, "once a message"
    with transaction():
        plan_messages([booking.id])
    resent = [row for row in rows(db) if row.idempotency_key.startswith("resent:")]
    assert [row.status for row in resent] == ["pending", "pending"], "planning anew leaves them"
    for row in resent:
        send_notification(row.id)
    resent = [row for row in rows(db) if row.idempotency_key.startswith("resent:")]
    assert [row.status for row in resent] == ["sent", "sent"]
    with transaction():
        cancel_booking(booking.id, DESK)
    with transaction():
        assert list_resendable([row for row in rows(db) if row.kind != "booking_cancelled"]) == set()


def test_what_was_dropped_or_says_another_time_is_not_sent_anew(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        save_message_rules({"reminders": (ReminderRule(1440, "sms"),)})
    booking = book(salon, starts="2026-05-13T10:00")
    send_notification(next(row.id for row in rows(db) if row.kind == "booking_link"))
    for starts in ("2026-05-13T14:00", "2026-05-15T11:00"):
        with transaction():
            reschedule_booking(booking.id, LINK, starts_at=at(starts))
        send_notification(next(row.id for row in rows(db) if row.kind == "booking_moved" and row.status == "pending"))
    latest = [row for row in rows(db) if row.kind == "booking_moved"][-1]
    assert list_resendable(rows(db)) == {latest.id}
    with transaction():
        anew = resend(latest)
        assert anew is not None and anew.kind == "booking_moved" and "verschoben auf Fr" in (anew.body or "")
    with transaction():
        reschedule_booking(booking.id, LINK, starts_at=at("2026-05-19T10:00"))
    assert [row.status for row in rows(db) if row.idempotency_key.startswith("resent:")] == ["expired"]


def test_without_a_way_nothing_is_sent_anew(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, app: Flask, monkeypatch: Any) -> None:
    book(salon)
    send_notification(rows(db)[0].id)
    assert len(list_resendable(rows(db))) == 1
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", "")
    assert list_resendable(rows(db)) == set()


def test_a_link_to_all_appointments_is_sent_once_a_call(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    mira, calls = db.session.get_one(Customer, customer()), [db.session.get_one(Call, make_call(salon)) for _call in range(2)]
    with transaction():
        sent = [send_customer_link(call, mira, ("sms", MIRA)).id for call in (calls[0], calls[1], calls[0])]
    assert sent[0] == sent[2] != sent[1]
    assert [(row.kind, row.subject) for row in rows(db)] == [("customer_link", f"customer:{mira.id}")] * 2


def test_what_was_not_sent_keeps_its_link_until_it_expires(
    db: SQLAlchemy, salon: Salon, client: FlaskClient, present: time_machine.Traveller
) -> None:
    book(salon)
    (row,) = rows(db)
    assert row.status == "not_set_up" and row.body
    with clear_company():
        assert client.get(f"/b/{token_in(row.body)}").status_code == 200
    send_notification(row.id)
    present.move_to("2026-05-12T10:01:00+02:00")
    delete_expired_bodies()
    (row,) = rows(db)
    assert (row.status, row.body) == ("not_set_up", None)


def test_an_offer_is_sent_and_its_link_accepts_it(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient) -> None:
    offer(salon, customer())
    (row,) = rows(db)
    send_notification(row.id)
    words = "Salon Lindgren: Ein Platz ist frei geworden, Haarschnitt am Di. 12. Mai um 10:00. Wir halten ihn bis 08:30 Uhr für Sie: "
    assert twilio.messages[0]["body"].startswith(words)
    with clear_company():
        page = client.get(f"/b/{token_in(twilio.messages[0]['body'])}").text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert csrf
        client.post(f"/b/{token_in(twilio.messages[0]['body'])}/accept", data={"csrf_token": csrf[1]})
    assert db.session.scalars(select(Booking)).one().status == "confirmed"


def test_an_offer_that_is_declined_at_once_is_not_told(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        decline_offer(offer(salon, customer()).id)
    assert rows(db) == []


def test_a_lost_answer_is_one_message_and_one_name(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    book(salon)
    (row,) = rows(db)
    twilio.fail("lost")
    send_notification(row.id)
    (row,) = rows(db)
    assert (row.status, row.reason, row.attempts) == ("pending", "no_answer", 1)
    send_notification(row.id)
    assert len(twilio.messages) == 1
    present.shift(timedelta(seconds=6))
    send_notification(row.id)
    assert len(twilio.messages) == 1
    assert rows(db)[0].status == "sent"


def test_it_waits_longer_each_time_and_ends_with_its_reason(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    # it counts in real time
    monkeypatch.setattr(twilio_sms, "THROTTLE", Throttle("two_days", limit=1000))
    with transaction():
        save_message_rules({"quiet_from": 0, "quiet_until": 0})
    book(salon)
    (row,) = rows(db)
    twilio.fail("500", times=999)
    waits, began = [], now()
    while row.status == "pending":
        present.move_to(row.due_at + timedelta(seconds=31))
        before = now()
        send_notification(row.id)
        (row,) = rows(db)
        waits.append(round((row.due_at - before).total_seconds()))
    delays = [delay.total_seconds() for delay in delivery.RETRY_DELAYS]
    assert all(abs(wait - delay) < 5 for wait, delay in zip(waits[:-1], chain(delays, repeat(delays[-1])), strict=False))
    assert timedelta(hours=48) < now() - began < timedelta(hours=50)
    assert (row.status, row.reason) == ("dead", "no_answer")
    twilio.restore()
    present.shift(timedelta(seconds=60))
    with transaction():
        delivery.resend(row.id)
    send_notification(row.id)
    assert rows(db)[0].status == "sent"


def test_a_refusal_for_good_is_not_tried_again(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    book(salon)
    twilio.refuse[MIRA] = 21610
    (row,) = rows(db)
    send_notification(row.id)
    (row,) = rows(db)
    assert (row.status, row.reason) == ("dead", "opted_out")
    with clear_company():
        assert sweep_outbox("messages") == 0


def test_the_sweep_finds_what_no_job_came_for(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller) -> None:
    book(salon)
    with clear_company():
        assert sweep_outbox("messages") == 1
        # it is with a worker now
        assert sweep_outbox("messages") == 0
        present.shift(timedelta(seconds=31))
        assert sweep_outbox("messages") == 1


def test_a_worker_that_died_loses_its_claim_and_a_stalled_twin_changes_nothing(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    book(salon)
    (row,) = rows(db)
    with transaction():
        stalled = delivery.claim(row.id)
        assert stalled and delivery.claim(row.id) is None
    present.shift(delivery.LEASE + timedelta(seconds=1))
    send_notification(row.id)
    with transaction():
        delivery.complete(stalled, "SM-of-the-twin")
    (row,) = rows(db)
    assert row.status == "sent" and row.provider_ref != "SM-of-the-twin"


def test_what_is_too_late_to_say_is_not_said(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller) -> None:
    offer(salon, customer())
    (row,) = rows(db)
    present.shift(timedelta(minutes=31))
    send_notification(row.id)
    assert rows(db)[0].status == "expired" and twilio.messages == []


def test_who_left_only_an_address_gets_a_mail(app: Flask, db: SQLAlchemy, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailDouble() as mail:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", mail.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        book(salon, customer_id=customer(email="mira@example.org"))
        (row,) = rows(db)
        send_notification(row.id)
        assert mail.mails[0]["To"] == "mira@example.org"
        assert "/b/" in mail.mails[0].get_body(("plain",)).get_content()


def test_words_and_numbers_rest_sealed(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    book(salon)
    db.session.rollback()
    with db.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT recipient, body FROM notifications")).all()
    assert MIRA.encode() not in bytes(row.recipient) and b"/b/" not in bytes(row.body)


def test_a_cancelled_booking_is_offered_and_told_in_one_go(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    booking = book(salon, customer_id=None)
    with transaction():
        join_waitlist(customer(), salon.services["cut"], window_from=at("2026-05-12T10:00"), window_until=at("2026-05-12T10:01"))
    with transaction():
        cancel_booking(booking.id, DESK)
        offer_slot(booking.branch_id, booking.starts_at, booking.ends_at)
    assert [row.kind for row in rows(db)] == ["waitlist_offer"]
