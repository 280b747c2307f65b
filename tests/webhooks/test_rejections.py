"""A refused signature leaves a trace: counted per account, sender and hour, with the last one as example and no secrets."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.inbox import rejections
from app.models import Company, Connection, RejectedWebhook
from tests.support.agent_call import AgentCall
from tests.support.retell_webhooks import CALLER, MITTE, call_body, make_company_with_number, send

WRONG = "key_of_somebody"
RETELL = "100.20.5.228"


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company_with_number()


def _from(address: str) -> dict[str, Any]:
    return {"REMOTE_ADDR": address}


def _send(client: FlaskClient, raw: bytes, *, address: str = RETELL, path: str = "/api/retell/webhook", **options: Any) -> int:
    signature = sign_retell(raw, options.get("key", WRONG), to_ms(now()) - options.get("age_ms", 0))
    headers = {"X-Retell-Signature": signature, "User-Agent": "axios/1.7"}
    return client.post(path, data=raw, headers=headers, environ_base=_from(address)).status_code


def _rows(db: SQLAlchemy) -> list[RejectedWebhook]:
    db.session.rollback()
    return list(db.session.scalars(select(RejectedWebhook).order_by(RejectedWebhook.id)))


def test_wrong_signatures_are_counted_in_one_row_with_the_last_as_example(client: FlaskClient, db: SQLAlchemy, salon: Company) -> None:
    for call_id in ("call_1", "call_2", "call_3"):
        assert _send(client, call_body("call_started", call_id, transcript="Ich heiße Hanna Vogt.")) == 401
    (row,) = _rows(db)
    assert (row.provider, row.address, row.rejection_count, row.reason) == ("retell", RETELL, 3, "mismatch")
    assert (row.company_id, row.to_number, row.connection_id) == (salon.id, MITTE, None)
    assert row.hour == now().replace(minute=0, second=0, microsecond=0)
    assert row.example is not None
    assert {name: row.example[name] for name in ("path", "event", "call", "user_agent")} == {
        "path": "/api/retell/webhook", "event": "call_started", "call": "call_3", "user_agent": "axios/1.7"
    }  # fmt: skip
    assert not any(secret in str(row.example) for secret in ("Hanna", CALLER, "d=", WRONG))


def test_another_sender_another_hour_and_another_account_are_rows_of_their_own(app: Flask, db: SQLAlchemy, salon: Company) -> None:
    client, raw = app.test_client(), call_body("call_started")
    with company_scope(salon.id), transaction():
        connection = Connection(provider="retell", api_key="key_of_the_salon")
        db.session.add(connection)
    with time_machine.travel("2026-05-04T08:10:00+02:00", tick=False) as clock:
        _send(client, raw)
        _send(client, raw, address="2001:db8:1:2::7")
        _send(client, raw, address="2001:db8:1:2::8")
        _send(client, raw, path=f"/api/retell/webhook/{connection.id}")
        clock.shift(timedelta(hours=1))
        _send(client, raw)
    found = [(row.address, row.connection_id, row.hour.hour, row.rejection_count) for row in _rows(db)]
    assert found == [
        (RETELL, None, 6, 1), ("2001:db8:1:2::/64", None, 6, 2), (RETELL, connection.id, 6, 1), (RETELL, None, 7, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "unsigned"),
        ({"X-Retell-Signature": "nonsense"}, "unreadable"),
        ({"X-Retell-Signature": "v=" + "9" * 16 + ",d=" + "0" * 64}, "expired"),
        ({"X-Retell-Signature": "v=1,d=" + "0" * 64}, "expired"),
    ],
)
def test_the_reason_is_kept(client: FlaskClient, db: SQLAlchemy, salon: Company, headers: dict[str, str], reason: str) -> None:
    assert client.post("/api/retell/webhook", data=call_body("call_started"), headers=headers).status_code == 401
    assert [row.reason for row in _rows(db)] == [reason]


def test_every_door_leaves_a_trace(client: FlaskClient, db: SQLAlchemy, salon: Company) -> None:
    assert AgentCall(client, key=WRONG).post("get_context", {}).status_code == 401
    inbound = b'{"event":"call_inbound","call_inbound":{"from_number":"+491713920050","to_number":"+493023125100"}}'
    assert _send(client, inbound, path="/api/retell/inbound") == 401
    assert client.post("/api/calcom/webhook", data=b"{}", headers={"X-Cal-Signature-256": "0" * 64}).status_code == 401
    form = {"CallSid": "CA1", "To": MITTE, "From": CALLER, "CallStatus": "ringing"}
    assert client.post("/api/twilio/voice/status", data=form, headers={"X-Twilio-Signature": "x"}).status_code == 401
    found = {(row.provider, (row.example or {}).get("event")): row.company_id for row in _rows(db)}
    assert found == {
        ("retell", "function"): salon.id, ("retell", "call_inbound"): salon.id, ("calcom", None): None, ("twilio", "ringing"): salon.id
    }  # fmt: skip
    assert sum(row.rejection_count for row in _rows(db)) == 4


def test_an_unknown_connection_and_a_missing_secret_leave_one_too(
    app: Flask, client: FlaskClient, db: SQLAlchemy, salon: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_scope(salon.id), transaction():
        connection = Connection(provider="retell", api_key="key_of_the_salon", is_active=False)
        db.session.add(connection)
    raw = call_body("call_started")
    for path in (connection.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"):
        assert _send(client, raw, path=f"/api/retell/webhook/{path}") == 401
    monkeypatch.setattr(app.config["SETTINGS"], "calcom_webhook_secret", "")
    assert client.post("/api/calcom/webhook", data=b"{}").status_code == 503
    found = [(row.reason, row.connection_id, row.company_id, row.rejection_count) for row in _rows(db)]
    assert found == [
        ("unknown_connection", connection.id, salon.id, 1), ("unknown_connection", None, salon.id, 2), ("no_secret", None, None, 1)
    ]  # fmt: skip


def test_accepted_webhooks_leave_none(client: FlaskClient, db: SQLAlchemy, salon: Company) -> None:
    assert send(client, call_body("call_started")).status_code == 204
    assert _rows(db) == []


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"[" * 3000, b'{"event":"\\ud800","call":{"call_id":"\\u0000","to_number":7}}', b"x" * 300_000]
)
def test_whatever_a_stranger_sends_is_refused_and_counted(client: FlaskClient, db: SQLAlchemy, raw: bytes) -> None:
    assert client.post("/api/retell/webhook", data=raw, headers={"User-Agent": "\xff" * 5000}).status_code == 401
    (row,) = _rows(db)
    assert len(str(row.example)) < 600


def test_a_flood_is_counted_up_to_a_rate(client: FlaskClient, db: SQLAlchemy, salon: Company) -> None:
    for _ in range(rejections.SENDER_LIMIT.limit + 20):
        assert _send(client, call_body("call_started")) == 401
    assert [row.rejection_count for row in _rows(db)] == [rejections.SENDER_LIMIT.limit]


def test_a_database_that_is_away_changes_nothing_about_the_answer(
    client: FlaskClient, db: SQLAlchemy, salon: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_rejection: object) -> None:
        raise OperationalError("INSERT", {}, Exception("gone away"))

    monkeypatch.setattr(rejections, "record_rejection", fail)
    assert _send(client, call_body("call_started")) == 401
