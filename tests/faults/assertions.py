"""Assertions after a run: the stored rows and the API match the webhooks that were sent."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.core.database import read_only
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.inbox.store import get_body
from app.models import Call, CallEvent, CallHour, Company, Customer, LiveEvent, LiveEventSequence, ToolCall, Turn, WebhookEvent
from tests.faults.environment import Environment
from tests.faults.scenarios import NUMBERS, TURNS, CallScenario, ScenarioRun
from tests.support.running_server import API_KEYS

FINAL = {"handled", "ignored", "unassigned", "dead"}


def assert_run(environment: Environment, sent: ScenarioRun) -> None:
    """Assert that stored rows and API match the run."""
    with environment.app.app_context():
        try:
            with unscoped():
                _assert_calls_stored_once_and_final(sent)
                _assert_inbox_matches(sent)
                _assert_companies_separate()
                _assert_sequences_complete(sent)
                _assert_counts_match()
        finally:
            db.session.remove()
            db.engine.dispose()
    _assert_api_matches(environment, sent)


def _assert_calls_stored_once_and_final(sent: ScenarioRun) -> None:
    companies = dict(db.session.execute(select(Company.slug, Company.id)).all())
    found: dict[str, list[Call]] = defaultdict(list)
    for call in db.session.scalars(select(Call).where(Call.provider_call_id.startswith(sent.run))):
        found[call.provider_call_id].append(call)
    turns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    run_calls = select(Call.id).where(Call.provider_call_id.startswith(sent.run))
    statement = select(Turn.call_id, Turn.position, Turn.text).where(Turn.call_id.in_(run_calls)).order_by(Turn.call_id, Turn.position)
    for call_id, position, text in db.session.execute(statement):
        turns[call_id].append((position, text))
    for scenario in sent.scenarios:
        calls = found.pop(scenario.call_id, [])
        assert len(calls) == (1 if scenario.company and scenario.accepted else 0), f"{scenario.call_id} is stored {len(calls)} times"
        for call in calls:
            assert call.company_id == companies[scenario.company or ""], scenario.call_id
            if set(scenario.bodies) == scenario.accepted:
                _assert_final(call, scenario)
                assert turns[call.id] == list(enumerate(scenario.words)), scenario.call_id
    unexpected = [call_id for call_id in found if not call_id.startswith(f"{sent.run}_garbage_")]
    assert unexpected == [], "calls that were not sent"


def _assert_final(call: Call, scenario: CallScenario) -> None:
    seen = (call.status, call.outcome, call.sentiment, call.summary, call.turn_count, call.duration_s, call.from_number, call.to_number)
    assert seen == ("ended", "information", "neutral", scenario.summary, TURNS, 60, scenario.caller, scenario.number), scenario.call_id
    assert call.analyzed_at is not None


def _assert_inbox_matches(sent: ScenarioRun) -> None:
    """Each accepted event once, none that was not sent, each in a final state, and a reason where it was not handled."""
    known = {_hash(body): body for body in sent.bodies}
    stored: Counter[str] = Counter()
    for event in db.session.scalars(select(WebhookEvent).where(WebhookEvent.received_at >= sent.begun_at)):
        name = _hash(get_body(event))
        if name not in known:
            assert sent.run not in (event.provider_call_id or ""), "an event that was not sent"
            continue
        stored[name] += 1
        assert event.status in FINAL, (event.provider_call_id, event.event_name, event.status)
        assert event.status == "handled" or event.reason, event.id
        assert event.claim_token is None
    assert [body for body, times in stored.items() if times > 1] == []
    missing = [scenario.call_id for scenario in sent.scenarios for body in scenario.accepted if not stored[_hash(body)]]
    assert missing == [], "accepted and not stored"
    for scenario in sent.scenarios:
        if scenario.company is None:
            where = select(WebhookEvent.status, WebhookEvent.reason).where(WebhookEvent.provider_call_id == scenario.call_id)
            assert set(db.session.execute(where).all()) <= {("unassigned", "unknown_number")}, scenario.call_id


def _assert_companies_separate() -> None:
    """Assert that the marked sentences of a company's callers are in its own rows only, and that related rows have one company."""
    slugs: dict[str, str] = dict(db.session.execute(select(Company.id, Company.slug)).all())
    texts = [
        *db.session.execute(select(Turn.company_id, Turn.text).where(Turn.text.contains("Marke "))),
        *((company_id, json.dumps(data)) for company_id, data in db.session.execute(select(LiveEvent.company_id, LiveEvent.data))),
    ]
    for company_id, text in texts:
        others = {slug for slug in {*NUMBERS.values(), "nobody"} if slug and slug != slugs[company_id]}
        assert not [slug for slug in others if f"Marke {slug}" in text], f"{slugs[company_id]} holds another one's words"
    for model in (Turn, ToolCall, CallEvent):
        crossed = select(func.count()).select_from(model).join(Call, Call.id == model.call_id).where(Call.company_id != model.company_id)
        assert db.session.scalar(crossed) == 0
    customers = select(func.count()).select_from(Call).join(Customer, Customer.id == Call.customer_id)
    assert db.session.scalar(customers.where(Call.company_id != Customer.company_id)) == 0


