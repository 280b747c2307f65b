"""Drafts, publication and restoring of agent versions."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.extensions import db
from app.domain.agents.config_schema import AgentVersionConfig, load_config, validate_config
from app.domain.audit.log import record
from app.models import Agent, AgentVersion


class StaleDraft(Conflict):
    """The draft was saved or published by another user meanwhile."""

    code = "draft_moved"


class NothingToPublish(Conflict):
    code = "nothing_to_publish"


def get_agent(agent_id: str, *, locked: bool = False) -> Agent:
    """Get an agent of the current company, optionally locked. Raises NotFound."""
    statement = select(Agent).where(Agent.id == agent_id)
    agent = db.session.scalars(statement.with_for_update() if locked else statement).first() if agent_id.isascii() else None
    if agent is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return agent


def list_agents() -> Sequence[Agent]:
    return db.session.scalars(select(Agent).order_by(Agent.created_at, Agent.id).limit(100)).all()


def create_agent(name: str, *, by: str | None, language: str = "de") -> Agent:
    """Create an agent with a draft and no published version."""
    content = validate_config({"name": name, "language": language})
    agent = Agent(name=content.name, language=content.language)
    db.session.add(agent)
    db.session.flush()
    save_draft(agent.id, content.as_json(), by=by)
    record("agent_made", subject=agent.id)
    return agent


def find_draft(agent_id: str) -> AgentVersion | None:
    return _find_by_status(agent_id, "draft")


def find_published(agent_id: str) -> AgentVersion | None:
    return _find_by_status(agent_id, "published")


def get_version(agent_id: str, number: int) -> AgentVersion:
    statement = select(AgentVersion).where(AgentVersion.agent_id == agent_id, AgentVersion.number == number)
    version = db.session.scalars(statement).first()
    if version is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return version


def list_versions(agent_id: str, *, most: int = 50) -> Sequence[AgentVersion]:
    """List published versions, newest first."""
    statement = select(AgentVersion).where(AgentVersion.agent_id == agent_id, AgentVersion.published_at.is_not(None))
    return db.session.scalars(statement.order_by(AgentVersion.number.desc()).limit(most)).all()


def get_current_config(agent: Agent) -> AgentVersionConfig:
    """Get the draft's configuration, else the published one."""
    return load_config(agent, find_draft(agent.id) or find_published(agent.id))


def save_draft(agent_id: str, given: dict[str, Any], *, by: str | None, revision: int | None = None) -> AgentVersion:
    """Save the draft; a draft equal to the published version is discarded. Raises
    InvalidInput, NotFound.

    `revision` is the one the user saw: raises StaleDraft where the draft has another by now.
    """
    get_agent(agent_id, locked=True)
    content, draft = validate_config(given), find_draft(agent_id)
    if revision is not None and revision != (draft.revision if draft else 0):
        raise StaleDraft(_("Jemand anderes hat inzwischen gespeichert. Laden Sie die Seite neu, bevor Sie weiterschreiben."))
    published = find_published(agent_id)
    if published is not None and published.content == content.as_json():
        discard_draft(agent_id)
        return published
    if draft is None:
        draft = AgentVersion(agent_id=agent_id, number=_next_number(agent_id), status="draft", revision=0)
        db.session.add(draft)
    draft.content, draft.saved_at, draft.saved_by, draft.revision = content.as_json(), now(), by, draft.revision + 1
    db.session.flush()
    return draft


def publish(agent_id: str, *, by: str | None, revision: int | None = None) -> AgentVersion:
    """Publish the draft; the previous version stays readable. Raises NothingToPublish, StaleDraft, NotFound."""
    agent, draft = get_agent(agent_id, locked=True), find_draft(agent_id)
    if draft is None:
        raise NothingToPublish(_("Es gibt nichts Neues zu veröffentlichen."))
    if revision is not None and revision != draft.revision:
        raise StaleDraft(_("Jemand anderes hat inzwischen gespeichert. Sehen Sie den Entwurf noch einmal an."))
    before = find_published(agent_id)
    if before is not None:
        before.status = None
        db.session.flush()
    draft.status, draft.published_at, draft.published_by = "published", now(), by
    _copy_to_agent(agent, load_config(agent, draft))
    db.session.flush()
    record("agent_published", subject=agent.id, data={"number": draft.number, "restored_from": draft.restored_from})
    return draft


def discard_draft(agent_id: str) -> None:
    """Discard the draft; the only version of an agent is kept."""
    get_agent(agent_id, locked=True)
    draft = find_draft(agent_id)
    if draft is not None and find_published(agent_id) is not None:
        db.session.delete(draft)
        db.session.flush()


def restore_version(agent_id: str, number: int, *, by: str | None) -> AgentVersion:
    """Publish an earlier version again under a new number; the draft stays. Raises NotFound."""
    agent, version = get_agent(agent_id, locked=True), get_version(agent_id, number)
    if version.published_at is None:
        raise NotFound(_("Das gibt es hier nicht."))
    draft, before = find_draft(agent_id), find_published(agent_id)
    if before is not None:
        before.status = None
    if draft is not None:
        # the draft moves up one number
        number_of_draft, draft.number = draft.number, draft.number + 1
        db.session.flush()
    else:
        db.session.flush()
        number_of_draft = _next_number(agent_id)
    again = AgentVersion(
        agent_id=agent_id, number=number_of_draft, status="published", content=version.content, restored_from=version.number,
        saved_by=by, published_at=now(), published_by=by,
    )  # fmt: skip
    db.session.add(again)
    _copy_to_agent(agent, load_config(agent, again))
    db.session.flush()
    record("agent_published", subject=agent.id, data={"number": again.number, "restored_from": version.number})
    return again


def _copy_to_agent(agent: Agent, content: AgentVersionConfig) -> None:
    """Copy name and language to the agent's row, which lists and the live board read."""
    agent.name, agent.language, agent.greeting = content.name, content.language, content.greeting or None


def _find_by_status(agent_id: str, status: str) -> AgentVersion | None:
    statement = select(AgentVersion).where(AgentVersion.agent_id == agent_id, AgentVersion.status == status)
    return db.session.scalars(statement).first()


def _next_number(agent_id: str) -> int:
    return (db.session.scalar(select(func.max(AgentVersion.number)).where(AgentVersion.agent_id == agent_id)) or 0) + 1
