"""Compares what is there with what was sent: in the rows, in the API and on the pages."""

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
from app.models import Call, CallEvent, CallHour, Company, Customer, LiveCursor, LiveEvent, ToolCall, Turn, WebhookEvent
from tests.faults.house import House
from tests.faults.stories import NUMBERS, TURNS, Sent, Story
from tests.support.running_server import API_KEYS

FINAL = {"handled", "ignored", "unassigned", "dead"}


def judge(house: House, sent: Sent) -> None:
    """Fails with the first thing that is not as it must be."""
    with house.app.app_context():
        try:
            with unscoped():
                _calls_are_there_once_and_final(sent)
                _inbox_holds_what_was_sent(sent)
                _nothing_is_at_another_company()
                _sequences_have_no_gaps(sent)
                _counts_agree()
        finally:
            db.session.remove()
            db.engine.dispose()
    _api_says_the_same(house, sent)


def _calls_are_there_once_and_final(sent: Sent) -> None:
    companies = dict(db.session.execute(select(Company.slug, Company.id)).all())
    found: dict[str, list[Call]] = defaultdict(list)
    for call in db.session.scalars(select(Call).where(Call.provider_call_id.startswith(sent.run))):
        found[call.provider_call_id].append(call)
    turns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    mine = select(Call.id).where(Call.provider_call_id.startswith(sent.run))
    said = select(Turn.call_id, Turn.position, Turn.text).where(Turn.call_id.in_(mine)).order_by(Turn.call_id, Turn.position)
    for call_id, position, text in db.session.execute(said):
        turns[call_id].append((position, text))
    for story in sent.stories:
        calls = found.pop(story.call_id, [])
        assert len(calls) == (1 if story.company and story.accepted else 0), f"{story.call_id} is there {len(calls)} times"
        for call in calls:
            assert call.company_id == companies[story.company or ""], story.call_id
            if set(story.bodies) == story.accepted:
                _is_final(call, story)
                assert turns[call.id] == list(enumerate(story.words)), story.call_id
    odd = [call_id for call_id in found if not call_id.startswith(f"{sent.run}_garbage_")]
    assert odd == [], "calls that nobody sent"


def _is_final(call: Call, story: Story) -> None:
    seen = (call.status, call.outcome, call.sentiment, call.summary, call.turn_count, call.duration_s, call.from_number, call.to_number)
    assert seen == ("ended", "information", "neutral", story.summary, TURNS, 60, story.caller, story.number), story.call_id
    assert call.analyzed_at is not None


def _inbox_holds_what_was_sent(sent: Sent) -> None:
    """Each accepted event once, none that was not sent, each in a final state, and a reason where it was not handled."""
    known = {_hash(body): body for body in sent.bodies}
    stored: Counter[str] = Counter()
    for event in db.session.scalars(select(WebhookEvent).where(WebhookEvent.received_at >= sent.begun_at)):
        name = _hash(get_body(event))
        if name not in known:
            assert sent.run not in (event.provider_call_id or ""), "an event that nobody sent"
            continue
        stored[name] += 1
        assert event.status in FINAL, (event.provider_call_id, event.event, event.status)
        assert event.status == "handled" or event.reason, event.id
        assert event.claim_token is None
    assert [body for body, times in stored.items() if times > 1] == []
    missing = [story.call_id for story in sent.stories for body in story.accepted if not stored[_hash(body)]]
    assert missing == [], "accepted and not there"
    for story in sent.stories:
        if story.company is None:
            where = select(WebhookEvent.status, WebhookEvent.reason).where(WebhookEvent.provider_call_id == story.call_id)
            assert set(db.session.execute(where).all()) <= {("unassigned", "unknown_number")}, story.call_id


def _nothing_is_at_another_company() -> None:
    """The marked words of each company's callers stand in its own rows only, and rows that belong together agree."""
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


def _sequences_have_no_gaps(sent: Sent) -> None:
    """The live events of each company up to its cursor, and the history of each call."""
    seqs: dict[str, list[int]] = defaultdict(list)
    for company_id, seq in db.session.execute(select(LiveEvent.company_id, LiveEvent.seq).order_by(LiveEvent.company_id, LiveEvent.seq)):
        seqs[company_id].append(seq)
    for company_id, last in db.session.execute(select(LiveCursor.company_id, LiveCursor.seq)):
        assert seqs[company_id] == list(range(last - len(seqs[company_id]) + 1, last + 1)), company_id
    history: dict[str, list[int]] = defaultdict(list)
    mine = select(Call.id).where(Call.provider_call_id.startswith(sent.run))
    for call_id, seq in db.session.execute(
        select(CallEvent.call_id, CallEvent.seq).where(CallEvent.call_id.in_(mine)).order_by(CallEvent.call_id, CallEvent.seq)
    ):
        history[call_id].append(seq)
    for call_id, count in db.session.execute(select(Call.id, Call.event_count).where(Call.provider_call_id.startswith(sent.run))):
        assert history[call_id] == list(range(1, count + 1)), call_id


def _counts_agree() -> None:
    """What the hourly counts say is how many calls there are, those that still run among them."""
    counted = dict(db.session.execute(select(CallHour.company_id, func.sum(CallHour.calls)).group_by(CallHour.company_id)).all())
    there = select(Call.company_id, func.count()).where(Call.is_test.is_(False)).group_by(Call.company_id)
    assert {company: int(calls) for company, calls in counted.items()} == dict(db.session.execute(there).all())


def _api_says_the_same(house: House, sent: Sent) -> None:
    """Some calls of each company, by the key of each; for the others they do not exist."""
    for slug, key in API_KEYS.items():
        for story in [story for story in sent.stories if story.company == slug and story.accepted][::9]:
            answer = house.get(f"/api/v1/calls?q={story.call_id}", key=key).json()
            assert [item["provider_call_id"] for item in answer["items"]] == [story.call_id], answer
            call = house.get(f"/api/v1/calls/{answer['items'][0]['id']}", key=key).json()
            assert [turn["text"] for turn in call["transcript"]] == list(story.words)
            assert (call["status"], call["outcome"], call["summary"]) == ("ended", "information", story.summary)
            for other in API_KEYS.keys() - {slug}:
                assert house.get(f"/api/v1/calls/{call['id']}", key=API_KEYS[other]).status_code == 404
                assert house.get(f"/api/v1/calls?q={story.call_id}", key=API_KEYS[other]).json()["items"] == []


def rows(app: Flask, statement: Any) -> list[Any]:
    """A look into the server's database from outside."""
    with app.app_context(), unscoped(), read_only():
        try:
            return list(db.session.execute(statement).all())
        finally:
            db.session.remove()


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
