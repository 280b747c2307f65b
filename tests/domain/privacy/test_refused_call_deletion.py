"""Deletions at the provider: one worker at a time, void once requested again, retried after a rejection."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.privacy import refused_call_deletion
from app.models import Call, ProviderDeletion
from app.providers.http import ResponseTimeout
from app.providers.voice.management import VoiceRejected
from tests.factories.calls import CallFactory, ProviderDeletionFactory
from tests.factories.companies import CompanyFactory


@pytest.fixture
def deletion_id(app: Flask, db: SQLAlchemy, present: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The pending deletion of a call that has ended."""
    settings = app.config["SETTINGS"]
    monkeypatch.setattr(settings, "retell_base_url", "http://127.0.0.1:9")
    monkeypatch.setattr(settings, "retell_api_key", "key_tests_only_retell")
    with unscoped():
        company_id = run_in_transaction(lambda: CompanyFactory().id)

    def create() -> str:
        call = CallFactory(provider="retell", status="ended", ended_at=now())
        return str(ProviderDeletionFactory(call_id=call.id, status="pending", due_at=now()).id)

    with company_scope(company_id):
        yield run_in_transaction(create)


def claim(deletion_id: str) -> refused_call_deletion.ProviderCallDeletion | None:
    return run_in_transaction(lambda: refused_call_deletion.claim(deletion_id))


def get(db: SQLAlchemy, deletion_id: str) -> ProviderDeletion:
    db.session.rollback()
    return db.session.get_one(ProviderDeletion, deletion_id)


def test_stale_claim_does_not_complete_a_deletion(db: SQLAlchemy, deletion_id: str, present: time_machine.Traveller) -> None:
    stale = claim(deletion_id)
    assert stale and claim(deletion_id) is None
    present.shift(refused_call_deletion.OUTBOX.lease + timedelta(seconds=1))
    current = claim(deletion_id)
    assert current
    run_in_transaction(lambda: refused_call_deletion.complete(stale, None))
    assert (get(db, deletion_id).status, get(db, deletion_id).claim_token) == ("pending", current.token)
    run_in_transaction(lambda: refused_call_deletion.complete(current, None))
    row = get(db, deletion_id)
    assert (row.status, row.reason, row.due_at, row.deleted_at is not None) == ("done", "declined", None, True)


def test_claim_is_void_when_data_came_in_and_the_deletion_is_requested_again(db: SQLAlchemy, deletion_id: str) -> None:
    request = claim(deletion_id)
    assert request
    run_in_transaction(
        lambda: refused_call_deletion.request_deletion(db.session.get_one(Call, get(db, deletion_id).call_id), "declined", again=True)
    )
    run_in_transaction(lambda: refused_call_deletion.complete(request, None))
    assert (get(db, deletion_id).status, get(db, deletion_id).attempts) == ("pending", 0)
    assert claim(deletion_id)


def test_rejected_deletion_is_tried_again_hours_later(db: SQLAlchemy, deletion_id: str, present: time_machine.Traveller) -> None:
    request = claim(deletion_id)
    assert request
    run_in_transaction(lambda: refused_call_deletion.complete(request, VoiceRejected("No.", reason="bad_key")))
    row = get(db, deletion_id)
    assert (row.status, row.error, row.reason) == ("failed", "bad_key", "declined")
    assert claim(deletion_id) is None
    present.shift(refused_call_deletion.KEY_RETRY_DELAY + timedelta(seconds=1))
    assert claim(deletion_id)


def test_deletion_without_an_answer_is_never_given_up(db: SQLAlchemy, deletion_id: str, present: time_machine.Traveller) -> None:
    for _try in range(len(refused_call_deletion.RETRY_DELAYS) + 3):
        request = claim(deletion_id)
        assert request
        run_in_transaction(lambda: refused_call_deletion.complete(request, ResponseTimeout("away", retryable=True)))  # noqa: B023
        present.move_to(get(db, deletion_id).due_at + timedelta(seconds=1))
    assert get(db, deletion_id).status == "pending"