def _assert_sequences_complete(sent: ScenarioRun) -> None:
    """Assert that the sequence numbers of each company's live events and of each call's events have no gaps."""
    seqs: dict[str, list[int]] = defaultdict(list)
    for company_id, seq in db.session.execute(select(LiveEvent.company_id, LiveEvent.seq).order_by(LiveEvent.company_id, LiveEvent.seq)):
        seqs[company_id].append(seq)
    for company_id, last in db.session.execute(select(LiveEventSequence.company_id, LiveEventSequence.seq)):
        assert seqs[company_id] == list(range(last - len(seqs[company_id]) + 1, last + 1)), company_id
    history: dict[str, list[int]] = defaultdict(list)
    run_calls = select(Call.id).where(Call.provider_call_id.startswith(sent.run))
    for call_id, seq in db.session.execute(
        select(CallEvent.call_id, CallEvent.seq).where(CallEvent.call_id.in_(run_calls)).order_by(CallEvent.call_id, CallEvent.seq)
    ):
        history[call_id].append(seq)
    for call_id, count in db.session.execute(select(Call.id, Call.event_count).where(Call.provider_call_id.startswith(sent.run))):
        assert history[call_id] == list(range(1, count + 1)), call_id


def _assert_counts_match() -> None:
    """Assert that the hourly counts equal the number of stored calls, including running ones."""
    counted = dict(db.session.execute(select(CallHour.company_id, func.sum(CallHour.calls)).group_by(CallHour.company_id)).all())
    totals = select(Call.company_id, func.count()).where(Call.is_test.is_(False)).group_by(Call.company_id)
    assert {company: int(calls) for company, calls in counted.items()} == dict(db.session.execute(totals).all())


def _assert_api_matches(environment: Environment, sent: ScenarioRun) -> None:
    """Assert that the API serves every ninth call with its company's key and answers 404 to other companies."""
    for slug, key in API_KEYS.items():
        for scenario in [scenario for scenario in sent.scenarios if scenario.company == slug and scenario.accepted][::9]:
            answer = environment.get(f"/api/v1/calls?q={scenario.call_id}", key=key).json()
            assert [item["provider_call_id"] for item in answer["items"]] == [scenario.call_id], answer
            call = environment.get(f"/api/v1/calls/{answer['items'][0]['id']}", key=key).json()
            assert [turn["text"] for turn in call["transcript"]] == list(scenario.words)
            assert (call["status"], call["outcome"], call["summary"]) == ("ended", "information", scenario.summary)
            for other in API_KEYS.keys() - {slug}:
                assert environment.get(f"/api/v1/calls/{call['id']}", key=API_KEYS[other]).status_code == 404
                assert environment.get(f"/api/v1/calls?q={scenario.call_id}", key=API_KEYS[other]).json()["items"] == []


def fetch_rows(app: Flask, statement: Any) -> list[Any]:
    """Run a statement on the server's database, read-only, in a session of its own."""
    with app.app_context(), unscoped(), read_only():
        try:
            return list(db.session.execute(statement).all())
        finally:
            db.session.remove()


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
