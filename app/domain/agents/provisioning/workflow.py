"""Deploys an agent to its voice provider step by step: claimed, sent with no transaction open, completed.

`claim` and `complete` belong in a transaction each, `steps.send` between them in none.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.outbox import MAX_ERROR_LENGTH, Outbox
from app.domain.agents.provisioning.desired_state import DesiredState, build_desired_state
from app.domain.agents.provisioning.steps import WRITE_STEPS, ProvisioningStep, RemoteRefs, StepResult
from app.domain.agents.versions import find_published, get_agent
from app.domain.audit.log import record
from app.events import AgentProblemFound
from app.models import Agent, AgentDeployment, AgentDeploymentStep, Connection
from app.providers.credentials import Credentials
from app.providers.voice.management import VoiceRejected

RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (5, 15, 30, 60, 120, 300, 600))
# the lease is longer than all calls of one step
OUTBOX = Outbox(AgentDeployment, lease=timedelta(seconds=120), retry_delays=RETRY_DELAYS)
PLATFORM = "platform"
# restarts of a deployment because something it created was deleted at the provider
MAX_RESTARTS = 3


def find_account() -> tuple[Credentials, str | None] | None:
    """The account of the current company and its connection's id, or the platform's account; None without a key."""
    connections = select(Connection).where(Connection.provider == "retell", Connection.is_active, Connection.api_key.is_not(None))
    connection = db.session.scalars(connections.order_by(Connection.created_at, Connection.id).limit(1)).first()
    if connection and connection.api_key:
        return Credentials(settings().retell_base_url, connection.api_key), connection.id
    access = find_platform_credentials()
    return (access, None) if access else None


def find_platform_credentials() -> Credentials | None:
    """The platform's account; None without a key."""
    key = settings().retell_account_key
    return Credentials(settings().retell_base_url, key) if key else None


def find_deployment(agent_id: str) -> AgentDeployment | None:
    return db.session.scalars(select(AgentDeployment).where(AgentDeployment.agent_id == agent_id)).first()


def request_deployment(agent_id: str) -> AgentDeployment:
    """Request the deployment of the published version; the caller enqueues the job. Repeating it is harmless."""
    agent = get_agent(agent_id, locked=True)
    row = find_deployment(agent_id)
    if row is None:
        row = AgentDeployment(agent_id=agent_id, generation=0)
        db.session.add(row)
    row.generation += 1
    OUTBOX.reopen(row)
    account = find_account()
    version = find_published(agent_id)
    row.status, row.reason = ("pending", None) if account and version else ("no_key", "no_key") if version else ("failed", "no_version")
    if account:
        _use_account(row, agent, account[1])
    db.session.flush()
    desired = build_desired_state(agent, version, connection_id=account[1] if account else None) if version else None
    _create_steps(row, desired if account else None)
    return row


def request_repair(agent_id: str) -> AgentDeployment:
    """Request a deployment that repairs the drift; the differences are audited."""
    before = find_deployment(agent_id)
    wrong = [finding["key"] for finding in (before.findings or []) if not finding["fits"]] if before else []
    record("agent_repair_asked", subject=agent_id, data={"wrong": wrong[:50]})
    return request_deployment(agent_id)


def claim(deployment_id: str) -> ProvisioningStep | None:
    """Claim the next step; None when there is nothing to do now."""
    row = OUTBOX.find_claimable(deployment_id)
    if row is None:
        return None
    account, version = find_account(), find_published(row.agent_id)
    step = db.session.scalars(_select_steps(row).where(AgentDeploymentStep.status == "waiting").limit(1)).first()
    if account is None or version is None or step is None:
        row.status, row.reason = "failed" if account else "no_key", "no_version" if account else "no_key"
        return None
    agent = get_agent(row.agent_id)
    return ProvisioningStep(
        deployment_id=row.id, token=OUTBOX.claim(row), name=step.name,
        provider=agent.provider, access=account[0],
        desired=build_desired_state(agent, version, connection_id=account[1]),
        refs=RemoteRefs(row.agent_ref, row.agent_version, row.llm_ref, row.llm_version),
    )  # fmt: skip


