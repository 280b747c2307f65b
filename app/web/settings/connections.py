"""The company's own keys at its providers: what each is for, whether it works, and how it is changed or taken away."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core import settings
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.transactions import run_in_transaction, transaction
from app.domain.accounts.permissions import can
from app.domain.companies import connections
from app.domain.companies.connection_credentials import get_visible_values
from app.domain.operations import connection_setup
from app.jobs.agents import deploy_agent
from app.jobs.connections import check_connection
from app.models import Connection
from app.web.fields import Email, SecretField, TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_company
from app.web.settings import connection_labels as words

# our doors for a provider's news, in the order in which a call passes them
DOORS = {"retell": ("inbound", "function", "webhook"), "twilio": ("voice/status",), "calcom": ("webhook",)}

Key = Annotated[str, SecretField(201)]

blueprint = Blueprint("connections", __name__)


class KeyForm(Form):
    """A key that is left empty stays what it was."""

    api_key: Key = ""


class TwilioForm(Form):
    account: Annotated[str, TextField(64)] = ""
    token: Key = ""
    sender: Annotated[str, TextField(64)] = ""


class MailForm(Form):
    host: Annotated[str, TextField(190)] = ""
    port: Annotated[str, TextField(6)] = ""
    user: Annotated[str, TextField(190)] = ""
    password: Key = ""
    address: Email = ""


FORMS: dict[str, type[Form]] = {"retell": KeyForm, "calcom": KeyForm, "twilio": TwilioForm, "smtp": MailForm}


@blueprint.get("/settings/connections")
@for_company("connections.read")
def index() -> str:
    return render_template("settings/connections.html", shown=[_build_view(provider) for provider in connections.PROVIDERS], **_can_edit())


@blueprint.get("/settings/connections/<provider>")
@for_company("connections.read")
def show(provider: str) -> str:
    return _render_page(provider)


@blueprint.get("/settings/connections/<provider>/part")
@for_company("connections.read", is_polling=True)
def part(provider: str) -> Response:
    """While the provider is being asked; once it has answered, the whole page is shown again."""
    shown = _build_view(provider)
    answer = make_response(render_template("settings/connection_state.html", each=shown, **_can_edit()))
    if not shown.waits:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/settings/connections/<provider>")
@for_company("connections.write")
def save(provider: str) -> Any:
    _require_provider(provider)
    try:
        with transaction():
            taken = connection_setup.set_up_connection(provider, FORMS[provider].read().model_dump())
    except InvalidInput as error:
        return _render_page(provider, errors=to_errors(error)), 422
    _enqueue_changes(taken)
    check_connection.enqueue(taken.connection.id)
    flash(_("Gespeichert: %(name)s. Wird gerade geprüft.", name=words.NAMES[provider]), "message")
    return redirect(url_for("connections.show", provider=provider))


@blueprint.post("/settings/connections/<provider>/check")
@for_company("connections.read")
def check(provider: str) -> Response:
    """Really asks the provider; the page waits for what comes of it."""

    def work() -> str:
        connection = connections.get_active(provider)
        connections.request_test(connection)
        return connection.id

    check_connection.enqueue(run_in_transaction(work))
    return redirect(url_for("connections.show", provider=provider))


@blueprint.get("/settings/connections/<provider>/remove")
@for_company("connections.write")
def ask_to_remove(provider: str) -> str:
    connections.get_active(provider)
    follows = words.describe_removal(provider, connection_setup.list_consequences(provider))
    return render_template("settings/connection_remove.html", each=_build_view(provider), follows=follows)


@blueprint.post("/settings/connections/<provider>/remove")
@for_company("connections.write")
def remove(provider: str) -> Response:
    with transaction():
        removed = connection_setup.remove_connection(provider)
    _enqueue_changes(removed)
    flash(_("Entfernt: %(name)s. Der Schlüssel ist gelöscht.", name=words.NAMES[provider]), "message")
    return redirect(url_for("connections.index"))


def _enqueue_changes(followed: connection_setup.ConnectionChange) -> None:
    """What hangs on the connection goes on its way; whatever gets lost is swept up."""
    for registration_id in followed.registrations:
        deploy_agent.enqueue(registration_id)


def _render_page(provider: str, *, errors: dict[str, str] | None = None) -> str:
    shown = _build_view(provider)
    values = shown.fields if errors is None else shown.fields | _get_typed_values(provider)
    return render_template("settings/connection.html", each=shown, values=values, errors=errors or {}, **_can_edit())


def _get_typed_values(provider: str) -> dict[str, str]:
    """What was typed and is no secret."""
    return {name: text for name, text in FORMS[provider].typed().items() if name in words.VISIBLE_FIELDS[provider]}


def _build_view(provider: str) -> SimpleNamespace:
    """One provider as pages show it, whether there are keys of one's own or not."""
    _require_provider(provider)
    connection = connections.find_active(provider)
    waits = connection is not None and _is_pending(connection)
    return SimpleNamespace(
        provider=provider,
        name=words.NAMES[provider],
        purpose=words.PURPOSES[provider],
        icon=words.ICONS[provider],
        connection=connection,
        waits=waits,
        state=words.get_status_label(connection, waits=waits, has_platform=connection_setup.list_consequences(provider)["has_platform"]),
        sentence=words.describe_status(connection, waits=waits),
        heard_at=connection_setup.find_last_received_at(connection) if connection else None,
        fields=get_visible_values(connection) if connection else {},
        doors=[(words.WEBHOOK_LABELS[door], _build_webhook_url(connection, door)) for door in DOORS.get(provider, ())]
        if connection
        else [],
    )


def _is_pending(connection: Connection) -> bool:
    asked = connection.asked_at
    return connection.state == "checking" and asked is not None and now() - asked < connections.TEST_TIMEOUT


def _build_webhook_url(connection: Connection, door: str) -> str:
    return f"{settings().public_base}/api/{connection.provider}/{door}/{connection.id}"


def _require_provider(provider: str) -> None:
    if provider not in connections.PROVIDERS:
        raise NotFound(_("Das gibt es hier nicht."))


def _can_edit() -> dict[str, bool]:
    return {"may_write": can(current_user, "connections.write")}
