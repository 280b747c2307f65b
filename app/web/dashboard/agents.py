"""The agents of a company: list, draft, publication, numbers and activation."""

from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.phone import display
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents import activation_switch, number_assignment, versions
from app.domain.agents.config_schema import DISCLOSURES, TOOL_GROUPS, TOOL_NAMES, load_config
from app.domain.agents.greeting import build_greeting_in_own_language
from app.domain.agents.provisioning import workflow
from app.domain.agents.status import get_status, list_statuses
from app.jobs.agents import deploy_agent
from app.models import Agent
from app.web.dashboard import agent_labels
from app.web.dashboard.agent_alerts import list_agent_alerts
from app.web.fields import ChoiceField, Id, MultilineField, Phone, TextField, Version
from app.web.forms import Form, to_errors
from app.web.guards import for_company
from app.web.tool_labels import TOOL_GROUP_LABELS, get_permission

VOICES = ("11labs-Lily", "11labs-Adrian", "11labs-Myra", "openai-Nova", "openai-Alloy", "openai-Shimmer")

blueprint = Blueprint("agents", __name__)


class NewAgentForm(Form):
    name: Annotated[str, TextField(40)] = ""


class AgentForm(Form):
    """The fields of a draft; domain/agents/config_schema validates their combination."""

    name: Annotated[str, TextField(40)] = ""
    language: Annotated[str, TextField(8)] = ""
    voice: Annotated[str, TextField(80)] = ""
    greeting: Annotated[str, MultilineField(400)] = ""
    tone: Annotated[str, TextField(40)] = ""
    address: Annotated[str, TextField(40)] = ""
    rules: Annotated[str, MultilineField(10_000)] = ""
    forward_number: Phone = ""
    forward_when: Annotated[str, TextField(40)] = ""
    mode: Annotated[str, TextField(40)] = ""
    recording: Annotated[str, TextField(40)] = ""
    tools: tuple[Annotated[str, ChoiceField(*TOOL_NAMES)], ...] = ()
    discloses: tuple[Annotated[str, ChoiceField(*DISCLOSURES)], ...] = ()
    stored_days: Annotated[str, TextField(5)] | None = None
    longest_call_minutes: Annotated[str, TextField(5)] | None = None


class AgentDraftForm(Form):
    """The revision of the draft that the form was rendered from, and the button pressed."""

    revision: Version | None = None
    then: Annotated[str, ChoiceField("save", "publish")] = "save"


class AgentNumbersForm(Form):
    number: tuple[Id, ...] = ()


@blueprint.get("/agents")
@for_company("agents.read")
def index() -> str:
    numbers: dict[str, list[str]] = {}
    for number in number_assignment.list_assignable_numbers(""):
        numbers.setdefault(number.agent_id or "", []).append(number.e164)
    published = {agent.id: versions.find_published(agent.id) for agent in versions.list_agents()}
    return render_template(
        "dashboard/agents.html", standings=list_statuses(), numbers=numbers, published=published, lines=list_agent_alerts(),
        may_write=can(current_user, "agents.write"),
    )  # fmt: skip


@blueprint.post("/agents")
@for_company("agents.write")
def make() -> Response:
    try:
        with transaction():
            agent = versions.create_agent(NewAgentForm.read().name, by=current_user.id)
    except InvalidInput as error:
        flash(" ".join(to_errors(error).values()) or str(error.message), "error")
        return redirect(url_for("agents.index"))
    return redirect(url_for("agents.edit", agent_id=agent.id))


@blueprint.get("/agents/<agent_id>")
@for_company("agents.read")
def edit(agent_id: str) -> str:
    agent = versions.get_agent(agent_id)
    return _render_form(agent, _to_fields(agent), {})


@blueprint.post("/agents/<agent_id>")
@for_company("agents.write")
def save(agent_id: str) -> Any:
    """Save the draft, and publish it if that button was pressed. A stale revision responds 409."""
    agent, deployment_id = versions.get_agent(agent_id), None
    try:
        button, values = AgentDraftForm.read(), AgentForm.read().model_dump()
        with transaction():
            version = versions.save_draft(agent_id, values, by=current_user.id, revision=button.revision)
            if button.then == "publish":
                version = versions.publish(agent_id, by=current_user.id)
                deployment_id = workflow.request_deployment(agent_id).id
    except InvalidInput as error:
        return _render_form(agent, AgentForm.typed(), to_errors(error)), 422
    except Conflict as error:
        flash(str(error.message), "error")
        return _render_form(agent, AgentForm.typed(), {}), 409
    if deployment_id is None:
        is_draft = version.status == "draft"
        message = _("Entwurf gespeichert. Anrufer hören ihn, wenn Sie ihn veröffentlichen.") if is_draft else _("Nichts hat sich geändert.")
        flash(message, "message")
        return redirect(url_for("agents.edit", agent_id=agent_id))
    return _enqueue_deployment(agent_id, deployment_id, _("Veröffentlicht: Fassung %(n)s.", n=version.number))


