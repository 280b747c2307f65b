"""The page of comparisons tells what was found, and never zeros where nobody could look."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.models import CallReconciliation, ReconciledAccount
from tests.support.users import make_company, make_user, signed_in


@pytest.fixture
def support(app: Flask, db: SQLAlchemy) -> FlaskClient:
    return signed_in(app, make_user(None, "support"))


def page(client: FlaskClient) -> str:
    answer = client.get("/admin/comparisons")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def look(db: SQLAlchemy, *, account: dict[str, object], **values: object) -> None:
    row = ReconciledAccount(provider="retell", connection_id="", **account)
    db.session.add(row)
    db.session.flush()
    moment = now()
    db.session.add(CallReconciliation(account_id=row.id, since=moment - timedelta(hours=1), until=moment, **values))
    db.session.commit()


def test_without_a_key_it_says_so(support: FlaskClient) -> None:
    assert "Nicht eingerichtet" in page(support)


def test_what_was_fetched_and_closed_is_told_in_numbers(support: FlaskClient, db: SQLAlchemy) -> None:
    look(db, account={"compared_at": now()}, result="done", listed=41, missing=2, fetched=2, closed=1)
    shown = page(support)
    assert "nachgeholt" in shown
    assert all(f'ap-num">{n}<' in shown or f'ap-num ap-hide-md">{n}</td>' in shown for n in (41, 2, 1))


def test_a_look_that_failed_says_that_nobody_could_look_and_no_zeros(support: FlaskClient, db: SQLAlchemy) -> None:
    look(db, account={"failing_since": now(), "error": "no_answer: 500"}, result="failed", error="no_answer: 500")
    shown = page(support)
    assert "konnte nicht nachsehen" in shown
    assert "no_answer: 500" in shown
    assert ">0</td>" not in shown
    assert "stimmt überein" not in shown


def test_it_is_nothing_for_people_of_a_company(app: Flask, db: SQLAlchemy) -> None:
    owner = signed_in(app, make_user(make_company(), "owner"))
    assert owner.get("/admin/comparisons").status_code == 404
