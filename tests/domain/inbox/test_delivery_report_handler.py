"""Reports of delivery mark the message, in whatever order and however often they come, and never take anything back."""

from itertools import permutations

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.customers.contacts import find_or_create
from app.jobs.notifications import send_notification
from app.models import Connection, Notification, SuppressedAddress, WebhookEvent
from tests.doubles.messaging import TwilioDouble
from tests.factories.salon import Salon, make_salon
from tests.support.twilio_sms import MIRA, drain, post_report

UNDER_WAY = ("queued", "sending", "sent")


def _send(db: SQLAlchemy, salon: Salon, *, starts: str = "2026-05-12T10:00") -> str:
    """A confirmation that the carrier has taken; gives its id there."""
    customer = run_in_transaction(lambda: find_or_create("Mira Sommer", number=MIRA).id)
    booking = run_in_transaction(lambda: create_booking(salon.request(customer_id=customer, starts=starts)))
    row = db.session.scalars(select(Notification).where(Notification.subject == f"booking:{booking.id}", Notification.planned_at.is_(None)))
    notification_id = row.one().id
    send_notification(notification_id)
    db.session.rollback()
    return db.session.get_one(Notification, notification_id).provider_ref or ""


def _find(db: SQLAlchemy, ref: str) -> Notification:
    db.session.rollback()
    return db.session.scalars(select(Notification).where(Notification.provider_ref == ref)).one()


def test_in_whatever_order_they_come_the_end_is_the_same(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient) -> None:
    for hour, order in enumerate(permutations(("queued", "sent", "delivered"))):
        ref = _send(db, salon, starts=f"2026-05-12T{10 + hour}:00")
        for status in (*order, *order):
            assert post_report(client, ref, status).status_code == 204
            drain()
        row = _find(db, ref)
        assert (row.status, row.reason) == ("sent", None)
        assert row.delivered_at is not None


@pytest.mark.parametrize(
    ("error", "reason", "suppressed"),
    [("30003", "undelivered", False), ("30005", "unreachable", True), ("30006", "unreachable", True), ("30007", "refused", False),
     ("21610", "opted_out", True), ("99999", "undelivered", False), ("", "undelivered", False)],
)  # fmt: skip
def test_what_did_not_arrive_says_why_and_stays_so(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, error: str, reason: str, suppressed: bool
) -> None:
    ref = _send(db, salon)
    post_report(client, ref, "undelivered", error=error)
    for status in (*UNDER_WAY, "delivered", "failed"):
        post_report(client, ref, status)
    drain()
    row = _find(db, ref)
    assert (row.status, row.reason, row.delivered_at) == ("dead", reason, None)
    assert (db.session.scalar(select(SuppressedAddress.reason)) is not None) is suppressed


def test_what_arrived_is_not_undone(db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient) -> None:
    ref = _send(db, salon)
    for status in ("delivered", "failed", "undelivered"):
        post_report(client, ref, status, error="30003" if status != "delivered" else "")
        drain()
    assert _find(db, ref).status == "sent"


def test_a_report_that_is_faster_than_our_own_note_waits_for_it(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, present: time_machine.Traveller
) -> None:
    expected = f"SM{0:032x}"
    assert post_report(client, expected, "delivered").status_code == 204
    drain()
    db.session.rollback()
    event = db.session.scalars(select(WebhookEvent)).one()
    assert (event.status, event.reason, event.attempts) == ("pending", "No message of ours has this id yet.", 0)
    assert event.handled_at is None and event.due_at > now()
    assert _send(db, salon) == expected
    present.shift(2)
    drain()
    assert _find(db, expected).delivered_at is not None


def test_a_report_of_a_message_that_nobody_sent_is_given_up(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient, present: time_machine.Traveller
) -> None:
    post_report(client, "SM_of_nobody", "delivered")
    for _turn in range(16):
        drain()
        present.shift(600)
    db.session.rollback()
    event = db.session.scalars(select(WebhookEvent)).one()
    assert (event.status, event.reason) == ("ignored", "No message of ours has this id.")


def test_another_companys_account_says_nothing_of_our_messages(
    db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, client: FlaskClient
) -> None:
    ref = _send(db, salon)
    with company_scope(make_salon("salon-b").company_id), transaction():
        connection = Connection(provider="twilio", api_key="AC22:token_of_theirs", label="+493023125197")
        db.session.add(connection)
        db.session.flush()
        path = f"/api/twilio/sms/status/{connection.id}"
    assert post_report(client, ref, "undelivered", path=path, token="token_of_theirs").status_code == 204
    drain()
    assert _find(db, ref).status == "sent"


def test_reports_are_asked_for_where_the_carrier_can_reach_us(
    app: Flask, db: SQLAlchemy, salon: Salon, twilio: TwilioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(db, salon)
    assert twilio.messages[-1]["status_callback"] is None
    monkeypatch.setattr(app.config["SETTINGS"], "public_url", "https://salon.example")
    _send(db, salon, starts="2026-05-12T12:00")
    assert twilio.messages[-1]["status_callback"] == "https://salon.example/api/twilio/sms/status#rc=4&rp=ct,rt,5xx"
