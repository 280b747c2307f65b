"""The published configuration applies to running calls: tools, disclosures and transfers."""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.agents import versions
from app.models import PhoneNumber
from tests.factories.salon import Salon
from tests.support.agent_call import AgentCall


@pytest.fixture
def publish(db: SQLAlchemy, salon: Salon) -> Any:
    def work(**content: Any) -> None:
        def publish_it() -> None:
            agent = versions.create_agent("Lena", by=None)
            versions.save_draft(agent.id, {"name": "Lena", **content}, by=None)
            versions.publish(agent.id, by=None)
            for number in database.session.scalars(select(PhoneNumber)):
                number.agent_id = agent.id

        with company_scope(salon.company_id):
            run_in_transaction(publish_it)

    return work


def test_a_function_that_is_switched_off_answers_that_it_may_not(agent_call: AgentCall, publish: Any) -> None:
    publish(tools=["list_services"])
    told = agent_call.use("cancel_appointment")
    assert (told["ok"], told["code"]) == (False, "not_allowed")
    assert told["say"].endswith("?")
    assert agent_call.use("list_services")["ok"]
    assert agent_call.use("get_context")["ok"]


def test_a_draft_changes_nothing_for_callers(agent_call: AgentCall, publish: Any, salon: Salon) -> None:
    publish()
    with company_scope(salon.company_id):
        agent_id = versions.list_agents()[0].id
        run_in_transaction(lambda: versions.save_draft(agent_id, {"name": "Lena", "tools": []}, by=None))
    assert agent_call.use("list_services")["ok"]


def test_prices_that_may_not_be_told_are_in_no_answer(agent_call: AgentCall, publish: Any) -> None:
    publish(discloses=["appointments"])
    told = agent_call.use("list_services")
    assert told["data"]["services"]
    assert all(service["price_cents"] is None for service in told["data"]["services"])
    asked = agent_call.use("answer_question", question="Was kostet ein Haarschnitt?")
    assert (asked["ok"], asked["code"]) == (False, "not_known")
    assert agent_call.use("answer_question", question="Wer arbeitet bei Ihnen?")["code"] == "not_known"


def test_her_own_number_goes_before_the_branchs(agent_call: AgentCall, publish: Any) -> None:
    publish(forward_number="030 23125199")
    assert agent_call.use("transfer_call")["data"]["number"] == "+493023125199"


def test_nobody_is_put_through_to_when_she_may_not(agent_call: AgentCall, publish: Any) -> None:
    publish(forward_number="030 23125199", forward_when="never")
    assert agent_call.use("transfer_call")["code"] == "not_available"
