"""Twilio's SMS webhooks: who comes in, what is stored, what is answered."""

from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.signatures import sign_twilio
from app.domain.inbox.store import get_body
from app.models import WebhookEvent
from tests.doubles.messaging import TOKEN
from tests.support.tables import each_row
from tests.support.twilio_sms import BASE, post_form, post_message, post_report

PATHS = ("/api/twilio/sms", "/api/twilio/sms/status")


@pytest.fixture
def account(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's account at Twilio."""
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_auth_token", TOKEN)


def _stored(db: SQLAlchemy) -> list[WebhookEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def test_a_message_is_stored_whole_and_once_before_it_is_acknowledged(db: SQLAlchemy, account: None, client: FlaskClient) -> None:
    for _turn in range(3):
        answer = post_message(client, "Grüße, 5 € 👍", sid="SM1")
        assert (answer.status_code, answer.text, answer.mimetype) == (200, "<Response/>", "text/xml")
    (event,) = _stored(db)
    assert (event.provider, event.event_name, event.status) == ("twilio_sms", "message", "pending")
    assert dict(parse_qsl(get_body(event).decode()))["Body"] == "Grüße, 5 € 👍"
    assert event.provider_call_id and "1713920050" not in event.provider_call_id, "the sender's number stands nowhere in the clear"


def test_each_status_of_a_message_is_stored_once(db: SQLAlchemy, account: None, client: FlaskClient) -> None:
    for status in ("delivered", "sent", "delivered", "queued", "sent"):
        assert post_report(client, "SM1", status).status_code == 204
    assert [event.event_name for event in _stored(db)] == ["delivered", "sent", "queued"]


@each_row("path", PATHS)
def test_without_the_accounts_signature_nothing_is_stored(db: SQLAlchemy, account: None, client: FlaskClient, path: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "sent", "From": "+491713920050", "To": "+493023125198", "Body": "1"}
    assert post_form(client, path, form, token="another").status_code == 401
    assert client.post(path, data=form).status_code == 401
    header = {"X-Twilio-Signature": sign_twilio(f"{BASE}{path}", form, TOKEN)}
    assert client.post(path, data=form | {"Body": "2"}, headers=header).status_code == 401
    assert client.post(f"{path}/01HZZZZZZZZZZZZZZZZZZZZZZZ", data=form, headers=header).status_code == 401
    assert _stored(db) == []


@each_row("path", PATHS)
def test_a_signed_form_that_names_no_message_is_unreadable(db: SQLAlchemy, account: None, client: FlaskClient, path: str) -> None:
    assert post_form(client, path, {"Body": "1", "MessageStatus": "sent"}).status_code == 400
    assert _stored(db) == []


def test_a_huge_body_is_refused(db: SQLAlchemy, account: None, client: FlaskClient) -> None:
    assert post_message(client, "x" * 11_000_000).status_code == 413


@each_row("path", PATHS)
def test_without_a_token_the_webhook_is_closed(
    app: Flask, db: SQLAlchemy, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "twilio_auth_token", "")
    assert post_form(client, path, {"MessageSid": "SM1", "MessageStatus": "sent", "Body": "1"}).status_code == 503
    assert _stored(db) == []


HOSTILE = ["\x00", "\u202er\u00fcckw\u00e4rts", "\U0001f3f3\ufe0f\u200d\U0001f308" * 400, "a" * 1600, "\n\n", "'; DROP TABLE bookings; --"]


@pytest.mark.parametrize("body", HOSTILE)
def test_any_text_is_taken(db: SQLAlchemy, account: None, client: FlaskClient, body: str) -> None:
    assert post_message(client, body).status_code == 200
    assert len(_stored(db)) == 1
