"""What a carrier says for good is remembered: no second message goes there, the other way is taken, until the person takes it back."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.signatures import sign_twilio
from app.core.tenancy import clear_company, company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.agents.tools.verification_fallbacks import find_code_number
from app.domain.bookings.create import create_booking
from app.domain.bookings.notifications import send_booking_link
from app.domain.customers.contacts import find_or_create
from app.domain.inbox.processor import drain_batch
from app.domain.notifications import delivery
from app.domain.notifications.notification_queue import NotificationDraft, queue_notification
from app.domain.notifications.suppressions import lift, suppress
from app.jobs.notifications import send_notification
from app.models import AuditEntry, Booking, Connection, Customer, Notification, SuppressedAddress, WebhookEvent
from tests.doubles.messaging import TOKEN, MailDouble, TwilioDouble
from tests.factories.salon import Salon, at, make_salon

MIRA, MAIL = "+491713920050", "mira@example.org"
FIRST, SECOND = "2026-05-12T10:00", "2026-05-12T14:00"


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailDouble]:
    with MailDouble() as double:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", double.url)
        monkeypatch.setattr(app.config["SETTINGS"], "mail_from", "Salon Lindgren <termine@salon.example>")
        yield double


def _customer(**reached: Any) -> str:
    return run_in_transaction(lambda: find_or_create("Mira Sommer", **({"number": MIRA, "email": MAIL} | reached)).id)


def _book(salon: Salon, customer_id: str, starts: str = FIRST, **changes: Any) -> Booking:
    return run_in_transaction(lambda: create_booking(salon.request(customer_id=customer_id, starts=starts, **changes)))


def _rows(db: SQLAlchemy) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)))


def _deliver(db: SQLAlchemy) -> None:
    """A worker, as often as there is something due."""
    for _turn in range(4):
        for row in _rows(db):
            send_notification(row.id)


def _suppressed(db: SQLAlchemy) -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(row.channel, row.address, row.reason) for row in db.session.scalars(select(SuppressedAddress))]


@pytest.mark.parametrize(("code", "reason"), [(21610, "opted_out"), (21614, "unreachable"), (21211, "unreachable")])
def test_after_a_lasting_refusal_the_message_and_all_later_ones_go_by_mail(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble, code: int, reason: str
) -> None:
    twilio.refuse[MIRA] = code
    customer = _customer()
    _book(salon, customer)
    _deliver(db)
    asked = len(twilio.requests)
    _book(salon, customer, SECOND)
    _deliver(db)
    assert [(row.channel, row.recipient, row.status) for row in _rows(db)] == [("email", MAIL, "sent")] * 2
    assert len(mail.mails) == 2
    assert len(twilio.requests) == asked, "no second SMS is tried"
    assert _suppressed(db) == [("sms", MIRA, reason)]


def test_without_another_way_nothing_more_is_sent(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble) -> None:
    twilio.refuse[MIRA] = 21610
    customer = _customer(email=None)
    _book(salon, customer)
    _deliver(db)
    asked = len(twilio.requests)
    second = _book(salon, customer, SECOND)
    run_in_transaction(lambda: send_booking_link(second, cause="desk:1"))
    _deliver(db)
    assert [(row.channel, row.status, row.reason) for row in _rows(db)] == [("sms", "dead", "opted_out"), ("none", "dead", "opted_out")]
    assert (len(twilio.requests), mail.mails) == (asked, [])


def test_a_mail_address_that_does_not_exist_is_remembered_too(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble) -> None:
    mail.says["RCPT"] = "550 no such user"
    customer = _customer(number="+493023125199")
    booking = _book(salon, customer)
    _deliver(db)
    with transaction():
        db.session.get_one(Booking, booking.id).contact_phone = MIRA
    second = _book(salon, customer, SECOND, contact_phone=MIRA)
    _deliver(db)
    assert _suppressed(db) == [("email", MAIL, "unreachable")]
    assert [(row.subject, row.channel) for row in _rows(db) if row.status == "sent"] == [(f"booking:{second.id}", "sms")]


def test_the_contact_of_the_booking_is_another_way(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble) -> None:
    twilio.refuse[MIRA] = 21610
    _book(salon, _customer(email=None), contact_email="booking@example.org")
    with transaction():
        suppress("sms", MIRA, "opted_out")
    _deliver(db)
    assert [(row.channel, row.recipient, row.status) for row in _rows(db)] == [("email", "booking@example.org", "sent")]


def test_what_was_written_before_the_opt_out_does_not_leave_after_it(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, mail: MailDouble
) -> None:
    _book(salon, _customer())
    with transaction():
        suppress("sms", MIRA, "opted_out")
    _deliver(db)
    assert [(row.channel, row.status) for row in _rows(db)] == [("email", "sent")]
    assert twilio.messages == []


@pytest.mark.parametrize("code", [21408, 30007])
def test_what_is_not_said_for_good_is_not_remembered(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, code: int) -> None:
    twilio.refuse[MIRA] = code
    _book(salon, _customer())
    _deliver(db)
    assert _suppressed(db) == []
    assert [row.status for row in _rows(db)] == ["dead"]


def test_another_company_keeps_writing_and_sees_nothing_of_it(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        suppress("sms", MIRA, "opted_out")
    other = make_salon("salon-b")
    with company_scope(other.company_id):
        assert _suppressed(db) == []
        _book(other, _customer(email=None))
        _deliver(db)
        assert [row.status for row in _rows(db)] == ["sent"]


def test_an_alarm_is_tried_all_the_same(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    with transaction():
        suppress("sms", MIRA, "opted_out")
        draft = NotificationDraft("emergency", "call:1", "emergency:1", "Notfall", "Notfall", at("2026-05-12T10:00"))
        queue_notification(draft, ("sms", MIRA), customer_id=None)
    _deliver(db)
    assert [row.status for row in _rows(db)] == ["sent"]


def test_sending_again_by_hand_tries_a_number_again_unless_the_person_opted_out(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    for code, tried_again in ((21614, True), (21610, False)):
        twilio.refuse[MIRA] = code
        _book(salon, _customer(email=None), FIRST if tried_again else SECOND)
        _deliver(db)
        asked = len(twilio.requests)
        with transaction():
            delivery.resend(_rows(db)[-1].id)
        _deliver(db)
        assert (len(twilio.requests) > asked) is tried_again, code
        with transaction():
            lift("sms", MIRA)


def _sms(
    client: FlaskClient, body: str, *, path: str = "/api/twilio/sms", token: str = TOKEN, sid: str = "SM1", **more: str
) -> TestResponse:
    form = {"MessageSid": sid, "From": MIRA, "To": "+493023125198", "Body": body, **more}
    signature = sign_twilio(f"http://localhost:8000{path}", form, token)
    with clear_company():
        return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def _drain() -> None:
    with clear_company():
        while drain_batch(10):
            pass


@pytest.mark.parametrize("word", ["START", " start. ", "Unstop", "YES"])
def test_start_takes_the_opt_out_back(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, word: str) -> None:
    with transaction():
        suppress("sms", MIRA, "opted_out")
    answer = _sms(client, word)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<Response/>", "text/xml")
    _drain()
    assert _suppressed(db) == []
    _book(salon, _customer())
    _deliver(db)
    assert [(row.channel, row.status) for row in _rows(db)] == [("sms", "sent")]
    assert db.session.scalar(select(AuditEntry.company_id).where(AuditEntry.action == "messages_allowed")) == salon.company_id


@pytest.mark.parametrize("word", ["Danke", "Bitte nicht starten", "Stop the music", ""])
def test_anything_else_changes_nothing(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, word: str) -> None:
    _customer()
    with transaction():
        suppress("sms", MIRA, "opted_out")
    assert _sms(client, word).status_code == 200
    _drain()
    assert _suppressed(db) == [("sms", MIRA, "opted_out")]
    assert db.session.scalar(select(WebhookEvent.status)) == "unassigned", "nobody owns the number that was written to"


@pytest.mark.parametrize("more", [{"body": "STOP"}, {"body": "stopp"}, {"body": "aus", "OptOutType": "STOP"}])
def test_stop_counts_before_the_carrier_refuses(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, more: dict[str, str]
) -> None:
    _customer()
    assert _sms(client, **more).status_code == 200
    _drain()
    assert _suppressed(db) == [("sms", MIRA, "opted_out")]


def test_stop_reaches_whoever_has_an_account_of_their_own_since_yesterday(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    other = make_salon("salon-b")
    with company_scope(other.company_id), transaction():
        find_or_create("Mira Sommer", number=MIRA)
        db.session.add(Connection(provider="twilio", api_key="AC22:token_of_theirs", label="+493023125198"))
    _sms(client, "STOP")
    _drain()
    with company_scope(other.company_id):
        assert _suppressed(db) == [("sms", MIRA, "opted_out")]


def test_a_word_counts_for_the_account_to_which_it_was_sent(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    other = make_salon("salon-b")
    with company_scope(other.company_id), transaction():
        suppress("sms", MIRA, "opted_out")
        connection = Connection(provider="twilio", api_key="AC22:token_of_theirs", label="+493023125198")
        db.session.add(connection)
    with transaction():
        suppress("sms", MIRA, "opted_out")
    path = f"/api/twilio/sms/{connection.id}"
    assert _sms(client, "START", path=path).status_code == 401
    assert _sms(client, "START").status_code == 200
    _drain()
    assert _suppressed(db) == []
    with company_scope(other.company_id):
        assert _suppressed(db) == [("sms", MIRA, "opted_out")]
        assert _sms(client, "START", path=path, token="token_of_theirs", sid="SM2").status_code == 200
        _drain()
        assert _suppressed(db) == []


def test_a_code_is_not_offered_to_a_number_that_gets_no_sms(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble) -> None:
    from types import SimpleNamespace

    customer = db.session.get_one(Customer, _customer())
    context: Any = SimpleNamespace(
        caller=SimpleNamespace(customer=customer, is_withheld=False), call=SimpleNamespace(from_number=MIRA, company_id=salon.company_id)
    )
    assert find_code_number(context) == MIRA
    with transaction():
        suppress("sms", MIRA, "opted_out")
    assert find_code_number(context) is None
