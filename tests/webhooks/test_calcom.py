"""Cal.com's webhook: who comes in, what is stored, what is answered."""

import hashlib
import hmac
import json

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.tenancy import company_scope
from app.domain.inbox.store import get_body
from app.models import Connection, WebhookEvent
from tests.support.retell_webhooks import make_company_with_number
from tests.support.tables import each_row

SECRET = "tests_only_calcom"


def body(trigger: str = "BOOKING_CREATED", uid: str = "bk_1", **payload: object) -> bytes:
    about = {"uid": uid, "iCalUID": "bk_first@Cal.com", "startTime": "2026-05-12T08:00:00Z", "eventTypeId": 910044, **payload}
    document = {"triggerEvent": trigger, "createdAt": "2026-05-10T08:14:38.412Z", "payload": about}
    return json.dumps(document, ensure_ascii=False).encode()


def send(client: FlaskClient, raw: bytes, *, secret: str = SECRET, path: str = "/api/calcom/webhook") -> TestResponse:
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return client.post(path, data=raw, headers={"X-Cal-Signature-256": signature, "Content-Type": "application/json"})


def stored(db: SQLAlchemy) -> list[WebhookEvent]:
    return list(db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def test_a_signed_event_is_stored_as_it_came_and_answered_204(client: FlaskClient, db: SQLAlchemy) -> None:
    raw = body(title="Grüße, 5 €")
    assert send(client, raw).status_code == 204
    (event,) = stored(db)
    assert (event.provider, event.event_name, event.provider_call_id) == ("calcom", "BOOKING_CREATED", "bk_first@Cal.com")
    assert get_body(event) == raw


def test_the_same_event_is_stored_once_however_often_it_comes(client: FlaskClient, db: SQLAlchemy) -> None:
    for attempt in range(4):
        assert send(client, body(attempt=attempt)).status_code == 204
    assert send(client, body("BOOKING_CANCELLED")).status_code == 204
    assert len(stored(db)) == 2


@each_row("header", [None, "", "no-secret-provided", "a" * 64, "sha256=" + "a" * 64, "ä"])
def test_no_or_a_nonsense_signature_is_refused(client: FlaskClient, db: SQLAlchemy, header: str | None) -> None:
    headers = {} if header is None else {"X-Cal-Signature-256": header}
    assert client.post("/api/calcom/webhook", data=body(), headers=headers).status_code == 401
    assert stored(db) == []


def test_another_secret_or_another_body_is_refused(client: FlaskClient, db: SQLAlchemy) -> None:
    assert send(client, body(), secret="whsec_of_somebody").status_code == 401
    signature = hmac.new(SECRET.encode(), body(), hashlib.sha256).hexdigest()
    again = json.dumps(json.loads(body()), indent=1).encode()
    assert client.post("/api/calcom/webhook", data=again, headers={"X-Cal-Signature-256": signature}).status_code == 401
    assert stored(db) == []


def test_missing_secret_returns_503(make_app) -> None:  # type: ignore[no-untyped-def]
    answer = send(make_app(calcom_webhook_secret="").test_client(), body(), secret="")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@each_row("raw", [b"", b"{", b"[]", b"null", b'{"triggerEvent":1}', b'{"payload":{}}', b"\xff\xfe"])
def test_signed_garbage_gets_a_clear_sentence(client: FlaskClient, db: SQLAlchemy, raw: bytes) -> None:
    answer = send(client, raw)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["code"] == "unreadable"
    assert stored(db) == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"c","x":' + b"[" * 3000 + b"]" * 3000 + b"}}",
        b'{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"\\ud800","title":"\\u0000"}}',
        b'{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"c","bookingId":' + b"9" * 4000 + b"}}",
        b'{"triggerEvent":"PING","createdAt":"x"}',
        b'{"triggerEvent":"' + b"Y" * 5000 + b'","payload":null}',
        b'{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"c","filler":"' + b"x" * 5_000_000 + b'"}}',
    ],
)
def test_signed_oddities_never_break_anything(client: FlaskClient, db: SQLAlchemy, raw: bytes) -> None:
    from app.domain.inbox.processor import drain_batch

    assert send(client, raw).status_code in (204, 400)
    drain_batch(10)
    assert {event.status for event in stored(db)} <= {"ignored", "unassigned", "dead"}


def test_more_than_10_mb_is_too_much(client: FlaskClient, db: SQLAlchemy) -> None:
    assert send(client, body(filler="x" * (10 * 1024 * 1024))).status_code == 413
    assert stored(db) == []


def test_a_connection_has_its_own_secret(client: FlaskClient, db: SQLAlchemy) -> None:
    company = make_company_with_number()
    with company_scope(company.id):
        connection = Connection(provider="calcom", api_key="cal_lindgren", webhook_secret="whsec_of_lindgren")
        retell = Connection(provider="retell", api_key="key_of_lindgren", webhook_secret="whsec_of_lindgren")
        db.session.add_all([connection, retell])
        db.session.commit()
        path, other = f"/api/calcom/webhook/{connection.id}", f"/api/calcom/webhook/{retell.id}"
    assert send(client, body(), path=path, secret="whsec_of_lindgren").status_code == 204
    assert send(client, body(uid="bk_2"), path=path).status_code == 401
    assert send(client, body(uid="bk_2"), path=path, secret="cal_lindgren").status_code == 401
    assert send(client, body(uid="bk_2"), path=other, secret="whsec_of_lindgren").status_code == 401
    assert send(client, body(uid="bk_2"), path="/api/calcom/webhook/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 401
    assert [event.connection_id for event in stored(db)] == [connection.id]


def test_a_connection_without_a_secret_is_closed(client: FlaskClient, db: SQLAlchemy) -> None:
    company = make_company_with_number()
    with company_scope(company.id):
        connection = Connection(provider="calcom", api_key="cal_lindgren")
        db.session.add(connection)
        db.session.commit()
        path = f"/api/calcom/webhook/{connection.id}"
    assert send(client, body(), path=path, secret="x").status_code == 503
