"""The versions of an agent: publisher, time and changes of each, and a button to restore one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents import versions
from app.domain.agents.config_schema import load_config
from app.domain.agents.provisioning import workflow
from app.domain.agents.status import get_status
from app.jobs.agents import deploy_agent
from app.models import User
from app.web.dashboard.agent_labels import list_changes
from app.web.fields import Version
from app.web.forms import Form
from app.web.guards import for_company

MAX_VERSIONS = 50

blueprint = Blueprint("agent_history", __name__)


class RestoreForm(Form):
    number: Version = 0


@blueprint.get("/agents/<agent_id>/history")
@for_company("agents.read")
def index(agent_id: str) -> str:
    agent = versions.get_agent(agent_id)
    version_rows = versions.list_versions(agent_id, most=MAX_VERSIONS + 1)
    configs = [load_config(agent, version) for version in version_rows]
    rows = [
        {
            "version": version,
            # None for the oldest row, whose predecessor was not loaded.
            "changes": list_changes(configs[position + 1], configs[position]) if position + 1 < len(version_rows) else None,
        }
        for position, version in enumerate(version_rows[:MAX_VERSIONS])
    ]
    return render_template(
        "dashboard/agent_versions.html", agent=agent, rows=rows, people=_get_names({version.published_by for version in version_rows}),
        standing=get_status(agent), may_write=can(current_user, "agents.write"),
    )  # fmt: skip


@blueprint.post("/agents/<agent_id>/restore")
@for_company("agents.write")
def restore(agent_id: str) -> Response:
    with transaction():
        restored = versions.restore_version(agent_id, RestoreForm.read().number, by=current_user.id)
        deployment_id = workflow.request_deployment(agent_id).id
    deploy_agent.enqueue(deployment_id)
    flash(_("Fassung %(old)s gilt wieder, als Fassung %(new)s.", old=restored.restored_from, new=restored.number), "message")
    return redirect(url_for("agent_provider.show", agent_id=agent_id))


def _get_names(ids: set[str | None]) -> dict[str, str]:
    """Get user names; users of the platform appear as AskProAI."""
    rows = db.session.execute(select(User.id, User.name, User.company_id).where(User.id.in_(ids - {None})))
    return {row.id: row.name if row.company_id == current_user.company_id else "AskProAI" for row in rows}
