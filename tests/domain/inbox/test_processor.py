"""Events that cannot be worked through: they wait, die with a reason, and harm no other."""

import pytest
import time_machine
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import LargeBinary, type_coerce, update
from sqlalchemy.exc import OperationalError

from app.core.clock import now
from app.core.extensions import db as database
from app.domain.inbox import call_event_handler, processor
from app.domain.inbox.lease import MAX_CLAIMS, LeaseLost
from app.models import WebhookEvent
from tests.support.inbox import arrive, by_status, calls, events
from tests.support.retell_webhooks import call_body, make_company_with_number


@pytest.mark.parametrize("broken", [b"not sealed by any key of ours", b""])
def test_a_body_that_no_key_opens_harms_no_other_event(db: SQLAlchemy, broken: bytes) -> None:
    make_company_with_number()
    arrive(*(call_body("call_started", f"call_{number}") for number in range(3)))
    spoil("call_1", broken)
    assert processor.drain_batch(10) == 3
    assert by_status() == {"handled": 2, "pending": 1}
    assert set(calls()) == {"call_0", "call_2"}
    [waiting] = [event for event in events() if event.status == "pending"]
    assert (waiting.attempts, waiting.claim_token) == (1, None)
    assert waiting.reason and "PayloadUnreadable" in waiting.reason


@pytest.mark.parametrize(("claims", "result"), [(MAX_CLAIMS - 1, "handled"), (MAX_CLAIMS, "dead")])
def test_an_event_that_killed_its_workers_so_often_is_given_up(db: SQLAlchemy, claims: int, result: str) -> None:
    make_company_with_number()
    arrive(call_body("call_started", "call_0"), call_body("call_started", "call_1"))
    with database.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.provider_call_id == "call_1").values(claim_count=claims))
    processor.drain_batch(10)
    assert {event.provider_call_id: event.status for event in events()} == {"call_0": "handled", "call_1": result}
    assert [event.reason for event in events() if event.status == "dead"] == [f"{MAX_CLAIMS} workers died or stalled over it."] * (
        result == "dead"
    )


def test_while_the_database_is_away_no_event_uses_up_its_tries(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company_with_number()
    arrive(call_body("call_started", "call_0"), call_body("call_started", "call_1"))
    fail_when_applied(
        monkeypatch, OperationalError("INSERT", None, Exception("Lost connection to MySQL server"), connection_invalidated=True)
    )
    with pytest.raises(OperationalError):
        processor.drain_batch(10)
    assert [(event.status, event.attempts, event.reason) for event in events()] == [("pending", 0, None)] * 2


@pytest.mark.parametrize("error", [ValueError("no"), OperationalError("INSERT", None, Exception("database is locked"))])
def test_an_event_that_fails_is_due_again_later(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    salon = make_company_with_number()
    arrive(call_body("call_started", "call_0"), call_body("call_started", "call_1"))
    fail_when_applied(monkeypatch, error)
    with time_machine.travel(now(), tick=False):
        processor.drain_batch(10)
        assert {event.due_at for event in events()} == {now() + processor.RETRY_DELAYS[0]}
    assert [(event.status, event.attempts, event.company_id) for event in events()] == [("pending", 1, salon.id)] * 2


def test_whoever_lost_its_events_to_another_worker_writes_nothing_and_goes_on(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company_with_number()
    arrive(call_body("call_started", "call_0"), call_body("call_started", "call_1"))
    fail_when_applied(monkeypatch, LeaseLost())
    assert processor.drain_batch(10) == 2
    assert [(event.status, event.attempts, event.reason) for event in events()] == [("pending", 0, None)] * 2
    assert calls() == {}


def fail_when_applied(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_items: object) -> None:
        raise error

    monkeypatch.setattr(call_event_handler, "apply", fail)


def spoil(call_id: str, body: bytes) -> None:
    """As a broken disk or a lost key would leave it."""
    with database.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.provider_call_id == call_id).values(body=type_coerce(body, LargeBinary)))
