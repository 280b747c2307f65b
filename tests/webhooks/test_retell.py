"""Retell's webhook: who comes in, what is stored, what is answered."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.tenancy import company_scope
from app.domain.inbox.store import get_body
from app.models import Connection, WebhookEvent
from tests.support.retell_webhooks import call_body, make_company_with_number, send
from tests.support.tables import each_row


@pytest.fixture
def stored(db):
    return lambda: db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)).all()


def test_a_signed_event_is_stored_as_it_came_and_answered_204(client: FlaskClient, stored) -> None:
    raw = call_body("call_started", note="Grüße, 5 €")
    assert send(client, raw).status_code == 204
    (event,) = stored()
    assert (event.provider, event.event_name, event.provider_call_id, event.status) == ("retell", "call_started", "call_1", "pending")
    assert get_body(event) == raw


def test_the_same_event_is_stored_once_however_often_it_comes(client: FlaskClient, stored) -> None:
    for turn in range(5):
        assert send(client, call_body("call_ended", attempt=turn)).status_code == 204
    assert len(stored()) == 1


def test_snapshots_differ_by_content(client: FlaskClient, stored) -> None:
    for length in (1, 2, 2):
        send(client, call_body("transcript_updated", transcript="x" * length))
    assert len(stored()) == 2


@pytest.mark.parametrize("age_ms", [301_000, -301_000, 600_000])
def test_an_old_or_future_signature_is_refused(client: FlaskClient, stored, age_ms: int) -> None:
    assert send(client, call_body("call_started"), age_ms=age_ms).status_code == 401
    assert stored() == []


@each_row("header", [None, "", "v=1,d=2", "v=" + "9" * 5000 + ",d=" + "a" * 64, "d=ä,v=x"])
def test_no_or_a_nonsense_signature_is_refused(client: FlaskClient, stored, header: str | None) -> None:
    headers = {} if header is None else {"X-Retell-Signature": header}
    assert client.post("/api/retell/webhook", data=call_body("call_started"), headers=headers).status_code == 401
    assert stored() == []


def test_another_key_or_another_body_is_refused(client: FlaskClient, stored) -> None:
    assert send(client, call_body("call_started"), key="key_of_somebody").status_code == 401
    raw = call_body("call_started")
    from app.core.clock import now, to_ms
    from app.core.signatures import sign_retell
    from tests.support.retell_webhooks import KEY

    signature = sign_retell(raw, KEY, to_ms(now()))
    again = json.dumps(json.loads(raw), indent=1).encode()
    assert client.post("/api/retell/webhook", data=again, headers={"X-Retell-Signature": signature}).status_code == 401
    assert stored() == []


def test_missing_secret_returns_503(make_app) -> None:
    client = make_app(retell_api_key="").test_client()
    answer = send(client, call_body("call_started"), key="")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@each_row(
    "raw",
    [b"", b"{", b"[]", b"null", b'"text"', b'{"event":1}', b'{"event":"call_started"}', b'{"event":"call_started","call":[]}', b"\xff\xfe"],
)
def test_signed_garbage_gets_a_clear_sentence(client: FlaskClient, stored, raw: bytes) -> None:
    answer = send(client, raw)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "unreadable"
    assert answer.json["detail"]
    assert stored() == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"event":"call_started","call":{"call_id":"c","x":' + b"[" * 3000 + b"]" * 3000 + b"}}",
        b'{"event":"call_started","call":{"call_id":"c","from_number":"\\ud800","x":"\\u0000"}}',
        b'{"event":"call_started","call":{"call_id":"c","start_timestamp":1e400}}',
        b'{"event":"call_started","call":{"call_id":"c","start_timestamp":' + b"9" * 4000 + b"}}",
        b'{"event":"call_started","call":{"call_id":"c","to_number":17,"duration_ms":"x"}}',
        b'{"event":"something_new","call":{"call_id":"c"}}',
        b'{"event":"call_started","call":{"call_id":"c","filler":"' + b"x" * 5_000_000 + b'"}}',
    ],
)
def test_signed_oddities_never_break_anything(client: FlaskClient, raw: bytes) -> None:
    assert send(client, raw).status_code in (204, 400)


def test_more_than_10_mb_is_too_much(client: FlaskClient, stored) -> None:
    assert send(client, b'{"event":"call_started","call":{"call_id":"c","x":"' + b"x" * (10 * 1024 * 1024) + b'"}}').status_code == 413
    assert stored() == []


def test_a_connection_has_its_own_key(client: FlaskClient, db, stored) -> None:
    company = make_company_with_number()
    with company_scope(company.id):
        connection = Connection(provider="retell", api_key="key_of_lindgren")
        db.session.add(connection)
        db.session.commit()
        path = f"/api/retell/webhook/{connection.id}"
    assert send(client, call_body("call_started"), path=path, key="key_of_lindgren").status_code == 204
    assert send(client, call_body("call_ended"), path=path).status_code == 401
    assert send(client, call_body("call_ended"), path="/api/retell/webhook/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 401
    assert send(client, call_body("call_ended"), path="/api/retell/webhook/nonsense").status_code == 401
    assert [event.connection_id for event in stored()] == [connection.id]


def test_a_connection_cannot_take_the_keys_of_others_events(client: FlaskClient, db, stored) -> None:
    company = make_company_with_number()
    with company_scope(company.id):
        connection = Connection(provider="retell", api_key="key_of_lindgren")
        db.session.add(connection)
        db.session.commit()
        path = f"/api/retell/webhook/{connection.id}"
    assert send(client, call_body("call_ended"), path=path, key="key_of_lindgren").status_code == 204
    assert send(client, call_body("call_ended")).status_code == 204
    assert len(stored()) == 2


def test_parallel_senders_share_commits_and_lose_nothing(app, db) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> int:
        return send(app.test_client(), call_body("call_started", f"call_{number % 40}")).status_code

    db.session.rollback()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(120)))
    assert set(answers) == {204}
    assert db.session.scalar(select(func.count()).select_from(WebhookEvent)) == 40