def complete(step: ProvisioningStep, result: StepResult) -> bool:
    """Store the result; True when the next step is due at once. What a lost claim has created is found again by our mark."""
    row = OUTBOX.find_claimed(step.deployment_id, step.token)
    if row is None:
        return False
    if result.error is not None:
        step_row = db.session.scalars(_select_steps(row).where(AgentDeploymentStep.name == step.name)).one()
        return _handle_failure(row, step_row, result.error)
    OUTBOX.release(row)
    refs = result.refs
    row.agent_ref, row.agent_version, row.llm_ref, row.llm_version = (
        refs.agent_ref, refs.agent_version, refs.llm_ref, refs.llm_version,
    )  # fmt: skip
    _complete_steps(row, [step.name, *result.skipped])
    if step.name == "check":
        _record_check(row, result)
        return False
    return True


def record_diffs(row: AgentDeployment, diffs: Iterable[dict[str, object]]) -> None:
    """Store the last comparison; new differences are audited."""
    row.findings = list(diffs)
    wrong = [str(diff["key"]) for diff in row.findings if not diff["fits"]]
    before = row.status
    row.checked_at = now()
    row.clear_error()
    row.status = "drift" if wrong else "right"
    if wrong and before == "right":
        record("agent_drift_found", subject=row.agent_id, data={"wrong": wrong[:50]})
    if wrong and before != "drift":
        publish(AgentProblemFound(row.company_id, row.agent_id, now()))


def list_steps(row: AgentDeployment) -> list[AgentDeploymentStep]:
    return list(db.session.scalars(_select_steps(row)))


def _record_check(row: AgentDeployment, result: StepResult) -> None:
    record_diffs(row, [diff.as_json() for diff in result.diffs])
    agent = get_agent(row.agent_id)
    agent.provider_agent_id, row.attempts = row.agent_ref, 0
    record("agent_registered", subject=row.agent_id, data={"state": row.status, "version": row.agent_version})


def _handle_failure(row: AgentDeployment, step: AgentDeploymentStep, error: ProviderError) -> bool:
    step.error = (error.message or error.code)[:MAX_ERROR_LENGTH]
    if error.retryable or error.retry_after_s is not None:
        OUTBOX.retry(row, error)
        return False
    row.record_error(error)
    if step.name.startswith(("number:", "release:")):
        # the other numbers can still be bound; the check shows this one as different
        step.status = "failed"
        OUTBOX.release(row)
        return True
    if isinstance(error, VoiceRejected) and error.code == "not_found" and row.attempts <= MAX_RESTARTS:
        OUTBOX.postpone(row, timedelta(0))
        for other in db.session.scalars(_select_steps(row)):
            other.status = "waiting"
        return True
    step.status, row.status, row.claim_token = "failed", "failed", None
    publish(AgentProblemFound(row.company_id, row.agent_id, now()))
    return False


def _complete_steps(row: AgentDeployment, names: list[str]) -> None:
    for step in db.session.scalars(_select_steps(row).where(AgentDeploymentStep.name.in_(names))):
        step.status, step.error, step.done_at = "done", None, now()
    row.clear_error()
    db.session.flush()


def _create_steps(row: AgentDeployment, desired: DesiredState | None) -> None:
    db.session.execute(delete(AgentDeploymentStep).where(AgentDeploymentStep.deployment_id == row.id))
    db.session.expire_all()
    if desired is None:
        return
    bindings = [*(f"number:{e164}" for e164 in desired.numbers), *(f"release:{e164}" for e164 in desired.released)]
    names = ["inspect", *WRITE_STEPS, *bindings, "check"]
    steps = (AgentDeploymentStep(deployment_id=row.id, name=name, position=position) for position, name in enumerate(names))
    db.session.add_all(steps)
    db.session.flush()


def _use_account(row: AgentDeployment, agent: Agent, connection_id: str | None) -> None:
    """Switch the deployment to an account, and clear ids of another one, since they are invalid there."""
    account = connection_id or PLATFORM
    if row.account not in (None, account):
        row.agent_ref = row.llm_ref = row.agent_version = row.llm_version = None
        row.findings = row.checked_at = None
        agent.provider_agent_id = None
    row.account = account


def _select_steps(row: AgentDeployment):  # type: ignore[no-untyped-def]
    return select(AgentDeploymentStep).where(AgentDeploymentStep.deployment_id == row.id).order_by(AgentDeploymentStep.position)
