"""The deployment status of each agent of a company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.config_schema import load_config
from app.domain.agents.provisioning.drift import STALE_AFTER
from app.domain.agents.provisioning.workflow import find_account
from app.models import Agent, AgentDeployment, AgentVersion, PhoneNumber

# on: checked lately, matches · waiting: deployment pending · wrong: drift at the provider, or rejected ·
# unknown: not checked for a while, or never deployed · not_set_up: no key · unpublished: no version yet · off
Kind = Literal["on", "waiting", "wrong", "unknown", "not_set_up", "unpublished", "off"]


@dataclass(frozen=True, slots=True)
class AgentStatus:
    agent_id: str
    name: str
    kind: Kind
    reason: str | None = None
    # the keys of the fields that differ
    wrong: tuple[str, ...] = ()
    checked_at: datetime | None = None
    # of the published version; None: the branch's own number
    forward_number: str | None = None

    @property
    def is_red(self) -> bool:
        return self.kind in ("wrong", "unknown")


def list_statuses() -> list[AgentStatus]:
    """List the status of all agents of the current company."""
    rows = db.session.execute(
        select(Agent, AgentDeployment, AgentVersion)
        .outerjoin(AgentDeployment, and_(AgentDeployment.company_id == Agent.company_id, AgentDeployment.agent_id == Agent.id))
        .outerjoin(
            AgentVersion,
            and_(AgentVersion.company_id == Agent.company_id, AgentVersion.agent_id == Agent.id, AgentVersion.status == "published"),
        )
        .order_by(Agent.created_at, Agent.id)
        .limit(100)
    ).all()
    has_key = find_account() is not None
    return [_build_status(row.Agent, row.AgentDeployment, row.AgentVersion, has_key=has_key) for row in rows]


def get_status(agent: Agent) -> AgentStatus:
    return next(each for each in list_statuses() if each.agent_id == agent.id)


def list_unassigned_numbers() -> Sequence[str]:
    """List active numbers without an agent."""
    statement = select(PhoneNumber.e164).where(PhoneNumber.is_active, PhoneNumber.agent_id.is_(None)).order_by(PhoneNumber.e164)
    return db.session.scalars(statement.limit(5)).all()


def _build_status(agent: Agent, row: AgentDeployment | None, published: AgentVersion | None, *, has_key: bool) -> AgentStatus:
    if not agent.is_active:
        return AgentStatus(agent.id, agent.name, "off", forward_number=load_config(agent, published).forward_number)
    if published is None:
        return AgentStatus(agent.id, agent.name, "unpublished")
    if not has_key:
        return AgentStatus(agent.id, agent.name, "not_set_up", "no_key")
    if row is None or row.status == "no_key":
        return AgentStatus(agent.id, agent.name, "unknown", "never")
    wrong = tuple(str(finding["key"]) for finding in row.findings or () if not finding["fits"])
    return AgentStatus(agent.id, agent.name, _get_kind(row), row.reason or _find_reason(row), wrong, row.checked_at)


def _get_kind(row: AgentDeployment) -> Kind:
    if row.status in ("drift", "failed"):
        return "wrong"
    if row.status == "pending":
        return "unknown" if row.attempts else "waiting"
    return "unknown" if row.reason or _is_stale(row) else "on"


def _find_reason(row: AgentDeployment) -> str | None:
    return "stale" if row.status == "right" and _is_stale(row) else None


def _is_stale(row: AgentDeployment) -> bool:
    return row.checked_at is None or row.checked_at < now() - STALE_AFTER
