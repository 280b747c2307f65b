"""What was sent can be read later as it was, without its link; an answer over a link finds the message that carried it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import clear_company
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.contacts import find_or_create
from app.domain.customers.one_time_codes import create_code
from app.domain.notifications.reply_addresses import save_reply_addresses
from app.domain.operations.technical_data_retention import SENT_TEXT_RETENTION
from app.jobs.notifications import delete_expired_bodies, send_notification
from app.models import Booking, Call, Connection, Customer, Notification
from tests.doubles.messaging import MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, at, make_call
from tests.support.users import csrf_token

MIRA, MAIL = "+491713920050", "mira@example.org"


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "termine@askproai.example")
        yield double


def book(salon: Salon, **reached: str) -> Booking:
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", **reached).id)
    return run_in_transaction(lambda: create_booking(salon.request(customer_id=customer)))


def rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)))


def deliver(db: SQLAlchemy) -> None:
    for row in rows(db):
        send_notification(row.id)


def test_what_was_sent_is_kept_as_it_was_without_its_link(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, present: time_machine.Traveller
) -> None:
    book(salon, number=MIRA)
    deliver(db)
    (row,) = rows(db)
    sent = twilio.messages[0]["body"]
    token = sent.rpartition("/b/")[2].split()[0]
    assert (row.status, row.body) == ("sent", None)
    assert row.sent_text and token not in row.sent_text
    assert row.sent_text.partition("…")[0] == sent.partition("http")[0]
    present.shift(SENT_TEXT_RETENTION + timedelta(minutes=1))
    delete_expired_bodies()
    assert rows(db)[0].sent_text is None


def test_a_code_is_not_kept(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    customer, call_id = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id), make_call(salon)
    with transaction():
        create_code(db.session.get_one(Call, call_id), db.session.get_one(Customer, customer), MIRA)
    deliver(db)
    assert [(row.kind, row.status, row.sent_text) for row in rows(db)] == [("code", "sent", None)]


def test_an_answer_over_a_link_marks_the_message_that_carried_it(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    booking = book(salon, number=MIRA)
    deliver(db)
    with transaction():
        reschedule_booking(booking.id, DESK, starts_at=at("2026-05-12T11:00"))
    for row in rows(db):
        with transaction():
            db.session.get_one(Notification, row.id).due_at = row.created_at
        send_notification(row.id)
    tokens = [sent["body"].rpartition("/b/")[2].split()[0] for sent in twilio.messages]
    assert len(set(tokens)) == 2
    with clear_company():
        client.post(f"/b/{tokens[0]}/confirm", data={"csrf_token": csrf_token(client, f"/b/{tokens[0]}")})
    assert [(row.kind, row.answer) for row in rows(db)] == [("booking_link", "confirmed"), ("booking_moved", None)]


def test_answers_to_mails_go_to_the_branch_else_to_the_company_else_to_the_sender(db: SQLAlchemy, salon: Salon, mail: MailDouble) -> None:
    for hour, addresses in enumerate(({}, {"company": "Hallo@salon.example"}, {salon.branches["mitte"]: "mitte@salon.example"}), 10):
        with transaction():
            save_reply_addresses(addresses)
            create_booking(salon.request(starts=f"2026-05-12T{hour}:00", customer_id=find_or_create("Mira Sommer", email=MAIL).id))
        deliver(db)
    assert [sent["Reply-To"] for sent in mail.mails] == [None, "hallo@salon.example", "mitte@salon.example"]
    assert {sent["From"] for sent in mail.mails} == {"Salon Lindgren <termine@askproai.example>"}


def test_an_own_account_without_a_name_writes_under_the_companys(
    db: SQLAlchemy, salon: Salon, mail: MailDouble, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "private_hosts", True)
    with transaction():
        db.session.add(Connection(provider="smtp", api_key=mail.url, label="termine@salon.example", is_active=True))
    book(salon, email=MAIL)
    deliver(db)
    assert [sent["From"] for sent in mail.mails] == ["Salon Lindgren <termine@salon.example>"]
