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
from tests.factories.salon import Salon
from tests.support.retell_world import DAY, NIGHT, RetellWorld, use_retell_double


@pytest.fixture
def retell(app: Flask, db: Any, salon: Salon, monkeypatch: pytest.MonkeyPatch) -> Iterator[RetellWorld]:
    with RetellDouble() as double:
        use_retell_double(app, double, monkeypatch)
        world = RetellWorld(app, salon, double)
        world.set_up()
        yield world


def test_publishing_writes_and_verifies_agent_llm_functions_events_and_numbers(retell: RetellWorld) -> None:
    retell.publish_and_deploy(rules="Keine Dauerwelle.", voice="11labs-Anna")
    row, url = retell.row(), f"https://salon.example/api/retell/{{}}/{retell.connection_id}"
    assert (row.status, retell.mismatched_keys()) == ("right", [])
    agent = retell.double.agent(row.agent_ref, row.agent_version)
    brain = retell.double.get_llm_of_agent(agent)
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
        bound = retell.double.numbers[number]
        assert bound["inbound_agents"] == [{"agent_id": row.agent_ref, "weight": 1, "agent_version": row.agent_version}]
        assert bound["inbound_webhook_url"] == url.format("inbound")


def test_every_step_is_stored(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    with unscoped():
        steps = list(db.session.scalars(select(AgentDeploymentStep).order_by(AgentDeploymentStep.position)))
    assert [step.name for step in steps] == ["inspect", "draft", "brain", "agent", "publish", f"number:{DAY}", f"number:{NIGHT}", "check"]
    assert {step.status for step in steps} == {"done"}
    assert retell.audit_data("agent_registered")


def test_publishing_again_creates_new_version_of_agent(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    ref = retell.row().agent_ref
    retell.publish_and_deploy(greeting="Ein neuer Gruß.")
    second = retell.row()
    assert (second.agent_ref, second.agent_version) == (ref, 1)
    assert len(retell.double.agents) == len(retell.double.llms) == 1
    assert retell.double.numbers[DAY]["inbound_agents"][0]["agent_version"] == second.agent_version
    assert second.status == "right"


def test_matching_state_creates_nothing(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    before, asked = retell.row().agent_version, len(retell.double.requests)
    retell.deploy(retell.request_deployment())
    assert retell.row().agent_version == before
    assert not [request for request in retell.double.requests[asked:] if not request.startswith(("GET", "POST /v2/list"))]


@pytest.mark.parametrize("trouble", ["lost", "cut"])
@pytest.mark.parametrize("on", ["POST /create-agent", "POST /create-retell-llm", "POST /publish-agent-version", "PATCH /update-phone"])
def test_lost_responses_leave_one_agent(retell: RetellWorld, on: str, trouble: Any) -> None:
    retell.double.fail(trouble, on=on)
    retell.publish_and_deploy()
    if retell.row().status == "pending":
        assert (retell.row().attempts, retell.row().reason) == (1, "no_answer")
        retell.make_due()
        retell.deploy()
    assert (retell.row().status, retell.mismatched_keys()) == ("right", [])
    assert len(retell.double.agents) == len(retell.double.llms) == 1


def test_version_with_lost_response_is_used_as_draft(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    retell.double.fail("lost", on="POST /create-agent-version")
    retell.publish_and_deploy(greeting="Ein neuer Gruß.")
    retell.make_due()
    retell.deploy()
    row = retell.row()
    assert (row.status, row.agent_version) == ("right", 1)
    assert [version["version"] for version in retell.double.agents[row.agent_ref or ""]] == [0, 1]


def test_published_llm_is_replaced_by_new_one(retell: RetellWorld) -> None:
    """Whether a new version of the agent brings a new version of its LLM is written down nowhere."""
    retell.double.brains_follow = False
    retell.publish_and_deploy()
    retell.publish_and_deploy(greeting="Ein neuer Gruß.", rules="Neu.")
    row = retell.row()
    assert (row.status, len(retell.double.llms), len(retell.double.agents)) == ("right", 2, 1)
    assert "Neu." in retell.double.get_llm_of_agent(retell.double.agent(row.agent_ref or "", row.agent_version))["general_prompt"]


def test_concurrent_workers_deploy_once(retell: RetellWorld) -> None:
    deployment_id = retell.publish()
    first = retell.run(lambda: workflow.claim(deployment_id))
    assert first is not None
    assert retell.run(lambda: workflow.claim(deployment_id)) is None


def test_deployment_of_older_generation_is_ignored(retell: RetellWorld) -> None:
    deployment_id = retell.publish()
    step = retell.run(lambda: workflow.claim(deployment_id))
    retell.publish(greeting="Der neuere Gruß.")
    assert not retell.run(lambda: workflow.complete(step, send(step)))
    retell.deploy()
    assert "Der neuere Gruß." in str(retell.double.llms)
    assert len(retell.double.agents) == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_url=None), ["webhook_url"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_url="https://old.example/hook"), ["webhook_url"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_events=["call_ended"]), ["events"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, webhook_events=None), ["events"]),
        (lambda d, r: d.change_agent(r.agent_ref, r.agent_version, voice_id="x", timezone="America/Los_Angeles"), ["voice", "timezone"]),
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
def test_drift_is_detected_repaired_and_audited(retell: RetellWorld, change: Any, wrong: list[str]) -> None:
    retell.publish_and_deploy()
    change(retell.double, retell.row())
    before = dict(retell.double.numbers)
    retell.check()
    assert (retell.row().status, retell.mismatched_keys()) == ("drift", wrong)
    assert retell.audit_data("agent_drift_found") == [{"wrong": wrong}]
    assert retell.double.numbers == before
    retell.check()
    assert len(retell.audit_data("agent_drift_found")) == 1
    if DAY not in retell.double.numbers:
        retell.double.add_number(DAY)
    retell.repair()
    assert (retell.row().status, retell.mismatched_keys()) == ("right", [])
    assert retell.audit_data("agent_repair_asked") == [{"wrong": wrong}]


def test_deleted_agent_is_recreated(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    old = retell.row().agent_ref or ""
    retell.double.drop(old)
    retell.check()
    assert "agent" in retell.mismatched_keys()
    retell.repair()
    row = retell.row()
    assert (row.status, row.agent_ref != old) == ("right", True)
    assert retell.double.numbers[DAY]["inbound_agents"][0]["agent_id"] == row.agent_ref


def test_unknown_number_is_reported_and_others_are_bound(retell: RetellWorld) -> None:
    retell.double.drop(DAY)
    retell.publish_and_deploy()
    assert (retell.row().status, retell.mismatched_keys()) == ("drift", [f"number:{DAY}"])
    assert retell.double.numbers[NIGHT]["inbound_agents"]


def test_invalid_key_and_rejection_wait_for_a_user(retell: RetellWorld) -> None:
    retell.double.fail("422", on="POST /create-agent")
    retell.publish_and_deploy()
    assert (retell.row().status, retell.row().reason) == ("failed", "invalid")
    retell.double.key = "another key by now"
    retell.repair()
    assert (retell.row().status, retell.row().reason) == ("failed", "bad_key")


def test_unreachable_provider_is_retried_later(retell: RetellWorld) -> None:
    with retell.double.down():
        retell.publish_and_deploy()
        row = retell.row()
        assert (row.status, row.reason, row.attempts) == ("pending", "not_reached", 1)
    retell.make_due()
    retell.deploy()
    assert retell.row().status == "right"


def test_unanswered_drift_check_keeps_state_and_reports_it(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    with retell.double.down():
        retell.check()
    assert (retell.row().status, retell.row().reason) == ("right", "not_reached")
    retell.check()
    assert retell.row().reason is None


def test_without_key_nothing_is_deployed(retell: RetellWorld) -> None:
    retell.app.config["SETTINGS"].retell_api_key = None
    retell.run(lambda: db.session.execute(delete(Connection)))
    retell.publish_and_deploy()
    assert retell.row().status == "no_key"
    assert retell.double.requests == []


def test_another_account_gets_new_agent(retell: RetellWorld) -> None:
    retell.publish_and_deploy()

    def change() -> None:
        db.session.scalars(select(Connection)).one().is_active = False
        db.session.add(Connection(provider="retell", api_key="key of another account"))

    retell.run(change)
    with RetellDouble(key="key of another account") as other:
        for number in (DAY, NIGHT):
            other.add_number(number)
        retell.app.config["SETTINGS"].retell_base_url = other.url
        retell.repair()
        assert (retell.row().status, len(other.agents)) == ("right", 1)


def test_remote_id_leads_from_call_to_agent(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    with unscoped():
        assert db.session.scalars(select(Agent.provider_agent_id).where(Agent.id == retell.agent_id)).one() == retell.row().agent_ref


def test_number_of_foreign_agent_is_not_bound(retell: RetellWorld) -> None:
    def release() -> None:
        db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == NIGHT)).one().agent_id = None

    retell.run(release)
    retell.publish_and_deploy()
    assert retell.double.numbers[NIGHT]["inbound_agents"] is None


def test_disabled_function_is_not_deployed(retell: RetellWorld) -> None:
    retell.publish_and_deploy(tools=["check_availability"])
    names = {tool["name"] for tool in retell.double.llm(retell.row().llm_ref or "")["general_tools"]}
    assert names == {
        "get_context", "parse_date", "parse_spelling", "correct_name", "set_consent", "check_availability", "report_emergency",
        "put_through_on_call", "end_call",
    }  # fmt: skip


def test_differing_long_texts_are_stored_from_first_difference(retell: RetellWorld) -> None:
    retell.publish_and_deploy()
    row = retell.row()
    prompt = retell.double.llm(row.llm_ref or "")["general_prompt"]
    retell.double.change_llm(row.llm_ref or "", row.llm_version, general_prompt=prompt + " Und verkaufe Gold.")
    retell.check()
    finding = next(each for each in retell.row().findings or () if each["key"] == "prompt")
    assert "Gold" in finding["actual"]
    assert "Gold" not in finding["wanted"]