@blueprint.post("/agents/<agent_id>/discard")
@for_company("agents.write")
def discard(agent_id: str) -> Response:
    with transaction():
        versions.discard_draft(agent_id)
    flash(_("Entwurf verworfen."), "message")
    return redirect(url_for("agents.edit", agent_id=agent_id))


@blueprint.post("/agents/<agent_id>/numbers")
@for_company("agents.write")
def answer(agent_id: str) -> Response:
    """Assign the numbers that the agent answers, and deploy the published version again."""
    with transaction():
        moved = number_assignment.assign_numbers(agent_id, set(AgentNumbersForm.read().number))
        deployment_id = workflow.request_deployment(agent_id).id if moved else None
    if deployment_id is None:
        flash(_("Nichts hat sich geändert."), "message")
        return redirect(url_for("agents.edit", agent_id=agent_id))
    return _enqueue_deployment(agent_id, deployment_id, _("Rufnummern gespeichert."))


@blueprint.post("/agents/<agent_id>/<state>")
@for_company("agents.write")
def switch(agent_id: str, state: str) -> Response:
    """Switch the agent. Off: calls are forwarded, or a message is taken; on: the published version answers."""
    if state not in ("on", "off"):
        raise NotFound(_("Das gibt es hier nicht."))
    with transaction():
        deployments = activation_switch.set_agent_active(agent_id, on=state == "on")
    for deployment_id in deployments:
        deploy_agent.enqueue(deployment_id)
    name = versions.get_agent(agent_id).name
    message = _("%(what)s ist wieder an.", what=name) if state == "on" else _("%(what)s ist ausgeschaltet.", what=name)
    flash(message, f"undo {url_for('agents.switch', agent_id=agent_id, state='off' if state == 'on' else 'on')}")
    return redirect(url_for("agents.edit", agent_id=agent_id))


def _enqueue_deployment(agent_id: str, deployment_id: str, message: str) -> Response:
    """Enqueue the deployment and redirect to the page that shows its steps."""
    deploy_agent.enqueue(deployment_id)
    flash(message, "message")
    return redirect(url_for("agent_provider.show", agent_id=agent_id))


def _to_fields(agent: Agent) -> dict[str, Any]:
    config = versions.get_current_config(agent)
    number = display(config.forward_number) if config.forward_number else ""
    return config.model_dump(by_alias=False) | {"rules": "\n".join(config.rules), "forward_number": number}


def _render_form(agent: Agent, values: dict[str, Any], errors: dict[str, str]) -> str:
    draft, published = versions.find_draft(agent.id), versions.find_published(agent.id)
    published_config = load_config(agent, published)
    draft_config = load_config(agent, draft) if draft else None
    assigned_numbers = number_assignment.list_assignable_numbers(agent.id)
    return render_template(
        "dashboard/agent.html",
        agent=agent,
        values=values,
        errors=errors,
        draft=draft,
        published=published,
        changes=agent_labels.list_changes(published_config, draft_config) if draft_config and published else [],
        preview=build_greeting_in_own_language(
            draft_config or published_config,
            company=_get_company_name(),
            branch=assigned_numbers[0].branch if assigned_numbers else _get_company_name(),
        ),
        numbers=assigned_numbers,
        names={row.id: row.name for row in versions.list_agents()},
        standing=get_status(agent),
        takes_over=agent_labels.describe_forwarding(agent.id, published_config.forward_number),
        voices=VOICES,
        words=agent_labels,
        tool_groups=[(TOOL_GROUP_LABELS[group], [(name, get_permission(name)) for name in names]) for group, names in TOOL_GROUPS.items()],
        may_write=can(current_user, "agents.write"),
    )


def _get_company_name() -> str:
    return g.company.name
