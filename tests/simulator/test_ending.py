"""Each scenario ends in the state that its name says, whatever way its events came."""

import random
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.clock import now, to_ms
from app.core.extensions import db as database
from app.core.signatures import sign_retell
from app.core.tenancy import unscoped
from app.domain.inbox.processor import drain_batch
from app.models import Branch, Call, ToolCall, Turn, WebhookEvent
from app.simulator.call_factory import CallSetup, SimulatedWebhook
from app.simulator.callers import SECOND_BRANCH, UNKNOWN_NUMBER, find_business_at
from app.simulator.observed_calls import fetch_from_database
from app.simulator.scenarios import SCENARIOS
from tests.support.demo_company import make_demo_company
from tests.support.retell_webhooks import KEY

CALL_ID = "call_sim_ending"


@pytest.fixture
def ring_up(client: FlaskClient, db):
    """Plays a scenario against the webhook, works the inbox through, and gives the answers."""
    for number in {scenario.number for scenario in SCENARIOS.values()} - {UNKNOWN_NUMBER, SECOND_BRANCH}:
        make_demo_company(find_business_at(number)[0])

    def ring(name: str, *, drain_each: bool = False) -> list[tuple[SimulatedWebhook, int]]:
        scenario = SCENARIOS[name]
        answers = []
        for delivery in scenario.play(CallSetup(CALL_ID, scenario.number, random.Random(7), now())):
            if delivery.path == "webhook":
                answers.append((delivery, post(client, delivery)))
                if drain_each:
                    drain()
        drain()
        return answers

    return ring


def post(client: FlaskClient, delivery: SimulatedWebhook) -> int:
    at_ms = to_ms(now() - timedelta(minutes=10 if delivery.signature == "ten_minutes_old" else 0))
    signature = sign_retell(delivery.body, "another key" if delivery.signature == "forged" else KEY, at_ms)
    return client.post("/api/retell/webhook", data=delivery.body, headers={"X-Retell-Signature": signature}).status_code


def drain() -> None:
    database.session.rollback()
    while drain_batch(100):
        pass
    database.session.rollback()
    database.session.expire_all()


def only_call() -> Call:
    with unscoped():
        return database.session.scalars(select(Call)).one()


def count(model: type) -> int:
    with unscoped():
        return database.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("drain_each", [False, True], ids=["worked through at the end", "worked through one by one"])
@pytest.mark.parametrize("name", [name for name, each in SCENARIOS.items() if each.expected == "call" and name != "long"])
def test_a_call_ends_as_its_scenario_says(app: Flask, ring_up, name: str, drain_each: bool):
    scenario = SCENARIOS[name]
    assert all(delivery.is_as_expected(status) for delivery, status in ring_up(name, drain_each=drain_each))
    call = only_call()
    assert (call.status, call.outcome, call.provider_call_id) == (scenario.status, scenario.outcome, CALL_ID)
    assert call.analyzed_at is not None
    assert fetch_from_database([CALL_ID])[CALL_ID].is_settled


def test_duplicates_and_any_order_leave_the_same_call(ring_up, client: FlaskClient):
    ring_up("booked")
    call = only_call()
    plain = (call.status, call.outcome, call.turn_count, count(Turn), count(ToolCall), call.duration_s, call.summary)
    ring_up("duplicates")
    ring_up("reversed")
    call = only_call()
    assert (call.status, call.outcome, call.turn_count, count(Turn), count(ToolCall), call.duration_s, call.summary) == plain


def test_two_hundred_turns_arrive(ring_up):
    ring_up("long")
    assert (only_call().turn_count, count(Turn)) == (200, 200)


def test_a_withheld_caller_has_no_number_and_is_no_customer(ring_up):
    ring_up("withheld")
    call = only_call()
    assert (call.caller_kind, call.customer_id) == ("withheld", None)


def test_the_second_branch_gets_its_own_calls(ring_up):
    ring_up("second_branch")
    with unscoped():
        assert database.session.get(Branch, only_call().branch_id).name == "Berlin-Pankow"


def test_an_unknown_number_waits_unassigned_and_makes_no_call(ring_up):
    ring_up("unknown_number")
    assert count(Call) == 0
    assert {event.status for event in database.session.scalars(select(WebhookEvent))} == {"unassigned"}
    assert fetch_from_database([CALL_ID])[CALL_ID].status == "unassigned"


@pytest.mark.parametrize("name", ["forged", "replayed"])
def test_a_bad_signature_leaves_nothing(ring_up, name: str):
    assert {status for _, status in ring_up(name)} == {401}
    assert count(WebhookEvent) == count(Call) == 0


def test_signed_garbage_is_kept_or_refused_and_breaks_nothing(ring_up):
    answers = ring_up("garbage")
    assert {status for _, status in answers} == {204, 400}
    settled = {event.status for event in database.session.scalars(select(WebhookEvent))}
    assert settled <= {"handled", "ignored", "dead", "unassigned"}
