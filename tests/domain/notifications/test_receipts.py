"""What carriers report: over the signed webhook, in any order and twice, before its message is stored, and what follows from a failure."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.signatures import sign_twilio
from app.core.tenancy import clear_company, company_scope
from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.domain.inbox.processor import drain_batch
from app.domain.notifications.sender_accounts import find_sender
from app.jobs.notifications import send_notification
from app.models import Booking, Connection, Notification, SuppressedAddress, WebhookEvent
from tests.doubles.messaging import TOKEN, MailDouble, TwilioDouble
from tests.factories.salon import DESK, Salon, make_salon

MIRA, MAIL = "+491713920050", "mira@example.org"


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def book(salon: Salon, **reached: str) -> Booking:
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA, **reached).id)
    return run_in_transaction(lambda: create_booking(salon.request(customer_id=customer)))


def rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def deliver(db: SQLAlchemy) -> None:
    for row in rows(db):
        send_notification(row.id)


def report(
    client: FlaskClient, sid: str, status: str, *, token: str = TOKEN, path: str = "/api/twilio/sms/status", **more: str
) -> TestResponse:
    form = {"MessageSid": sid, "MessageStatus": status, "From": "Lindgren", "To": MIRA, **more}
    with clear_company():
        return client.post(path, data=form, headers={"X-Twilio-Signature": sign_twilio(f"http://localhost:8000{path}", form, token)})


def drain() -> None:
    with clear_company():
        while drain_batch(10):
            pass


def test_message_that_arrived_stays_so_whatever_comes_later(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    book(salon)
    deliver(db)
    sid = rows(db)[0].provider_ref or ""
    for status in ("delivered", "sent", "delivered", "queued", "undelivered"):
        assert report(client, sid, status).status_code in (200, 204)
        drain()
    (row,) = rows(db)
    assert row.status == "sent" and row.delivered_at is not None
    assert len(db.session.scalars(select(WebhookEvent.id)).all()) == 4, "the second delivery is the first one"


@pytest.mark.parametrize(("code", "suppressed"), [("30006", [("sms", "unreachable")]), ("30003", []), ("", [])])
def test_message_that_did_not_arrive_goes_the_other_way(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble, client: FlaskClient, code: str, suppressed: list[tuple[str, str]]
) -> None:
    book(salon, email=MAIL)
    deliver(db)
    report(client, rows(db)[0].provider_ref or "", "undelivered", ErrorCode=code)
    drain()
    deliver(db)
    first, *others = rows(db)
    assert (first.status, first.reason) == ("dead", "unreachable" if suppressed else "undelivered")
    assert [(row.channel, row.status) for row in others] == [("email", "sent")]
    assert [(row.channel, row.reason) for row in db.session.scalars(select(SuppressedAddress))] == suppressed


def test_message_about_what_no_longer_stands_is_not_replaced(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble, client: FlaskClient
) -> None:
    booking = book(salon, email=MAIL)
    deliver(db)
    run_in_transaction(lambda: cancel_booking(booking.id, DESK, notify=False))
    report(client, rows(db)[0].provider_ref or "", "failed", ErrorCode="30005")
    drain()
    assert len(rows(db)) == 1


def test_report_that_is_faster_than_our_own_commit_is_tried_again(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, present: time_machine.Traveller
) -> None:
    book(salon)
    report(client, "SM00000000000000000000000000000000", "delivered")
    drain()
    deliver(db)
    assert rows(db)[0].delivered_at is None
    present.shift(2)
    drain()
    assert rows(db)[0].delivered_at is not None
    report(client, "SMffffffffffffffffffffffffffffffff", "delivered")
    for _try in range(6):
        drain()
        present.shift(1800)
    assert db.session.scalars(select(WebhookEvent.status).order_by(WebhookEvent.id)).all() == ["handled", "ignored"]


def test_reports_of_strangers_are_refused(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient) -> None:
    book(salon)
    deliver(db)
    sid = rows(db)[0].provider_ref or ""
    assert report(client, sid, "delivered", token="another").status_code == 401
    other = make_salon("salon-b")
    with company_scope(other.company_id):
        connection = Connection(provider="twilio", api_key="AC22:token_of_theirs", label="+493023125198")
        run_in_transaction(lambda: db.session.add(connection))
        path = f"/api/twilio/sms/status/{connection.id}"
    report(client, sid, "delivered", token="token_of_theirs", path=path)
    drain()
    assert rows(db)[0].delivered_at is None, "the account of one company says nothing about the messages of another"


def test_carrier_is_told_where_to_report_where_it_can_reach_us(
    app: Flask, salon: Salon, twilio: TwilioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (sender := find_sender("sms")) and sender.report_url == ""
    monkeypatch.setattr(app.config["SETTINGS"], "public_url", "https://app.example.org")
    assert (sender := find_sender("sms")) and sender.report_url.startswith("https://app.example.org/api/twilio/sms/status#")
