"""Detects drift: compares deployed agents with their desired state. Differences are shown, never repaired unasked."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.agents.provisioning.desired_state import DesiredState, build_desired_state
from app.domain.agents.provisioning.diff import FieldDiff, compare_states
from app.domain.agents.provisioning.steps import RemoteRefs, fetch_actual_state
from app.domain.agents.provisioning.workflow import find_account, find_deployment, record_diffs
from app.domain.agents.versions import find_published, get_agent
from app.models import AgentDeployment
from app.providers import open_voice_account
from app.providers.credentials import Credentials

# afterwards the state of a deployment is unknown
STALE_AFTER = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class DriftCheckInput:
    agent_id: str
    generation: int
    provider: str
    access: Credentials
    desired: DesiredState
    refs: RemoteRefs


def list_unchecked(limit: int, *, every: timedelta) -> list[tuple[str, str]]:
    """List (company, agent) of deployments with a last check older than `every`; call it inside unscoped()."""
    deployments = select(AgentDeployment.company_id, AgentDeployment.agent_id).where(
        AgentDeployment.status.in_(("right", "drift")),
        or_(AgentDeployment.checked_at.is_(None), AgentDeployment.checked_at <= now() - every),
    )
    return [(row.company_id, row.agent_id) for row in db.session.execute(deployments.order_by(AgentDeployment.checked_at).limit(limit))]


def start_check(agent_id: str) -> DriftCheckInput | None:
    """Load what a check needs; None where nothing is deployed, or a deployment is under way."""
    row, account, version = find_deployment(agent_id), find_account(), find_published(agent_id)
    if row is None or row.status == "pending" or version is None:
        return None
    if account is None:
        row.status, row.reason = "no_key", "no_key"
        return None
    agent = get_agent(agent_id)
    refs = RemoteRefs(row.agent_ref, row.agent_version, row.llm_ref, row.llm_version)
    desired = build_desired_state(agent, version, connection_id=account[1])
    return DriftCheckInput(agent_id, row.generation, agent.provider, account[0], desired, refs)


def fetch_diffs(check: DriftCheckInput) -> list[FieldDiff]:
    """Compare with the provider; raises ProviderError. No transaction may be open."""
    return compare_states(check.desired, fetch_actual_state(open_voice_account(check.provider, check.access), check.refs, check.desired))


def finish_check(check: DriftCheckInput, diffs: list[FieldDiff], error: ProviderError | None = None) -> None:
    """Store the differences; an error is stored beside them, since the state may be unchanged."""
    row = find_deployment(check.agent_id)
    if row is None or row.generation != check.generation or row.status == "pending":
        return
    if error is None:
        record_diffs(row, [diff.as_json() for diff in diffs])
    else:
        row.reason, row.error = error.code, (error.message or error.code)[:500]
    db.session.flush()
