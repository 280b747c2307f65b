"""Writes an agent at her voice provider: reserve, call, confirm, with no transaction open while we wait.

`reserve` and `confirm` belong into a transaction each, `registration_calls.carry_out` between them into none.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from sqlalchemy import delete, select

from app.core import settings
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.agents.provisioning.desired_state import Wanted, wanted_there
from app.domain.agents.provisioning.steps import WRITING, Errand, Known, Outcome
from app.domain.agents.versions import find_published, get_agent
from app.domain.audit.log import record
from app.models import Agent, AgentDeployment, AgentDeploymentStep, Connection
from app.providers.credentials import Credentials
from app.providers.http import RateLimited
from app.providers.voice.management import VoiceRejected

log = structlog.get_logger()
# longer than all calls of a step may take; whoever is silent for so long has died
LEASE = timedelta(seconds=120)
PAUSES = tuple(timedelta(seconds=pause) for pause in (5, 15, 30, 60, 120, 300, 600))
PLATFORM = "platform"
# what was deleted there while we were at it is made anew, but not for ever
MOST_RESTARTS = 3


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
        row = AgentDeployment(agent_id=agent_id, generation=0, attempts=0)
        db.session.add(row)
    row.generation, row.due_at, row.claim_token, row.attempts, row.error = row.generation + 1, now(), None, 0, None
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


def reserve(registration_id: str) -> Errand | None:
    """The next step, reserved for the caller; None when there is nothing to do, or somebody else is at it."""
    row = _locked(registration_id)
    if row is None or row.status != "pending" or row.due_at > now():
        return None
    account, version = access_there(), find_published(row.agent_id)
    step = db.session.scalars(_steps(row).where(AgentDeploymentStep.status == "waiting").limit(1)).first()
    if account is None or version is None or step is None:
        row.status, row.reason = "failed" if account else "no_key", "no_version" if account else "no_key"
        return None
    agent = get_agent(row.agent_id)
    row.claim_token, row.due_at = new_ulid(), now() + LEASE
    db.session.flush()
    return Errand(
        registration_id=row.id, generation=row.generation, token=row.claim_token, step=step.name,
        provider=agent.provider, access=account[0],
        wanted=wanted_there(agent, version, connection_id=account[1]),
        known=Known(row.agent_ref, row.agent_version, row.llm_ref, row.llm_version),
    )  # fmt: skip


def confirm(errand: Errand, outcome: Outcome) -> bool:
    """Writes down what came of it; True when there is more to do at once."""
    row = _locked(errand.registration_id)
    if row is None or row.claim_token != errand.token or row.generation != errand.generation:
        # what was made there meanwhile is found again by our mark
        log.warning("registering.claim_lost", registration=errand.registration_id, step=errand.step)
        return False
    row.claim_token, row.due_at = None, now()
    step = db.session.scalars(_steps(row).where(AgentDeploymentStep.name == errand.step)).one()
    if outcome.error is not None:
        return _went_wrong(row, step, outcome.error)
    known = outcome.known
    row.agent_ref, row.agent_version, row.llm_ref, row.llm_version = (
        known.agent_ref, known.agent_version, known.llm_ref, known.llm_version,
    )  # fmt: skip
    _done(row, [errand.step, *outcome.spared])
    if errand.step == "check":
        _finish(row, outcome)
        return False
    return True


def due(limit: int) -> list[tuple[str, str]]:
    """(company, registration) of what is to be written now. To be called with every company in view."""
    wanted = select(AgentDeployment.company_id, AgentDeployment.id).where(
        AgentDeployment.status == "pending", AgentDeployment.due_at <= now()
    )
    return [(row.company_id, row.id) for row in db.session.execute(wanted.order_by(AgentDeployment.due_at).limit(limit))]


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


def _went_wrong(row: AgentDeployment, step: AgentDeploymentStep, error: ProviderError) -> bool:
    step.error = row.error = (error.message or error.code)[:500]
    row.reason = error.code
    if isinstance(error, RateLimited):
        row.due_at = now() + timedelta(seconds=error.retry_after_s)
        return False
    if error.retryable:
        row.due_at = now() + PAUSES[min(row.attempts, len(PAUSES) - 1)]
        row.attempts += 1
        return False
    if step.name.startswith(("number:", "release:")):
        # the other numbers can still be bound; reading back shows this one in red
        step.status = "failed"
        return True
    if isinstance(error, VoiceRejected) and error.code == "not_found" and row.attempts < MOST_RESTARTS:
        row.attempts += 1
        for each in db.session.scalars(_steps(row)):
            each.status = "waiting"
        return True
    step.status, row.status = "failed", "failed"
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


def _locked(registration_id: str) -> AgentDeployment | None:
    wanted = select(AgentDeployment).where(AgentDeployment.id == registration_id)
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()
