"""Calls at Retell beside ours, over real HTTP against its double: what is missing comes in, what hangs is closed, nothing is mixed up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import now, to_ms
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.calls import reconciliation
from app.domain.calls.reconciliation_status import load_reconciliation_status
from app.domain.inbox import processor
from app.jobs.call_reconciliation import reconcile_account
from app.models import Call, CallReconciliation, Connection, ReconciledAccount, WebhookEvent
from tests.doubles.retell import RetellDouble
from tests.support.retell_webhooks import CALLER, MITTE, call_body, make_company_with_number, send, transcript

ZONE = "Europe/Berlin"


@pytest.fixture
def retell(app) -> Iterator[RetellDouble]:
    """The platform's account."""
    with RetellDouble() as double:
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"retell_base_url": double.url, "retell_api_key": double.key})
        yield double


@pytest.fixture
def salon(db) -> Any:
    return make_company_with_number()


def there(retell: RetellDouble, call_id: str, *, minutes_ago: int = 10, key: str = MITTE, **more: Any) -> str:
    """A call that Retell holds: over and analysed, unless it says otherwise."""
    began = now() - timedelta(minutes=minutes_ago)
    call = {
        "call_id": call_id, "call_type": "phone_call", "agent_id": "agent_lena", "direction": "inbound", "from_number": CALLER,
        "to_number": key, "call_status": "ended", "start_timestamp": to_ms(began), "end_timestamp": to_ms(began + timedelta(minutes=1)),
        "disconnection_reason": "user_hangup", "transcript_object": transcript("Guten Tag.", "Was kostet ein Haarschnitt?"),
        "call_analysis": {"call_summary": "Eine Frage zum Preis.", "user_sentiment": "Positive"},
    }  # fmt: skip
    return retell.add_call({name: value for name, value in (call | more).items() if value is not None})


def look(db) -> CallReconciliation:
    """One look at every account, and what it brought worked through; the last comparison."""
    with unscoped():
        accounts = run_in_transaction(reconciliation.list_due_accounts)
    for account_id in accounts:
        reconcile_account(account_id)
    db.session.rollback()
    while processor.drain_batch(50):
        pass
    db.session.rollback()
    return db.session.scalars(select(CallReconciliation).order_by(CallReconciliation.id.desc())).first()


def calls(db) -> dict[str, Call]:
    db.session.expire_all()
    with unscoped():
        return {call.provider_call_id: call for call in db.session.scalars(select(Call))}


def load_status(db, company: Any) -> tuple[str, int, int]:
    db.session.expire_all()
    with company_scope(company.id):
        found = load_reconciliation_status(company.id, timezone=ZONE)
    return found.state, found.remote_count, found.local_count


def test_a_missing_call_is_fetched_with_all_that_was_said(retell, salon, db) -> None:
    there(retell, "call_lost")
    found = look(db)
    assert (found.result, found.listed, found.missing, found.fetched) == ("done", 1, 1, 1)
    call = calls(db)["call_lost"]
    assert (call.company_id, call.status, call.turn_count, call.summary) == (salon.id, "ended", 2, "Eine Frage zum Preis.")
    assert [event.event_name for event in db.session.scalars(select(WebhookEvent))] == ["fetched_call_analyzed"]


def test_looking_again_changes_nothing(retell, salon, db) -> None:
    there(retell, "call_lost")
    look(db)
    for _again in range(2):
        found = look(db)
        assert (found.listed, found.missing, found.fetched) == (1, 0, 0)
    assert len(calls(db)) == 1
    assert len(db.session.scalars(select(WebhookEvent)).all()) == 1


def test_the_webhook_that_comes_after_all_makes_no_second_call(retell, salon, db, client) -> None:
    there(retell, "call_late")
    look(db)
    assert send(client, call_body("call_analyzed", "call_late", call_analysis={"call_summary": "Später."})).status_code == 204
    db.session.rollback()
    while processor.drain_batch(10):
        pass
    assert list(calls(db)) == ["call_late"]


def test_a_call_that_hangs_here_is_closed_with_the_true_reason(retell, salon, db, client) -> None:
    began = to_ms(now() - timedelta(minutes=10))
    send(client, call_body("call_started", "call_stuck", start_timestamp=began))
    while processor.drain_batch(10):
        pass
    assert calls(db)["call_stuck"].status == "ongoing"
    there(retell, "call_stuck", disconnection_reason="error_llm_websocket_open")
    found = look(db)
    assert (found.missing, found.closed) == (0, 1)
    call = calls(db)["call_stuck"]
    assert (call.status, call.disconnection_reason) == ("error", "error_llm_websocket_open")


def test_a_call_that_the_provider_does_not_know_is_closed_after_a_while(retell, salon, db, client) -> None:
    for call_id, minutes in (("call_ghost", 16), ("call_young", 10)):
        send(client, call_body("call_started", call_id, start_timestamp=to_ms(now() - timedelta(minutes=minutes))))
    while processor.drain_batch(10):
        pass
    assert look(db).result == "done"
    found = calls(db)
    assert (found["call_ghost"].status, found["call_ghost"].end_category) == ("error", "technical")
    assert found["call_ghost"].disconnection_reason == "unknown_at_provider"
    assert found["call_young"].status == "ongoing"
    # again changes nothing
    assert look(db).result == "done"
    assert calls(db)["call_ghost"].status == "error"


