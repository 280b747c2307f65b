"""Versions of an agent: what callers hear changes only by publishing, and nothing that was ever published is lost."""

import contextlib
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.errors import InvalidInput, NotFound
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.agents import versions
from app.domain.agents.config_schema import ALWAYS_ALLOWED, TOOL_NAMES, AgentVersionConfig, load_config, validate_config
from app.domain.agents.prompt import build_prompt
from app.domain.agents.tools.registry import list_tools
from app.models import Agent
from tests.factories.salon import Salon
from tests.support.users import make_company


@pytest.fixture
def lena(db: SQLAlchemy, salon: Salon) -> str:
    return do(salon, lambda: versions.create_agent("Lena", by="user-1").id)


def do(salon: Salon, work: Any) -> Any:
    with company_scope(salon.company_id):
        return run_in_transaction(work)


def test_a_new_agent_has_a_draft_and_nothing_that_callers_hear(salon: Salon, lena: str) -> None:
    draft, published = do(salon, lambda: (versions.find_draft(lena), versions.find_published(lena)))
    assert (draft.number, draft.status, published) == (1, "draft", None)


def test_saving_leaves_the_published_version_as_it_is(salon: Salon, lena: str) -> None:
    do(salon, lambda: versions.publish(lena, by="user-1"))
    do(salon, lambda: versions.save_draft(lena, {"name": "Clara"}, by="user-1"))
    heard, name = do(salon, lambda: (versions.find_published(lena).content["name"], versions.get_agent(lena).name))  # type: ignore[union-attr]
    assert (heard, name) == ("Lena", "Lena")
    do(salon, lambda: versions.publish(lena, by="user-1"))
    assert do(salon, lambda: versions.get_agent(lena).name) == "Clara"
    assert do(salon, lambda: [(each.number, each.status) for each in versions.list_versions(lena)]) == [(2, "published"), (1, None)]


def test_two_people_do_not_write_over_each_other(salon: Salon, lena: str) -> None:
    seen = do(salon, lambda: versions.find_draft(lena).revision)  # type: ignore[union-attr]
    do(salon, lambda: versions.save_draft(lena, {"name": "Clara"}, by="a", revision=seen))
    with pytest.raises(versions.StaleDraft):
        do(salon, lambda: versions.save_draft(lena, {"name": "Mia"}, by="b", revision=seen))
    with pytest.raises(versions.StaleDraft):
        do(salon, lambda: versions.publish(lena, by="b", revision=seen))


def test_going_back_makes_a_new_version_and_keeps_the_draft(salon: Salon, lena: str) -> None:
    do(salon, lambda: versions.publish(lena, by="a"))
    do(salon, lambda: versions.save_draft(lena, {"name": "Clara"}, by="a"))
    do(salon, lambda: versions.publish(lena, by="a"))
    do(salon, lambda: versions.save_draft(lena, {"name": "Mia"}, by="a"))
    again = do(salon, lambda: versions.restore_version(lena, 1, by="b"))
    assert (again.number, again.restored_from, again.content["name"], again.published_by) == (3, 1, "Lena", "b")
    draft = do(salon, lambda: versions.find_draft(lena))
    assert (draft.number, draft.content["name"]) == (4, "Mia")
    assert do(salon, lambda: [each.number for each in versions.list_versions(lena)]) == [3, 2, 1]


def test_a_draft_that_says_the_same_is_none(salon: Salon, lena: str) -> None:
    do(salon, lambda: versions.publish(lena, by="a"))
    do(salon, lambda: versions.save_draft(lena, {"name": "Clara"}, by="a"))
    do(salon, lambda: versions.save_draft(lena, {"name": "Lena"}, by="a"))
    assert do(salon, lambda: versions.find_draft(lena)) is None
    with pytest.raises(versions.NothingToPublish):
        do(salon, lambda: versions.publish(lena, by="a"))


def test_what_was_never_published_cannot_be_taken_up_again(salon: Salon, lena: str) -> None:
    for number in (1, 7):
        with pytest.raises(NotFound):
            do(salon, lambda: versions.restore_version(lena, number, by="a"))  # noqa: B023 (run at once)


def test_another_company_finds_nothing(db: SQLAlchemy, salon: Salon, lena: str) -> None:
    other = make_company("werkstatt-kruse")
    with company_scope(other.id):
        for work in (versions.get_agent, versions.find_draft, versions.find_published):
            found: Any = None
            with contextlib.suppress(NotFound):
                found = run_in_transaction(lambda: work(lena))  # noqa: B023 (run at once)
            assert found is None
        with pytest.raises(NotFound):
            run_in_transaction(lambda: versions.save_draft(lena, {"name": "Mia"}, by="a"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"voice": "a voice; drop"}, "voice"),
        ({"forward_number": "12"}, "forward_number"),
        ({"stored_days": "0"}, "stored_days"),
        ({"longest_call_minutes": "500"}, "longest_call_minutes"),
        ({"mode": "sometimes"}, "mode"),
        ({"greeting": "x" * 401}, "greeting"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        validate_config({"name": "Lena", **given})
    assert list(wrong.value.data["fields"]) == [field]  # type: ignore[call-overload]


def test_an_older_document_is_read_with_what_came_later() -> None:
    assert load_config(Agent(name="Lena", language="de"), None).tools == frozenset(TOOL_NAMES)
    content = AgentVersionConfig.model_validate(
        {"schema": 1, "name": "Lena", "something": "from the future", "tools": ["book_appointment", "fly"]}
    )
    assert content.tools == {"book_appointment"}


def test_who_never_told_callers_of_a_recording_is_read_as_not_recording() -> None:
    old = AgentVersionConfig().as_json() | {"ai_notice": False, "recording": "everything"}
    assert AgentVersionConfig.model_validate(old | {"recording_notice": False}).recording == "basics"
    assert AgentVersionConfig.model_validate(old | {"recording_notice": True}).recording == "everything"
    assert AgentVersionConfig.model_validate(old).asks_to_record
    assert not {"ai_notice", "recording_notice"} & AgentVersionConfig.model_validate(old).as_json().keys()


def test_every_function_can_be_given_or_taken() -> None:
    assert {tool.name for tool in list_tools()} == set(TOOL_NAMES) | ALWAYS_ALLOWED


def test_rules_of_the_business_open_no_gap_in_the_prompt() -> None:
    content = validate_config({"name": "Lena", "rules": "# Neu {{caller_name}}\nKeine Dauerwelle.", "discloses": []})
    prompt = build_prompt(content, company="A {{x}}")
    assert "- Neu (caller_name)" in prompt
    assert "- Keine Dauerwelle." in prompt
    assert "Preise nennen Sie nicht." in prompt
    assert "{{x}}" not in prompt
    assert "{{today}}" in prompt
