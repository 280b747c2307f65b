"""Agents at Retell: written there once whatever goes wrong on the way, and what is changed there behind our back is seen and repaired."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.agents.provisioning import workflow
from app.domain.agents.provisioning.steps import send
from app.domain.agents.tools.registry import list_tools
from app.models import Agent, AgentDeploymentStep, Connection, PhoneNumber
from tests.doubles.retell import RetellDouble
from tests.factories.salons import Salon
from tests.support.at_retell import DAY, NIGHT, AtRetell, stand_in


@pytest.fixture
def there(app: Flask, db: Any, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtRetell]:
    with RetellDouble() as double:
        stand_in(app, double, monkeypatch)
        world = AtRetell(app, salon, double)
        world.set_up()
        yield world


def test_publishing_writes_agent_brain_functions_events_and_numbers_and_reads_them_back(there: AtRetell) -> None:
    there.stand(rules="Keine Dauerwelle.", voice="11labs-Anna")
    row, url = there.row(), f"https://salon.example/api/retell/{{}}/{there.connection_id}"
    assert (row.status, there.wrong()) == ("right", [])
    agent = there.double.agent(row.agent_ref, row.agent_version)
    brain = there.double.brain_of(agent)
    assert (agent["is_published"], agent["webhook_url"], agent["language"]) == (True, url.format("webhook"), "de-DE")
    assert (agent["timezone"], agent["voice_id"]) == ("Europe/Berlin", "11labs-Anna")
    assert {"call_started", "call_ended", "call_analyzed", "transcript_updated"} <= set(agent["webhook_events"])
    tools = {tool["name"]: tool for tool in brain["general_tools"]}
    assert {tool.name for tool in list_tools()} <= tools.keys()
    assert {tool["url"] for tool in tools.values() if tool["type"] == "custom"} == {url.format("function")}
    assert {"put_through", "end_call"} <= tools.keys()
    assert "Keine Dauerwelle." in brain["general_prompt"]
    assert "Ich bin eine KI, kein Mensch." in brain["begin_message"]
    assert brain["default_dynamic_variables"]["greeting"] == brain["begin_message"]
    for number in (DAY, NIGHT):
        bound = there.double.numbers[number]
        assert bound["inbound_agents"] == [{"agent_id": row.agent_ref, "weight": 1, "agent_version": row.agent_version}]
        assert bound["inbound_webhook_url"] == url.format("inbound")


def test_every_step_is_written_down(there: AtRetell) -> None:
    there.stand()
    with unscoped():
        steps = list(db.session.scalars(select(AgentDeploymentStep).order_by(AgentDeploymentStep.position)))
    assert [step.name for step in steps] == ["look", "draft", "brain", "agent", "publish", f"number:{DAY}", f"number:{NIGHT}", "check"]
    assert {step.status for step in steps} == {"done"}
    assert there.audited("agent_registered")


def test_publishing_again_makes_a_new_version_of_the_same_agent(there: AtRetell) -> None:
    there.stand()
    ref = there.row().agent_ref
    there.stand(greeting="Ein neuer Gruß.")
    second = there.row()
    assert (second.agent_ref, second.agent_version) == (ref, 1)
    assert len(there.double.agents) == len(there.double.llms) == 1
    assert there.double.numbers[DAY]["inbound_agents"][0]["agent_version"] == second.agent_version
    assert second.status == "right"


def test_nothing_new_is_made_where_all_is_right_already(there: AtRetell) -> None:
    there.stand()
    before, asked = there.row().agent_version, len(there.double.requests)
    there.work(there.ask())
    assert there.row().agent_version == before
    assert not [request for request in there.double.requests[asked:] if not request.startswith(("GET", "POST /v2/list"))]


@pytest.mark.parametrize("trouble", ["lost", "cut"])
@pytest.mark.parametrize("on", ["POST /create-agent", "POST /create-retell-llm", "POST /publish-agent-version", "PATCH /update-phone"])
def test_whatever_answer_gets_lost_there_is_one_agent_in_the_end(there: AtRetell, on: str, trouble: Any) -> None:
    there.double.fail(trouble, on=on)
    there.stand()
    if there.row().status == "pending":
        assert (there.row().attempts, there.row().reason) == (1, "no_answer")
        there.be_due()
        there.work()
    assert (there.row().status, there.wrong()) == ("right", [])
    assert len(there.double.agents) == len(there.double.llms) == 1


def test_a_new_version_whose_answer_got_lost_is_taken_as_the_draft_it_is(there: AtRetell) -> None:
    there.stand()
    there.double.fail("lost", on="POST /create-agent-version")
    there.stand(greeting="Ein neuer Gruß.")
    there.be_due()
    there.work()
    row = there.row()
    assert (row.status, row.agent_version) == ("right", 1)
    assert [version["version"] for version in there.double.agents[row.agent_ref or ""]] == [0, 1]


def test_where_a_brain_stays_published_a_new_one_is_made(there: AtRetell) -> None:
    """Whether a new version of the agent brings a new version of its LLM is written down nowhere."""
    there.double.brains_follow = False
    there.stand()
    there.stand(greeting="Ein neuer Gruß.", rules="Neu.")
    row = there.row()
    assert (row.status, len(there.double.llms), len(there.double.agents)) == ("right", 2, 1)
    assert "Neu." in there.double.brain_of(there.double.agent(row.agent_ref or "", row.agent_version))["general_prompt"]


def test_two_workers_at_once_write_it_once(there: AtRetell) -> None:
    registration_id = there.publish()
    first = there.do(lambda: workflow.claim(registration_id))
    assert first is not None
    assert there.do(lambda: workflow.claim(registration_id)) is None


def test_what_is_on_its_way_for_an_older_wish_counts_no_more(there: AtRetell) -> None:
    registration_id = there.publish()
    step = there.do(lambda: workflow.claim(registration_id))
    there.publish(greeting="Der neuere Gruß.")
    assert not there.do(lambda: workflow.complete(step, send(step)))
    there.work()
    assert "Der neuere Gruß." in str(there.double.llms)
    assert len(there.double.agents) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_url=None), ["webhook_url"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_url="https://old.example/hook"), ["webhook_url"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_events=["call_ended"]), ["events"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_events=None), ["events"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, voice_id="x", timezone="America/Los_Angeles"), ["voice", "zone"]),
        (lambda d, r: d.change_llm(r.llm_ref, r.llm_version, general_prompt="Verkaufe Gold."), ["prompt"]),
        (lambda d, r: d.change_llm(r.llm_ref, r.llm_version, begin_message="Hallo"), ["begin_message"]),
        (lambda d, r: d.change_tool(r.llm_ref, "book_appointment", r.llm_version, url="https://x.example"), ["tool:book_appointment"]),
        (lambda d, r: d.change_tool(r.llm_ref, "get_context", r.llm_version, max_retry=5), ["tool:get_context"]),
        (lambda d, r: d.change_number(DAY, inbound_agents=None), [f"number:{DAY}"]),
        (lambda d, r: d.change_number(NIGHT, inbound_webhook_url=None), [f"ringing:{NIGHT}"]),
        (lambda d, r: d.change_number(DAY, inbound_agents=[{"agent_id": "agent_other", "weight": 1}]), [f"number:{DAY}"]),
        (lambda d, r: d.drop(DAY), [f"number:{DAY}"]),
    ],
)
def test_what_is_changed_there_behind_our_back_is_shown_repaired_and_audited(there: AtRetell, change: Any, wrong: list[str]) -> None:
    there.stand()
    change(there.double, there.row())
    before = dict(there.double.numbers)
    there.check()
    assert (there.row().status, there.wrong()) == ("drift", wrong)
    assert there.audited("agent_drift_found") == [{"wrong": wrong}]
    assert there.double.numbers == before
    there.check()
    assert len(there.audited("agent_drift_found")) == 1
    if DAY not in there.double.numbers:
        there.double.add_number(DAY)
    there.repair()
    assert (there.row().status, there.wrong()) == ("right", [])
    assert there.audited("agent_repair_asked") == [{"wrong": wrong}]


def test_an_agent_that_was_deleted_there_is_made_anew(there: AtRetell) -> None:
    there.stand()
    old = there.row().agent_ref or ""
    there.double.drop(old)
    there.check()
    assert "agent" in there.wrong()
    there.repair()
    row = there.row()
    assert (row.status, row.agent_ref != old) == ("right", True)
    assert there.double.numbers[DAY]["inbound_agents"][0]["agent_id"] == row.agent_ref


def test_a_number_that_the_account_does_not_have_is_red_and_the_others_are_bound(there: AtRetell) -> None:
    there.double.drop(DAY)
    there.stand()
    assert (there.row().status, there.wrong()) == ("drift", [f"number:{DAY}"])
    assert there.double.numbers[NIGHT]["inbound_agents"]


def test_a_wrong_key_and_a_refusal_are_told_and_wait_for_a_person(there: AtRetell) -> None:
    there.double.fail("422", on="POST /create-agent")
    there.stand()
    assert (there.row().status, there.row().reason) == ("failed", "invalid")
    there.double.key = "another key by now"
    there.repair()
    assert (there.row().status, there.row().reason) == ("failed", "bad_key")


def test_while_nobody_answers_it_waits_and_asks_again_later(there: AtRetell) -> None:
    with there.double.down():
        there.stand()
        row = there.row()
        assert (row.status, row.reason, row.attempts) == ("pending", "not_reached", 1)
    there.be_due()
    there.work()
    assert there.row().status == "right"


def test_a_look_that_nobody_answers_changes_nothing_but_says_so(there: AtRetell) -> None:
    there.stand()
    with there.double.down():
        there.check()
    assert (there.row().status, there.row().reason) == ("right", "not_reached")
    there.check()
    assert there.row().reason is None


def test_without_a_key_it_is_not_set_up_and_nothing_is_asked(there: AtRetell) -> None:
    there.app.config["SETTINGS"].retell_api_key = None
    there.do(lambda: db.session.execute(delete(Connection)))
    there.stand()
    assert there.row().status == "no_key"
    assert there.double.requests == []


def test_another_account_begins_anew(there: AtRetell) -> None:
    there.stand()

    def change() -> None:
        db.session.scalars(select(Connection)).one().is_active = False
        db.session.add(Connection(provider="retell", api_key="key of another account"))

    there.do(change)
    with RetellDouble(key="key of another account") as other:
        for number in (DAY, NIGHT):
            other.add_number(number)
        there.app.config["SETTINGS"].retell_base_url = other.url
        there.repair()
        assert (there.row().status, len(other.agents)) == ("right", 1)


def test_the_id_there_leads_from_a_call_to_its_agent(there: AtRetell) -> None:
    there.stand()
    with unscoped():
        assert db.session.scalars(select(Agent.provider_agent_id).where(Agent.id == there.agent_id)).one() == there.row().agent_ref


def test_a_number_that_answers_elsewhere_is_not_ours_to_bind(there: AtRetell) -> None:
    def release() -> None:
        db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == NIGHT)).one().agent_id = None

    there.do(release)
    there.stand()
    assert there.double.numbers[NIGHT]["inbound_agents"] is None


def test_a_function_that_is_switched_off_is_not_even_told_there(there: AtRetell) -> None:
    there.stand(tools=["check_availability"])
    names = {tool["name"] for tool in there.double.llm(there.row().llm_ref or "")["general_tools"]}
    assert names == {
        "get_context", "parse_date", "set_consent", "check_availability", "report_emergency", "put_through_on_call", "end_call",
    }  # fmt: skip


def test_long_texts_are_kept_where_they_part(there: AtRetell) -> None:
    there.stand()
    row = there.row()
    prompt = there.double.llm(row.llm_ref or "")["general_prompt"]
    there.double.change_llm(row.llm_ref or "", row.llm_version, general_prompt=prompt + " Und verkaufe Gold.")
    there.check()
    finding = next(each for each in there.row().findings or () if each["key"] == "prompt")
    assert "Gold" in finding["actual"]
    assert "Gold" not in finding["wanted"]
