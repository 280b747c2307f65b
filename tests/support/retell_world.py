"""A salon whose agent is deployed to Retell: the application and the Retell double; jobs run synchronously."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.agents import versions
from app.domain.agents.provisioning import workflow
from app.jobs.agents import check_drift, deploy_agent
from app.models import Agent, AgentDeployment, AuditEntry, Connection, PhoneNumber
from tests.doubles.retell import KEY, RetellDouble
from tests.factories.salon import Salon

DAY, NIGHT = "+493023125100", "+493023125101"


@dataclass
class RetellWorld:
    """The salon, its agent Lena on two numbers, and the Retell double."""

    app: Flask
    salon: Salon
    double: RetellDouble
    agent_id: str = ""
    connection_id: str = ""

    def set_up(self) -> None:
        def work() -> tuple[str, str]:
            agent, connection = Agent(name="Lena"), Connection(provider="retell", api_key=KEY)
            db.session.add_all([agent, connection])
            db.session.flush()
            for e164, branch in ((DAY, "mitte"), (NIGHT, "pankow")):
                known = db.session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == e164)).first()
                number = known or PhoneNumber(e164=e164, branch_id=self.salon.branches[branch])
                number.agent_id = agent.id
                db.session.add(number)
            return agent.id, connection.id

        self.agent_id, self.connection_id = self.run(work)
        for number in (DAY, NIGHT):
            self.double.add_number(number)

    def run(self, work: Any) -> Any:
        with company_scope(self.salon.company_id):
            return run_in_transaction(work)

    def draft(self, **changes: Any) -> None:
        self.run(lambda: versions.save_draft(self.agent_id, {"name": "Lena", "greeting": "Salon Lindgren.", **changes}, by="user-1"))

    def publish(self, **changes: Any) -> str:
        """Save a draft, publish it and request the deployment, as the page does."""
        self.draft(**changes)
        self.run(lambda: versions.publish(self.agent_id, by="user-1"))
        return self.request_deployment()

    def request_deployment(self) -> str:
        return self.run(lambda: workflow.request_deployment(self.agent_id).id)

    def deploy(self, deployment_id: str | None = None) -> None:
        with company_scope(self.salon.company_id):
            deploy_agent(deployment_id or self.row().id)

    def publish_and_deploy(self, **changes: Any) -> None:
        self.deploy(self.publish(**changes))

    def repair(self) -> None:
        self.deploy(self.run(lambda: workflow.request_repair(self.agent_id).id))

    def check(self) -> None:
        with company_scope(self.salon.company_id):
            check_drift(self.agent_id)

    def make_due(self) -> None:
        """Make the pending deployment due now."""

        def work() -> None:
            row = db.session.scalars(select(AgentDeployment)).one()
            row.due_at = now()

        self.run(work)

    def row(self) -> AgentDeployment:
        db.session.rollback()
        with company_scope(self.salon.company_id):
            return db.session.scalars(select(AgentDeployment).execution_options(populate_existing=True)).one()

    def mismatched_keys(self) -> list[str]:
        return [finding["key"] for finding in self.row().findings or () if not finding["fits"]]

    def audit_data(self, action: str) -> list[Any]:
        db.session.rollback()
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [row.data for row in rows]

    def number_id(self, e164: str) -> str:
        with company_scope(self.salon.company_id):
            return db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.e164 == e164)).one()


def use_retell_double(app: Flask, double: RetellDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the settings at the double and at salon.example; monkeypatch restores them."""
    settings = app.config["SETTINGS"]
    monkeypatch.setattr(settings, "retell_base_url", double.url)
    monkeypatch.setattr(settings, "retell_api_key", settings.retell_api_key)
    monkeypatch.setattr(settings, "public_url", "https://salon.example")
