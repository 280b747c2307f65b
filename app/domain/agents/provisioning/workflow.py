"""Deploys an agent to its voice provider step by step: claimed, sent with no transaction open, completed.

`claim` and `complete` belong in a transaction each, `steps.send` between them in none.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import MAX_ERROR_LENGTH, Outbox
from app.domain.agents.provisioning.desired_state import Wanted, wanted_there
from app.domain.agents.provisioning.steps import WRITING, Errand, Known, Outcome
from app.domain.agents.versions import find_published, get_agent
from app.domain.audit.log import record
from app.models import Agent, AgentDeployment, AgentDeploymentStep, Connection
from app.providers.credentials import Credentials
from app.providers.voice.management import VoiceRejected

RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (5, 15, 30, 60, 120, 300, 600))
# the lease is longer than all calls of one step
OUTBOX = Outbox(AgentDeployment, lease=timedelta(seconds=120), retry_delays=RETRY_DELAYS)
PLATFORM = "platform"
# restarts of a deployment because something it created was deleted at the provider
MAX_RESTARTS = 3


def access_there() -> tuple[Credentials, str | None] | None:
    """The account of the company at work and its connection's id, or the platform's; None where there is no key."""
    mine = select(Connection).where(Connection.provider == "retell", Connection.is_active, Connection.api_key.is_not(None))
    connection = db.session.scalars(mine.order_by(Connection.created_at, Connection.id).limit(1)).first()
    if connection and connection.api_key:
        return Credentials(settings().retell_base_url, connection.api_key), connection.id
    access = platform_access()
    return (access, None) if access else None


def platform_access() -> Credentials | None:
    """The platform's own account; None where it has no key."""
    key = settings().retell_account_key
    return Credentials(settings().retell_base_url, key) if key else None


def find_registration(agent_id: str) -> AgentDeployment | None:
    return db.session.scalars(select(AgentDeployment).where(AgentDeployment.agent_id == agent_id)).first()


def ask_for_registration(agent_id: str) -> AgentDeployment:
    """Notes that what is published now is to stand there; to be sent to the workers by whoever asks. Again is harmless."""
    agent = get_agent(agent_id, locked=True)
    row = find_registration(agent_id)
    if row is None:
        row = AgentDeployment(agent_id=agent_id, generation=0)
        db.session.add(row)
    row.generation += 1
    OUTBOX.reopen(row)
    account = access_there()
    version = find_published(agent_id)
    row.status, row.reason = ("pending", None) if account and version else ("no_key", "no_key") if version else ("failed", "no_version")
    if account:
        _use_account(row, agent, account[1])
    db.session.flush()
    wanted = wanted_there(agent, version, connection_id=account[1] if account else None) if version else None
    _plan(row, wanted if account else None)
    return row


def repair(agent_id: str) -> AgentDeployment:
    """Somebody clicked: what is different there is written again, and it is noted what that was."""
    before = find_registration(agent_id)
    wrong = [finding["key"] for finding in (before.findings or []) if not finding["fits"]] if before else []
    record("agent_repair_asked", subject=agent_id, data={"wrong": wrong[:50]})
    return ask_for_registration(agent_id)


def claim(registration_id: str) -> Errand | None:
    """Claim the next step; None when there is nothing to do now."""
    row = OUTBOX.find_claimable(registration_id)
    if row is None:
        return None
    account, version = access_there(), find_published(row.agent_id)
    step = db.session.scalars(_steps(row).where(AgentDeploymentStep.status == "waiting").limit(1)).first()
    if account is None or version is None or step is None:
        row.status, row.reason = "failed" if account else "no_key", "no_version" if account else "no_key"
        return None
    agent = get_agent(row.agent_id)
    return Errand(
        registration_id=row.id, token=OUTBOX.claim(row), step=step.name,
        provider=agent.provider, access=account[0],
        wanted=wanted_there(agent, version, connection_id=account[1]),
        known=Known(row.agent_ref, row.agent_version, row.llm_ref, row.llm_version),
    )  # fmt: skip


def complete(errand: Errand, outcome: Outcome) -> bool:
    """Store the result; True when the next step is due at once. What a lost claim has created is found again by our mark."""
    row = OUTBOX.find_claimed(errand.registration_id, errand.token)
    if row is None:
        return False
    step = db.session.scalars(_steps(row).where(AgentDeploymentStep.name == errand.step)).one()
    if outcome.error is not None:
        return _handle_failure(row, step, outcome.error)
    OUTBOX.release(row)
    known = outcome.known
    row.agent_ref, row.agent_version, row.llm_ref, row.llm_version = (
        known.agent_ref, known.agent_version, known.llm_ref, known.llm_version,
    )  # fmt: skip
    _done(row, [errand.step, *outcome.spared])
    if errand.step == "check":
        _finish(row, outcome)
        return False
    return True


def note_findings(row: AgentDeployment, findings: Iterable[dict[str, object]]) -> None:
    """What was found there just now; what is newly different goes into the audit."""
    found = list(findings)
    wrong = [str(each["key"]) for each in found if not each["fits"]]
    was_right = row.status == "right"
    row.findings, row.checked_at, row.error, row.reason = found, now(), None, None
    row.status = "drift" if wrong else "right"
    if wrong and was_right:
        record("agent_drift_found", subject=row.agent_id, data={"wrong": wrong[:50]})


def steps_of(row: AgentDeployment) -> list[AgentDeploymentStep]:
    return list(db.session.scalars(_steps(row)))


def _finish(row: AgentDeployment, outcome: Outcome) -> None:
    note_findings(row, [finding.as_json() for finding in outcome.findings])
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
        for each in db.session.scalars(_steps(row)):
            each.status = "waiting"
        return True
    step.status, row.status, row.claim_token = "failed", "failed", None
    return False


def _done(row: AgentDeployment, names: list[str]) -> None:
    for step in db.session.scalars(_steps(row).where(AgentDeploymentStep.name.in_(names))):
        step.status, step.error, step.done_at = "done", None, now()
    row.error = row.reason = None
    db.session.flush()


def _plan(row: AgentDeployment, wanted: Wanted | None) -> None:
    db.session.execute(delete(AgentDeploymentStep).where(AgentDeploymentStep.registration_id == row.id))
    db.session.expire_all()
    if wanted is None:
        return
    names = ["look", *WRITING, *(f"number:{each}" for each in wanted.numbers), *(f"release:{each}" for each in wanted.released), "check"]
    db.session.add_all(AgentDeploymentStep(registration_id=row.id, name=name, position=place) for place, name in enumerate(names))
    db.session.flush()


def _use_account(row: AgentDeployment, agent: Agent, connection_id: str | None) -> None:
    """Names of one account mean nothing in another."""
    account = connection_id or PLATFORM
    if row.account not in (None, account):
        row.agent_ref = row.llm_ref = row.agent_version = row.llm_version = None
        row.findings = row.checked_at = None
        agent.provider_agent_id = None
    row.account = account


def _steps(row: AgentDeployment):  # type: ignore[no-untyped-def]
    return select(AgentDeploymentStep).where(AgentDeploymentStep.registration_id == row.id).order_by(AgentDeploymentStep.position)
