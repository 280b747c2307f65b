"""The list of webhooks, their bodies and once more."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, select, type_coerce, update

from app.models import AuditEntry, WebhookEvent
from app.web.admin.webhook_payload import REDACTED, format_payload
from tests.support.retell_webhooks import call_body, send, transcript
from tests.support.users import make_user, signed_in, token_of

SECRET = "Ich heiße Hanna Vogt."


@pytest.fixture
def support(app: Flask, db: SQLAlchemy) -> FlaskClient:
    body = call_body("call_ended", "call_7", transcript_object=transcript("Guten Tag.", SECRET))
    assert send(app.test_client(), body).status_code == 204
    return signed_in(app, make_user(None, "support"))


def _stored(db: SQLAlchemy) -> WebhookEvent:
    return db.session.scalars(select(WebhookEvent)).one()


def test_the_body_is_shown_in_full_only_against_a_reason_that_is_kept(support: FlaskClient, db: SQLAlchemy) -> None:
    path = f"/admin/webhooks/{_stored(db).id}"
    page = support.get(path).text
    assert "call_7" in page
    assert SECRET not in page
    token = token_of(support)
    assert SECRET not in support.post(f"{path}/payload", data={"reason": "  ", "csrf_token": token}).text
    assert SECRET in support.post(f"{path}/payload", data={"reason": "Beschwerde 17", "csrf_token": token}).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "payload_read")).one()
    assert entry.data == {"reason": "Beschwerde 17"}


def test_a_body_that_no_key_opens_is_said_to_be_so(support: FlaskClient, db: SQLAlchemy) -> None:
    path = f"/admin/webhooks/{_stored(db).id}"
    db.session.execute(update(WebhookEvent.__table__).values(body=type_coerce(b"broken", LargeBinary)))
    db.session.commit()
    answer = support.get(path)
    assert (answer.status_code, "lässt sich nicht öffnen" in answer.text) == (200, True)


def test_replaying_makes_a_dead_letter_due_again(support: FlaskClient, db: SQLAlchemy) -> None:
    event_id = _stored(db).id
    db.session.execute(update(WebhookEvent).values(status="dead", reason="It broke.", attempts=5))
    db.session.commit()
    page = support.get(f"/admin/webhooks/{event_id}").text
    assert "It broke." in page
    assert support.post(f"/admin/webhooks/{event_id}/replay", data={"csrf_token": token_of(support)}).status_code == 302
    assert _stored(db).status == "pending"
    assert support.post("/admin/webhooks/999/replay", data={"csrf_token": token_of(support)}).status_code == 404


def test_the_list_narrows_by_state_and_call(support: FlaskClient, db: SQLAlchemy) -> None:
    path = f"/admin/webhooks/{_stored(db).id}"
    for query, there in (
        ("", True),
        ("?status=pending", True),
        ("?status=dead", False),
        ("?call=call_7", True),
        ("?call=call_8", False),
    ):
        assert (f'href="{path}"' in support.get(f"/admin/webhooks{query}").text) is there, query
    assert path not in support.get(f"/admin/webhooks?after={_stored(db).id}").text


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 3000, b'{"user":"\\ud800"}', b"a=1&b=2", b'{"n":1e999}'])
def test_whatever_came_can_be_looked_at(app: Flask, body: bytes) -> None:
    with app.test_request_context():
        for whole in (False, True):
            format_payload(body, whole=whole)[0].encode()


def test_numbers_and_known_fields_are_told_and_words_are_not(app: Flask) -> None:
    with app.test_request_context():
        text, note = format_payload(
            b'{"event":"call_ended","call":{"duration_ms":7,"from_number":"+49171","transcript_object":[{"role":"user","content":"x"}]}}',
            whole=False,
        )
    assert '"duration_ms": 7' in text
    assert '"event": "call_ended"' in text
    assert '"role": "user"' in text
    assert "+49171" not in text
    assert text.count(REDACTED) == 2
    assert note
