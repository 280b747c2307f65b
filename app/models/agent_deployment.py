"""A registration: how an agent stands at its voice provider, what is to be done there, and what was found there last."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

DEPLOYMENT_STATUSES = ("pending", "right", "drift", "failed", "no_key")


class AgentDeployment(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """One an agent. The agent's id is our mark there, by which what was made is found again when its answer got lost."""

    __tablename__ = "agent_deployments"
    __table_args__ = company_table_args(
        company_foreign_key("agent_id", "agents"),
        UniqueConstraint("company_id", "agent_id"),
        CheckConstraint("status IN ('pending', 'right', 'drift', 'failed', 'no_key')", name="status"),
        Index("ix_agent_deployments_due", "status", "due_at"),
    )

    agent_id: Mapped[str] = mapped_column(Id)
    # pending: to be written there · right: stands there as it should · drift: something is different there · failed: it will not
    # take it · no_key: there is no account to write to
    status: Mapped[str] = mapped_column(AsciiString(16), default="pending")
    # why it waits or failed, as a code that pages turn into a sentence; and the vendor's words
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    error: Mapped[str | None] = mapped_column(String(500))
    # whose account: of a connection, or the platform's
    account: Mapped[str | None] = mapped_column(AsciiString(32))

    # its names there
    agent_ref: Mapped[str | None] = mapped_column(AsciiString(128))
    agent_version: Mapped[int | None]
    llm_ref: Mapped[str | None] = mapped_column(AsciiString(128))
    llm_version: Mapped[int | None]

    # raised with every wish to write: what is on its way for an older one counts no more
    generation: Mapped[int] = mapped_column(default=1)
    # not before this time: pauses between tries, and the lease of whoever is at it
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    claim_token: Mapped[str | None] = mapped_column(Id)
    attempts: Mapped[int] = mapped_column(default=0)
    # when a job was last enqueued for it
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # what was found there last: [{key, wanted, actual, fits}]
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    findings: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class AgentDeploymentStep(CompanyOwned, db.Model):
    """One step of writing it there: what became of it, and when."""

    __tablename__ = "agent_deployment_steps"
    __table_args__ = company_table_args(company_foreign_key("registration_id", "agent_deployments", ondelete="CASCADE"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    registration_id: Mapped[str] = mapped_column(Id, primary_key=True)
    # look, draft, brain, agent, publish, number:+49…, check
    name: Mapped[str] = mapped_column(AsciiString(40), primary_key=True)
    position: Mapped[int]
    # waiting, done, failed
    status: Mapped[str] = mapped_column(AsciiString(16), default="waiting")
    error: Mapped[str | None] = mapped_column(String(500))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