def test_a_late_end_corrects_the_one_that_we_wrote(retell, salon, db, client) -> None:
    began = to_ms(now() - timedelta(minutes=30))
    send(client, call_body("call_started", "call_late", start_timestamp=began))
    while processor.drain_batch(10):
        pass
    look(db)
    assert calls(db)["call_late"].status == "error"
    over = {"end_timestamp": began + 60_000, "disconnection_reason": "user_hangup"}
    send(client, call_body("call_ended", "call_late", start_timestamp=began, **over))
    while processor.drain_batch(10):
        pass
    late = calls(db)["call_late"]
    assert (late.status, late.disconnection_reason, late.duration_s) == ("ended", "user_hangup", 60)


def test_nobody_is_closed_on_the_word_of_a_provider_that_fails(retell, salon, db, client) -> None:
    send(client, call_body("call_started", "call_ghost", start_timestamp=to_ms(now() - timedelta(minutes=30))))
    while processor.drain_batch(10):
        pass
    retell.fail("500", on="GET /v2/get-call/call_ghost", times=9)
    assert look(db).result == "failed"
    assert calls(db)["call_ghost"].status == "ongoing"


def test_an_analysis_that_never_came_is_fetched(retell, salon, db, client) -> None:
    began = to_ms(now() - timedelta(minutes=10))
    send(client, call_body("call_ended", "call_bare", start_timestamp=began, end_timestamp=began + 60_000))
    while processor.drain_batch(10):
        pass
    there(retell, "call_bare")
    assert look(db).completed == 1
    assert calls(db)["call_bare"].summary == "Eine Frage zum Preis."


def test_all_pages_are_read(retell, salon, db) -> None:
    retell.page_size = 7
    for place in range(20):
        there(retell, f"call_{place}", minutes_ago=5 + place)
    found = look(db)
    assert (found.result, found.error, found.fetched) == ("done", None, 20)
    assert len(calls(db)) == 20
    assert load_status(db, salon) == ("all", 20, 20) or now().hour < 1


@pytest.mark.parametrize("trouble", ["429", "500", "slow", "junk"])
def test_a_provider_that_fails_breaks_nothing_and_is_told_of(retell, salon, db, trouble: str, monkeypatch) -> None:
    monkeypatch.setattr("app.providers.voice.retell_api.READ_TIMEOUT_S", 0.3)
    there(retell, "call_lost")
    retell.fail(trouble, on="POST /v3/list-calls", times=9, seconds=1.0)
    found = look(db)
    assert found.result == "failed"
    assert found.error
    assert calls(db) == {}
    assert load_status(db, salon)[0] == "unknown"
    account = db.session.scalars(select(ReconciledAccount)).one()
    assert account.failing_since is not None
    assert account.locked_until is None


def test_what_was_fetched_before_the_provider_failed_stays(retell, salon, db) -> None:
    there(retell, "call_a", minutes_ago=20)
    there(retell, "call_b", minutes_ago=10)
    retell.fail("500", on="GET /v2/get-call/call_b", times=9)
    assert look(db).result == "failed"
    assert list(calls(db)) == ["call_a"]
    retell.restore()
    assert look(db).result == "done"
    assert sorted(calls(db)) == ["call_a", "call_b"]


def test_a_number_that_nobody_owns_waits_for_support(retell, salon, db) -> None:
    there(retell, "call_nobodys", key="+493023125199")
    look(db)
    assert calls(db) == {}
    (event,) = db.session.scalars(select(WebhookEvent))
    assert (event.status, event.reason, event.to_number) == ("unassigned", "unknown_number", "+493023125199")
    assert look(db).missing == 0


def test_a_companys_own_account_brings_nobody_elses_calls(retell, salon, db, app) -> None:
    other = make_company_with_number("werkstatt-kruse", number="+494066969300", branch="Hamburg")
    with company_scope(other.id):
        db.session.add(Connection(provider="retell", api_key=retell.key))
        db.session.commit()
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"retell_api_key": ""})
    there(retell, "call_of_salon")
    there(retell, "call_of_garage", key="+494066969300")
    look(db)
    assert {call_id: call.company_id for call_id, call in calls(db).items()} == {"call_of_garage": other.id}
    assert load_status(db, salon)[0] == "not_set_up"
    assert load_status(db, other)[1:] == (1, 1) or now().hour < 1


def test_the_line_says_how_many_are_missing(retell, salon, db, monkeypatch) -> None:
    there(retell, "call_a")
    monkeypatch.setattr("app.jobs.call_reconciliation.store_fetched", lambda *_a, **_k: None)
    look(db)
    assert load_status(db, salon) == ("missing", 1, 0) or now().hour < 1
    monkeypatch.undo()
    look(db)
    look(db)
    assert load_status(db, salon) == ("all", 1, 1) or now().hour < 1


def test_without_a_key_nothing_is_asked(retell, salon, db, app) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"retell_api_key": ""})
    assert look(db) is None
    assert retell.requests == []
    assert load_status(db, salon) == ("not_set_up", 0, 0)
