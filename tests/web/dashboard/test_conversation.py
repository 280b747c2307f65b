"""The conversation by text message on the pages of customer, booking and task, and writing into it."""

import re

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.domain.replies.inbound import ReceivedText, store_message
from app.jobs.replies import answer_message
from app.models import AuditEntry, Company, Notification
from tests.factories.salon import PRESENT, make_salon
from tests.support.tables import each_row
from tests.support.users import make_company, make_user, signed_in, token_of

MIRA = "+491713920051"
QUESTION = "Wo kann ich <b>parken</b>?"


@pytest.fixture
def salon(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Company:
    for name, value in {"account_sid": "AC1", "auth_token": "t", "sender": "+493023125198"}.items():
        monkeypatch.setattr(app.config["SETTINGS"], f"twilio_{name}", value)
    return make_company()


def _write_in(salon: Company, text: str = QUESTION) -> str:
    """Somebody wrote; gives the customer."""
    with company_scope(salon.id):
        customer_id = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id)
        message = ReceivedText(f"SM{now().timestamp()}", MIRA, "+493023125198", text, 0, now())
        answer_message(run_in_transaction(lambda: store_message(message).id))
    return customer_id


def test_what_was_written_stands_on_the_customers_page_and_leads_there_from_the_task(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    customer_id = _write_in(salon)
    owner = signed_in(app, make_user(salon))
    page = owner.get(f"/customers/{customer_id}").text
    assert "Wo kann ich &lt;b&gt;parken&lt;/b&gt;?" in page and "Als Aufgabe notiert" in page
    conversation = page.partition('id="sms"')[2]
    assert conversation.index("Wo kann ich") < conversation.index("Danke für Ihre Nachricht")
    assert f"/customers/{customer_id}#sms" in owner.get("/tasks").text


def test_the_team_answers_and_it_is_sent_once(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    customer_id = _write_in(salon)
    front = signed_in(app, make_user(salon, role="front_desk"))
    page = front.get(f"/customers/{customer_id}").text
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    form = {"csrf_token": token_of(front), "text": "Im Hof.", "key": key[1], "next": f"/customers/{customer_id}#sms"}
    for _turn in range(2):
        answer = front.post(f"/customers/{customer_id}/sms", data=form)
        assert (answer.status_code, answer.location) == (302, f"/customers/{customer_id}#sms")
    with company_scope(salon.id):
        (row,) = db.session.scalars(select(Notification).where(Notification.kind == "staff_message"))
        assert (row.body, row.channel, row.recipient) == (f"{salon.name}: Im Hof.", "sms", MIRA)
        assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "text_written")).all() == ["text_written"]
    assert "Im Hof." in front.get(f"/customers/{customer_id}").text


def test_a_text_that_cannot_be_sent_says_why(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    customer_id = _write_in(salon)
    front = signed_in(app, make_user(salon, role="front_desk"))
    form = {"csrf_token": token_of(front), "text": " ", "key": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}
    assert front.post(f"/customers/{customer_id}/sms", data=form).status_code == 302
    with company_scope(salon.id):
        assert db.session.scalars(select(Notification).where(Notification.kind == "staff_message")).all() == []


@each_row("role, allowed", [("owner", True), ("manager", True), ("front_desk", True), ("staff", False), ("read_only", False)])
def test_who_may_write(app: Flask, db: SQLAlchemy, salon: Company, role: str, allowed: bool) -> None:
    customer_id = _write_in(salon)
    reader = signed_in(app, make_user(salon, role=role))
    assert ("SMS schreiben" in reader.get(f"/customers/{customer_id}").text) is allowed
    form = {"csrf_token": token_of(reader), "text": "Hallo", "key": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}
    assert (reader.post(f"/customers/{customer_id}/sms", data=form).status_code == 302) is allowed


def test_another_company_neither_sees_nor_writes(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    customer_id = _write_in(salon)
    stranger = signed_in(app, make_user(make_company("salon-b")))
    form = {"csrf_token": token_of(stranger), "text": "Hallo", "key": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}
    assert stranger.post(f"/customers/{customer_id}/sms", data=form).status_code == 404
    assert stranger.get(f"/customers/{customer_id}").status_code == 404


def test_the_booking_shows_what_was_written_about_it_and_who_cancelled(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    with time_machine.travel(PRESENT, tick=True):
        other = make_salon("salon-b")
        with company_scope(other.company_id):
            customer_id = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id)
            booking_id = run_in_transaction(lambda: create_booking(other.request(customer_id=customer_id)).id)
            company = db.session.get_one(Company, other.company_id)
        _write_in(company, "absagen")
        _write_in(company, "JA")
        owner = signed_in(app, make_user(company))
        page = owner.get(f"/bookings/{booking_id}").text
    assert "wirklich absagen? Antworten Sie mit JA." in page and "Kundin oder Kunde, per SMS" in page
    assert page.index("Nachgefragt, ob der Termin abgesagt werden soll") < page.index("ist abgesagt.")
