"""What people write to the platform's own number belongs to the one company that wrote to them, and to nobody where that is not clear."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.models import InboundMessage, WebhookEvent
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import Salon, make_salon
from tests.support.twilio_sms import LINE, MIRA, drain, post_message

OTTO = "+491713920051"


@pytest.fixture
def other(app: Flask, salon: Salon, twilio: TwilioDouble, monkeypatch: pytest.MonkeyPatch) -> Salon:
    """A second company beside the salon; both send over the platform's number."""
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_sender", LINE)
    return make_salon("salon-b")


def _write_to(salon: Salon, number: str) -> None:
    """The confirmation of an appointment."""
    with company_scope(salon.company_id):
        customer = run_in_transaction(lambda: find_or_create("Mira Sommer", number=number).id)
        run_in_transaction(lambda: create_booking(salon.request("yoga:anna", customer_id=customer)))


def _list_received(db: SQLAlchemy) -> list[tuple[str, str]]:
    db.session.rollback()
    with unscoped():
        return [tuple(row) for row in db.session.execute(select(InboundMessage.company_id, InboundMessage.body))]


def test_it_belongs_to_the_company_that_wrote_to_this_number(db: SQLAlchemy, salon: Salon, other: Salon, client: FlaskClient) -> None:
    _write_to(salon, MIRA)
    with company_scope(other.company_id):
        run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA))
    _write_to(other, OTTO)
    post_message(client, "Bin gleich da")
    drain()
    assert _list_received(db) == [(salon.company_id, "Bin gleich da")]


@pytest.mark.parametrize("writing", [0, 2])
def test_of_none_or_two_it_waits_for_people(db: SQLAlchemy, salon: Salon, other: Salon, client: FlaskClient, writing: int) -> None:
    for company in (salon, other)[:writing]:
        _write_to(company, MIRA)
    post_message(client, "Bin gleich da")
    drain()
    assert _list_received(db) == []
    event = db.session.scalars(select(WebhookEvent)).one()
    assert (event.status, event.reason, event.to_number) == ("unassigned", "unknown_number", LINE)


def test_a_sender_without_a_number_is_ignored(db: SQLAlchemy, salon: Salon, other: Salon, client: FlaskClient) -> None:
    post_message(client, "Ihr Paket ist da", sender="PAKET")
    drain()
    assert db.session.execute(select(WebhookEvent.status, WebhookEvent.reason)).one() == ("ignored", "The message names no sender.")
