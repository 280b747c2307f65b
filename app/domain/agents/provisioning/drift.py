"""Looks from time to time whether what stands at the voice provider is still what should; different is shown, never changed unasked."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.domain.agents.provisioning.desired_state import Wanted, wanted_there
from app.domain.agents.provisioning.diff import Finding, compare
from app.domain.agents.provisioning.steps import Known, look_there
from app.domain.agents.provisioning.workflow import access_there, find_registration, note_findings
from app.domain.agents.versions import find_published, get_agent
from app.models import AgentDeployment
from app.providers import open_voice_account
from app.providers.credentials import Credentials

# nobody has looked for so long: how it stands is not known
STALE = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Look:
    agent_id: str
    generation: int
    provider: str
    access: Credentials
    wanted: Wanted
    known: Known


def to_check(limit: int, *, every: timedelta) -> list[tuple[str, str]]:
    """(company, agent) of those that nobody has looked at for a while. To be called with every company in view."""
    wanted = select(AgentDeployment.company_id, AgentDeployment.agent_id).where(
        AgentDeployment.status.in_(("right", "drift")),
        or_(AgentDeployment.checked_at.is_(None), AgentDeployment.checked_at <= now() - every),
    )
    return [(row.company_id, row.agent_id) for row in db.session.execute(wanted.order_by(AgentDeployment.checked_at).limit(limit))]


def begin_look(agent_id: str) -> Look | None:
    """What is to be looked at; None where nothing was ever written, or it is being written now."""
    row, account, version = find_registration(agent_id), access_there(), find_published(agent_id)
    if row is None or row.status == "pending" or version is None:
        return None
    if account is None:
        row.status, row.reason = "no_key", "no_key"
        return None
    agent = get_agent(agent_id)
    known = Known(row.agent_ref, row.agent_version, row.llm_ref, row.llm_version)
    return Look(agent_id, row.generation, agent.provider, account[0], wanted_there(agent, version, connection_id=account[1]), known)


def fetch(look: Look) -> list[Finding]:
    """Asks the provider; raises ProviderError. No transaction may be open."""
    return compare(look.wanted, look_there(open_voice_account(look.provider, look.access), look.known, look.wanted))


def finish_look(look: Look, findings: list[Finding], error: ProviderError | None = None) -> None:
    """Writes down what was found; where nobody answered, only that: what was right before may still be."""
    row = find_registration(look.agent_id)
    if row is None or row.generation != look.generation or row.status == "pending":
        return
    if error is None:
        note_findings(row, [finding.as_json() for finding in findings])
    else:
        row.reason, row.error = error.code, (error.message or error.code)[:500]
    db.session.flush()
