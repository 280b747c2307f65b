"""The deployment of an agent to its voice provider: its steps, their state, and the latest drift."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

DEPLOYMENT_STATUSES = ("pending", "right", "drift", "failed", "no_key")


class AgentDeployment(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """One per agent. Objects at the provider carry the agent's id, so that they are found again when a response got lost.

    pending: to be written · right: as published · drift: something differs · failed: rejected · no_key: no account to write to.
    """

    __tablename__ = "agent_deployments"
    __table_args__ = company_table_args(
        company_foreign_key("agent_id", "agents"),
        UniqueConstraint("company_id", "agent_id"),
        CheckConstraint("status IN ('pending', 'right', 'drift', 'failed', 'no_key')", name="status"),
        Index("ix_agent_deployments_due", "status", "due_at"),
    )

    agent_id: Mapped[str] = mapped_column(Id)
    # id of the connection whose account is used, or "platform"
    account: Mapped[str | None] = mapped_column(AsciiString(32))

    # ids at the provider
    agent_ref: Mapped[str | None] = mapped_column(AsciiString(128))
    agent_version: Mapped[int | None]
    llm_ref: Mapped[str | None] = mapped_column(AsciiString(128))
    llm_version: Mapped[int | None]

    # incremented by every request; steps of an older generation are void
    generation: Mapped[int] = mapped_column(default=1)

    # the last comparison: [{key, wanted, actual, fits}]
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    findings: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class AgentDeploymentStep(CompanyOwned, db.Model):
    """One step of a deployment, its result and time."""

    __tablename__ = "agent_deployment_steps"
    __table_args__ = company_table_args(company_foreign_key("deployment_id", "agent_deployments", ondelete="CASCADE"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    deployment_id: Mapped[str] = mapped_column(Id, primary_key=True)
    # look, draft, brain, agent, publish, number:+49…, check
    name: Mapped[str] = mapped_column(AsciiString(40), primary_key=True)
    position: Mapped[int]
    # waiting, done, failed
    status: Mapped[str] = mapped_column(AsciiString(16), default="waiting")
    error: Mapped[str | None] = mapped_column(String(500))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
