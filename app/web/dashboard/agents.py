"""The assistant of a company: who she is, what she may do and say; a draft to write in, and what callers hear."""

from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.phone import display
from app.core.transactions import transaction
from app.domain.accounts.permissions import can
from app.domain.agents import activation, phone_numbers, versions
from app.domain.agents.config import DISCLOSURES, TOOL_NAMES, load_config
from app.domain.agents.greeting import build_greeting_in_own_language
from app.domain.agents.provisioning import workflow
from app.domain.agents.status import get_status, list_statuses
from app.jobs.agents import deploy_agent
from app.models import Agent
from app.web.dashboard import agent_labels as words
from app.web.dashboard.agent_alerts import list_agent_alerts
from app.web.fields import ChoiceField, Id, MultilineField, Phone, TextField, Version
from app.web.forms import Form, to_errors
from app.web.guards import for_company

VOICES = ("11labs-Lily", "11labs-Adrian", "11labs-Myra", "openai-Nova", "openai-Alloy", "openai-Shimmer")

blueprint = Blueprint("agents", __name__)


class NewAgentForm(Form):
    name: Annotated[str, TextField(40)] = ""


class AgentForm(Form):
    """What of it makes sense together is checked where versions are kept (domain/agents/content)."""

    name: Annotated[str, TextField(40)] = ""
    language: Annotated[str, TextField(8)] = ""
    voice: Annotated[str, TextField(80)] = ""
    greeting: Annotated[str, MultilineField(400)] = ""
    tone: Annotated[str, TextField(40)] = ""
    address: Annotated[str, TextField(40)] = ""
    rules: Annotated[str, MultilineField(10_000)] = ""
    forward_to: Phone = ""
    forward_when: Annotated[str, TextField(40)] = ""
    mode: Annotated[str, TextField(40)] = ""
    recording: Annotated[str, TextField(40)] = ""
    tools: tuple[Annotated[str, ChoiceField(*TOOL_NAMES)], ...] = ()
    discloses: tuple[Annotated[str, ChoiceField(*DISCLOSURES)], ...] = ()
    stored_days: Annotated[str, TextField(5)] | None = None
    longest_call_minutes: Annotated[str, TextField(5)] | None = None


class SaveForm(Form):
    """Which state of the draft was seen, and which button was pressed."""

    revision: Version | None = None
    then: Annotated[str, ChoiceField("save", "publish")] = "save"


class NumbersForm(Form):
    number: tuple[Id, ...] = ()


@blueprint.get("/agents")
@for_company("agents.read")
def index() -> str:
    answered: dict[str, list[str]] = {}
    for number in phone_numbers.list_assignable_numbers(""):
        answered.setdefault(number.agent_id or "", []).append(number.e164)
    published = {agent.id: versions.find_published(agent.id) for agent in versions.list_agents()}
    return render_template(
        "dashboard/agents.html", standings=list_statuses(), numbers=answered, published=published, lines=list_agent_alerts(),
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
    """Keeps the draft; the button that says so publishes it too."""
    agent, registration_id = versions.get_agent(agent_id), None
    try:
        button, given = SaveForm.read(), AgentForm.read().model_dump()
        with transaction():
            version = versions.save_draft(agent_id, given, by=current_user.id, revision=button.revision)
            if button.then == "publish":
                version = versions.publish(agent_id, by=current_user.id)
                registration_id = workflow.request_deployment(agent_id).id
    except InvalidInput as error:
        return _render_form(agent, AgentForm.typed(), to_errors(error)), 422
    except Conflict as error:
        flash(str(error.message), "error")
        return _render_form(agent, AgentForm.typed(), {}), 409
    if registration_id is None:
        is_draft = version.status == "draft"
        told = _("Entwurf gespeichert. Anrufer hören ihn, wenn Sie ihn veröffentlichen.") if is_draft else _("Nichts hat sich geändert.")
        flash(told, "message")
        return redirect(url_for("agents.edit", agent_id=agent_id))
    return _enqueue_deployment(agent_id, registration_id, _("Veröffentlicht: Fassung %(n)s.", n=version.number))


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
    """Which numbers she answers; what is published is then written to the provider again."""
    with transaction():
        moved = phone_numbers.assign_numbers(agent_id, set(NumbersForm.read().number))
        registration_id = workflow.request_deployment(agent_id).id if moved else None
    if registration_id is None:
        flash(_("Nichts hat sich geändert."), "message")
        return redirect(url_for("agents.edit", agent_id=agent_id))
    return _enqueue_deployment(agent_id, registration_id, _("Rufnummern gespeichert."))


@blueprint.post("/agents/<agent_id>/<state>")
@for_company("agents.write")
def switch(agent_id: str, state: str) -> Response:
    """Off: she puts callers through, or takes a message; on: she speaks as published."""
    if state not in ("on", "off"):
        raise NotFound(_("Das gibt es hier nicht."))
    with transaction():
        registrations = activation.set_agent_active(agent_id, on=state == "on")
    for registration_id in registrations:
        deploy_agent.enqueue(registration_id)
    name = versions.get_agent(agent_id).name
    told = _("%(what)s ist wieder an.", what=name) if state == "on" else _("%(what)s ist ausgeschaltet.", what=name)
    flash(told, f"undo {url_for('agents.switch', agent_id=agent_id, state='off' if state == 'on' else 'on')}")
    return redirect(url_for("agents.edit", agent_id=agent_id))


def _enqueue_deployment(agent_id: str, registration_id: str, told: str) -> Response:
    """On its way to the provider; the page there shows each step."""
    deploy_agent.enqueue(registration_id)
    flash(told, "message")
    return redirect(url_for("agent_provider.show", agent_id=agent_id))


def _to_fields(agent: Agent) -> dict[str, Any]:
    content = versions.get_current_config(agent)
    number = display(content.forward_to) if content.forward_to else ""
    return content.model_dump(by_alias=False) | {"rules": "\n".join(content.rules), "forward_to": number}


def _render_form(agent: Agent, values: dict[str, Any], errors: dict[str, str]) -> str:
    draft, published = versions.find_draft(agent.id), versions.find_published(agent.id)
    heard = load_config(agent, published)
    drafted = load_config(agent, draft) if draft else None
    answered = phone_numbers.list_assignable_numbers(agent.id)
    return render_template(
        "dashboard/agent.html",
        agent=agent,
        values=values,
        errors=errors,
        draft=draft,
        published=published,
        changes=words.list_changes(heard, drafted) if drafted and published else [],
        preview=build_greeting_in_own_language(
            drafted or heard, company=_get_company_name(), branch=answered[0].branch if answered else _get_company_name()
        ),
        numbers=answered,
        names={row.id: row.name for row in versions.list_agents()},
        standing=get_status(agent),
        takes_over=words.describe_forwarding(agent.id, heard.forward_to),
        voices=VOICES,
        words=words,
        may_write=can(current_user, "agents.write"),
    )


def _get_company_name() -> str:
    return g.company.name
