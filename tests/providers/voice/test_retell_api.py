"""Retell's REST driver against its double over real HTTP."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import redis as redis_room
from app.core.circuit_breaker import MAX_FAILURES
from app.providers import open_voice_account
from app.providers.http import ConnectionFailed, RateLimited, ResponseTimeout
from app.providers.voice import management, retell_api
from app.providers.voice.management import (
    AgentSettings,
    Credentials,
    LlmConfig,
    NumberBinding,
    RemoteLlm,
    ToolConfig,
    VoiceAccount,
    VoiceRejected,
)
from tests.doubles.retell import RetellDouble
from tests.providers.contract import payload
from tests.support.waiting import HANGS_AFTER_S

NUMBER = "+493023125100"
BOOK = ToolConfig(
    "book_appointment", about="Books it.", address="https://salon.example/api/retell/function", timeout_ms=10_000, retries=0,
    parameters={"type": "object", "properties": {"date": {"type": "string"}}}, speaks_during=True,
)  # fmt: skip
BRAIN = LlmConfig("01JMARK", "Sie sind Lena.", "Salon Lindgren, guten Tag.", True, (BOOK, ToolConfig("end_call", "hang_up", "Ends it.")))
AGENT = AgentSettings(
    "Lena · 01JMARK", "11labs-Anna", "de-DE", "Europe/Berlin", "https://salon.example/api/retell/webhook",
    frozenset({"started", "ended", "analyzed", "transcript"}), 10_000, 1800, "without_personal", 30,
)  # fmt: skip


@pytest.fixture
def ground(redis: Any, redis_url: str) -> Iterator[None]:
    """As much of an application as drivers stand on."""
    app = Flask(__name__)
    app.extensions["askproai_redis"] = redis_room.connect(redis_url)
    with app.app_context():
        yield


@pytest.fixture
def double() -> Iterator[RetellDouble]:
    with RetellDouble() as retell:
        retell.add_number(NUMBER)
        yield retell


@pytest.fixture
def driver(ground: None, double: RetellDouble) -> VoiceAccount:
    return open_voice_account("retell", Credentials(double.url, double.key))


def test_what_is_written_is_read_back_the_same(driver: VoiceAccount) -> None:
    brain = driver.create_llm(BRAIN)
    made = driver.create_agent(AGENT, brain)
    assert (made.version, made.is_published, made.brain_ref, made.brain_version) == (0, False, brain.ref, 0)
    assert driver.get_agent(made.ref) == made
    assert made.setup == AGENT
    read = driver.get_llm(brain.ref)
    assert read is not None
    assert replace(read.setup, model=None) == BRAIN
    other = replace(AGENT, voice="11labs-Ben", webhook_url=None)
    assert driver.update_agent(made.ref, other, brain).setup == other
    changed = replace(BRAIN, prompt="Sie sind Ben.", tools=(replace(BRAIN.tools[0], timeout_ms=8000),))
    assert replace(driver.update_llm(brain.ref, changed).setup, model=None) == changed


def test_a_function_is_written_so_that_it_tells_the_call_and_is_not_repeated(driver: VoiceAccount, double: RetellDouble) -> None:
    """args_at_root would send the arguments alone: no call id, and so no company."""
    brain = driver.create_llm(BRAIN)
    tool = double.llm(brain.ref)["general_tools"][0]
    assert (tool["type"], tool["args_at_root"], tool["max_retry"], tool["timeout_ms"]) == ("custom", False, 0, 10_000)


def test_our_own_reference_finds_what_was_made(driver: VoiceAccount, double: RetellDouble) -> None:
    double.page_size = 2
    brains = [driver.create_llm(replace(BRAIN, mark=f"01JMARK{number}")) for number in range(5)]
    agents = [driver.create_agent(replace(AGENT, name=f"Lena · mark-{number}"), brains[number]) for number in range(5)]
    assert driver.find_llms("01JMARK3") == [brains[3].ref]
    assert driver.find_agents("mark-4") == [agents[4].ref]
    assert (driver.find_llms("nobody"), driver.find_agents("nobody")) == ([], [])


def test_a_published_version_stays_as_it_is_and_a_new_one_follows(driver: VoiceAccount, double: RetellDouble) -> None:
    brain = driver.create_llm(BRAIN)
    made = driver.create_agent(AGENT, brain)
    driver.publish_agent(made.ref, 0, title="3")
    first = driver.get_agent(made.ref, version=0)
    assert first is not None
    assert first.is_published
    with pytest.raises(VoiceRejected):
        driver.update_agent(made.ref, AGENT, brain)
    draft = driver.draft_agent(made.ref, base_version=0)
    assert (draft.version, draft.is_published, draft.brain_version) == (1, False, 1)
    assert double.agent(made.ref, 0)["version_title"] == "3"


def test_a_number_is_bound_to_one_version(driver: VoiceAccount, double: RetellDouble) -> None:
    made = driver.create_agent(AGENT, driver.create_llm(BRAIN))
    bound = driver.bind_number(NUMBER, NumberBinding(made.ref, 0), inbound_webhook_url="https://salon.example/api/retell/inbound")
    assert bound == management.RemoteNumber(NUMBER, (NumberBinding(made.ref, 0),), "https://salon.example/api/retell/inbound")
    assert driver.get_number(NUMBER) == bound
    assert driver.list_numbers() == [bound]


def test_what_is_not_there_is_none(driver: VoiceAccount) -> None:
    assert driver.get_agent("agent_nobody") is None
    assert driver.get_llm("llm_nobody") is None
    assert driver.get_number("+4930999") is None
    assert driver.get_call("call_nobody") is None


def test_calls_are_listed_page_by_page_and_fetched_whole(driver: VoiceAccount, double: RetellDouble) -> None:
    double.page_size = 2
    call = payload("retell_call_analyzed.json")["call"]
    began = datetime.fromtimestamp(call["start_timestamp"] / 1000, UTC)
    for number in range(5):
        moment = call["start_timestamp"] + number * 60_000
        double.add_call(call, call_id=f"call_{number}", start_timestamp=moment, agent_id="agent_b" if number == 4 else call["agent_id"])
    everything = list(driver.list_calls(began, began + timedelta(hours=1)))
    assert [each.call_id for each in everything] == [f"call_{number}" for number in range(5)]
    assert (everything[0].status, everything[0].started_at, everything[0].business_raw) == ("ended", began, call["to_number"])
    assert [each.call_id for each in driver.list_calls(began, began + timedelta(hours=1), agents=("agent_b",))] == ["call_4"]
    assert [each.call_id for each in driver.list_calls(began, began + timedelta(seconds=70))] == ["call_0", "call_1"]
    fetched = driver.get_call("call_0")
    assert fetched is not None
    assert (fetched.event.name, fetched.event.provider_call_id) == ("call_analyzed", "call_0")
    assert fetched.event.turns
    assert json.loads(fetched.body)["call"]["call_id"] == "call_0"


@pytest.mark.parametrize(
    ("status", "analysis", "name"),
    [("ongoing", None, "call_started"), ("ended", None, "call_ended"), ("not_connected", {"call_summary": "x"}, "call_analyzed")],
)
def test_a_fetched_call_tells_what_its_last_webhook_would_have_told(
    driver: VoiceAccount, double: RetellDouble, status: str, analysis: Any, name: str
) -> None:
    call = payload("retell_call_analyzed.json")["call"]
    ended = None if status == "ongoing" else call["end_timestamp"]
    double.add_call(call, call_status=status, call_analysis=analysis, end_timestamp=ended, access_token="secret")
    fetched = driver.get_call(call["call_id"])
    assert fetched is not None
    assert fetched.event.name == name
    assert b"secret" not in fetched.body


def test_a_call_that_nobody_can_read_harms_no_other(driver: VoiceAccount, double: RetellDouble) -> None:
    call = payload("retell_call_analyzed.json")["call"]
    began = datetime.fromtimestamp(call["start_timestamp"] / 1000, UTC)
    double.add_call(call, call_id="call_good")
    double.calls["x"] = {"call_id": None, "start_timestamp": call["start_timestamp"]}
    double.add_call(call, call_id="call_odd", call_status="a new word", from_number=12, metadata=[])
    assert {each.call_id for each in driver.list_calls(began, began + timedelta(hours=1))} == {"call_good", "call_odd"}


def test_a_wrong_key_is_told_as_such_and_never_shown(ground: None, double: RetellDouble) -> None:
    access = Credentials(double.url, "key_of_somebody_else")
    with pytest.raises(VoiceRejected) as refused:
        open_voice_account("retell", access).list_numbers()
    assert refused.value.code == "bad_key"
    assert "key_of" not in repr(access)


def test_refusals_keep_the_vendors_words(driver: VoiceAccount) -> None:
    with pytest.raises(VoiceRejected, match="must have required property") as refused:
        driver.create_agent(replace(AGENT, voice=""), driver.create_llm(BRAIN))
    assert (refused.value.code, refused.value.retryable) == ("invalid", False)


@pytest.mark.parametrize("trouble", ["lost", "cut", "junk", "500", "500 after"])
def test_without_an_answer_it_may_have_happened_and_is_not_sent_again(driver: VoiceAccount, double: RetellDouble, trouble: Any) -> None:
    brain = driver.create_llm(BRAIN)
    double.fail(trouble)
    with pytest.raises(ResponseTimeout):
        driver.create_agent(AGENT, brain)
    assert double.requests.count("POST /create-agent") == 1


def test_what_is_only_read_is_asked_once_more(driver: VoiceAccount, double: RetellDouble) -> None:
    double.fail("503", on="GET /v2/list-phone-numbers")
    assert len(driver.list_numbers()) == 1
    double.fail("503", on="GET /v2/list-phone-numbers", times=2)
    with pytest.raises(ResponseTimeout):
        driver.list_numbers()


def test_a_late_answer_is_not_waited_for(ground: None, double: RetellDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retell_api, "READ_TIMEOUT_S", 0.3)
    double.key = "key of this test, for which no client has been made yet"
    double.fail("slow", on="GET /get-agent", seconds=HANGS_AFTER_S)
    with pytest.raises(ResponseTimeout):
        open_voice_account("retell", Credentials(double.url, double.key)).get_agent("agent_x")
    assert double.requests.count("GET /get-agent/agent_x") == 1


def test_when_nobody_listens_nothing_has_happened_and_at_last_nobody_asks(driver: VoiceAccount, double: RetellDouble) -> None:
    with double.down():
        for _attempt in range(MAX_FAILURES):
            with pytest.raises(ConnectionFailed):
                driver.list_numbers()
    before = len(double.requests)
    with pytest.raises(ConnectionFailed, match="circuit breaker"):
        driver.list_numbers()
    assert len(double.requests) == before


def test_asked_to_wait_it_waits_without_asking_again(driver: VoiceAccount, double: RetellDouble) -> None:
    double.fail("429", on="GET /v2/list-phone-numbers", seconds=600)
    for _attempt in range(2):
        with pytest.raises(RateLimited) as waiting:
            driver.list_numbers()
        assert 0 < waiting.value.retry_after_s <= 600
    assert len(double.requests) == 1


def test_no_vendor_type_leaves_the_driver(driver: VoiceAccount) -> None:
    brain = driver.create_llm(BRAIN)
    made = driver.create_agent(AGENT, brain)
    assert type(brain) is RemoteLlm
    for each in (made, made.setup, brain, brain.setup, brain.setup.tools[0]):
        for part in fields(each):
            value = getattr(each, part.name)
            assert type(value).__module__ in ("builtins", management.__name__)
            assert not is_dataclass(value) or type(value).__module__ == management.__name__


def test_the_sdk_is_loaded_only_when_it_is_needed() -> None:
    """Loading it takes seconds."""
    code = "import app.providers.voice.retell_synchronous_requests, app.providers.voice.retell_api, sys; sys.exit('retell' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
