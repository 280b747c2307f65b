"""Sealing anew under a new key."""

from collections.abc import Iterator

import pytest
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from app.core import encryption, key_rotation
from app.core.clock import now
from app.core.encryption import DecryptionError, new_key
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import Company, Connection, WebhookEvent
from tests.support.users import make_company

OLD, NEW = new_key(), new_key()


@pytest.fixture
def salon(db: SQLAlchemy) -> Iterator[Company]:
    kept = encryption.keyring()
    encryption.use_keys(current_app, OLD)
    company = make_company()
    with company_scope(company.id), transaction():
        db.session.add_all(Connection(provider="retell", api_key=f"key {n}", webhook_secret=None) for n in range(7))
        db.session.add(
            WebhookEvent(provider="retell", dedupe_key="a" * 64, event_name="x", body=b"payload", size=7, received_at=now(), due_at=now())
        )
    yield company
    current_app.extensions["askproai_keyring"] = kept


def reseal_all() -> int:
    return sum(step.resealed for column in key_rotation.encrypted_columns() for step in key_rotation.rotate(column))


def raw_keys(db: SQLAlchemy) -> list[bytes]:
    with db.engine.connect() as connection:
        return [bytes(row[0]) for row in connection.execute(text("SELECT api_key FROM connections ORDER BY id"))]


def test_afterwards_the_old_key_may_go(db: SQLAlchemy, salon: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "BATCH_SIZE", 3)
    encryption.use_keys(current_app, f"{NEW},{OLD}")
    assert reseal_all() == 8
    encryption.use_keys(current_app, NEW)
    with company_scope(salon.id):
        assert {row.api_key for row in db.session.query(Connection)} == {f"key {n}" for n in range(7)}
        assert {row.webhook_secret for row in db.session.query(Connection)} == {None}
    assert encryption.keyring().open(db.session.query(WebhookEvent).one().body) == b"payload"


def test_a_second_time_there_is_nothing_to_do(salon: Company) -> None:
    encryption.use_keys(current_app, f"{NEW},{OLD}")
    assert (reseal_all(), reseal_all()) == (8, 0)


def test_what_no_key_opens_is_left_as_it_is(db: SQLAlchemy, salon: Company) -> None:
    before = raw_keys(db)
    encryption.use_keys(current_app, NEW)
    with pytest.raises(DecryptionError):
        reseal_all()
    assert raw_keys(db) == before


def test_every_sealed_column_is_known(salon: Company) -> None:
    names = {f"{column.table.name}.{column.name}" for column in key_rotation.encrypted_columns()}
    assert {"connections.api_key", "connections.webhook_secret", "calls.recording_url", "webhook_events.body", "web_sessions.data"} <= names
