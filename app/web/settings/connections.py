"""The company's own provider connections: their purpose, status, change and removal."""

from types import SimpleNamespace
from typing import Annotated, Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core import settings
from app.core.clock import now
from app.core.errors import InvalidInput, NotFound, TooManyRequests
from app.core.transactions import run_in_transaction, run_read_only, transaction
from app.domain.accounts.permissions import can
from app.domain.companies import connections
from app.domain.companies.connection_credentials_form import OTHER_MAIL_PROVIDER, get_visible_values
from app.domain.companies.mail_providers import MAIL_PROVIDERS
from app.domain.notifications.sender_accounts import CHANNELS, find_outage, find_sender, find_test_sender, has_own_sender
from app.domain.operations import connection_changes, connection_test
from app.jobs.agents import deploy_agent
from app.jobs.connections import check_connection
from app.models import Connection
from app.web.fields import ChoiceField, Email, TextField, VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import for_company
from app.web.settings import connection_labels
from app.web.settings.connection_test_message import TestForm, TestNotSent, send_test_message
from app.web.settings.kept_secret import open_secret, seal_secret

# Our webhook paths per provider, in the order in which a call uses them.
WEBHOOK_PATHS = {"retell": ("inbound", "function", "webhook"), "twilio": ("voice/status", "sms"), "calcom": ("webhook",)}

Key = Annotated[str, VerbatimField(201)]

blueprint = Blueprint("connections", __name__)


class ConnectionKeyForm(Form):
    """An empty key keeps the stored one."""

    api_key: Key = ""


class TwilioConnectionForm(Form):
    account: Annotated[str, TextField(64)] = ""
    token: Key = ""
    sender: Annotated[str, TextField(64)] = ""


class SmsGatewayForm(Form):
    """Empty names are the usual ones; an empty key keeps the stored one."""

    url: Annotated[str, TextField(300)] = ""
    key: Key = ""
    sender: Annotated[str, TextField(64)] = ""
    header: Annotated[str, TextField(40)] = ""
    encoding: Annotated[str, TextField(8)] = ""
    recipient_field: Annotated[str, TextField(40)] = ""
    text_field: Annotated[str, TextField(40)] = ""
    sender_field: Annotated[str, TextField(40)] = ""


class MailForm(Form):
    """An address and its password are enough at a known provider."""

    address: Email = ""
    provider: Annotated[str, ChoiceField(*MAIL_PROVIDERS, OTHER_MAIL_PROVIDER)] = ""
    host: Annotated[str, TextField(190)] = ""
    port: Annotated[str, TextField(6)] = ""
    user: Annotated[str, TextField(190)] = ""
    password: Key = ""


class KeptSecretForm(Form):
    """Empty, or what the page of a failed check holds."""

    kept: Annotated[str, VerbatimField(1000)] = ""


SECRET_FIELDS = {"twilio": "token", "sms_gateway": "key", "smtp": "password"}
MAX_KEPT_LENGTH = 201
FORMS: dict[str, type[Form]] = {
    "retell": ConnectionKeyForm, "calcom": ConnectionKeyForm, "twilio": TwilioConnectionForm, "sms_gateway": SmsGatewayForm,
    "smtp": MailForm,
}  # fmt: skip


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
    """Show the status while the test runs; after its end the whole page is reloaded."""
    view = _build_view(provider)
    response = make_response(render_template("settings/connection_state.html", each=view, **_can_edit()))
    if not view.waits:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/settings/connections/<provider>")
@for_company("connections.write")
def save(provider: str) -> Any:
    _require_provider(provider)
    try:
        given = FORMS[provider].read().model_dump() | _get_kept_secret(provider)
        if provider in connections.CARRIERS:
            return _check_and_save(provider, given)
        with transaction():
            change = connection_changes.set_up_connection(provider, given)
    except InvalidInput as error:
        return _render_page(provider, errors=to_errors(error)), 422
    _enqueue_changes(change)
    check_connection.enqueue(change.connection.id)
    flash(_("Gespeichert: %(name)s. Wird gerade geprüft.", name=connection_labels.NAMES[provider]), "message")
    return redirect(url_for("connections.show", provider=provider))


@blueprint.get("/settings/connections/<provider>/test")
@for_company("connections.write")
def show_after_test(provider: str) -> Response:
    """Who reloads the result of a test comes back to the page."""
    _require_provider(provider)
    return redirect(url_for("connections.show", provider=provider))


@blueprint.post("/settings/connections/<provider>/test")
@for_company("connections.write")
def send_test(provider: str) -> Any:
    """Send one message over this channel to the reader's own mail address, or to the mobile number that is typed."""
    if provider not in connections.CARRIERS:
        raise NotFound(_("Das gibt es hier nicht."))
    try:
        sentence = send_test_message(provider)
    except (InvalidInput, TooManyRequests, TestNotSent) as error:
        return _render_page(provider, errors=to_errors(error), test_fault=error.message), error.status
    return _render_page(provider, test_notice=sentence)


@blueprint.post("/settings/connections/<provider>/check")
@for_company("connections.read")
def check(provider: str) -> Response:
    """Request a test of the connection at the provider; the page polls for its result."""

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
    follows = connection_labels.describe_removal(provider, connection_changes.list_consequences(provider))
    return render_template("settings/connection_remove.html", each=_build_view(provider), follows=follows)


@blueprint.post("/settings/connections/<provider>/remove")
@for_company("connections.write")
def remove(provider: str) -> Response:
    with transaction():
        change = connection_changes.remove_connection(provider)
    _enqueue_changes(change)
    flash(_("Entfernt: %(name)s. Der Schlüssel ist gelöscht.", name=connection_labels.NAMES[provider]), "message")
    return redirect(url_for("connections.index"))


def _enqueue_changes(change: connection_changes.ConnectionChange) -> None:
    """Enqueue the deployments that depend on the connection; the sweep finds lost jobs."""
    for deployment_id in change.deployments:
        deploy_agent.enqueue(deployment_id)


def _check_and_save(provider: str, given: dict[str, str]) -> Any:
    """Save the keys of a messaging account once it lets us in: until then what works stays in use. Raises InvalidInput."""
    test = run_read_only(lambda: connection_changes.prepare_setup(provider, given))
    result = connection_test.run_test(test)
    if (reason := _find_refusal(provider, given, result)) is not None:
        channel = CHANNELS[provider]
        fault = connection_labels.describe_failed_setup(
            provider, reason, current=find_sender(channel), is_own=has_own_sender(channel), is_out=find_outage(channel) is not None
        )
        wrong = {SECRET_FIELDS[provider]: _("Bitte neu eingeben. Leer lassen nur, wenn etwas anderes falsch war.")}
        return _render_page(provider, errors=wrong if result.reason == "not_allowed" else {}, fault=fault), 422
    with transaction():
        change = connection_changes.set_up_connection(provider, given, tested=result)
    _enqueue_changes(change)
    flash(_("Geprüft und gespeichert: %(name)s.", name=connection_labels.NAMES[provider]), "message")
    return redirect(url_for("connections.show", provider=provider))


def _find_refusal(provider: str, given: dict[str, str], result: connections.ConnectionTestResult) -> str | None:
    """Why the account cannot be used; None where it can."""
    if result.state != "ok":
        hint = connection_labels.describe_mail_hint(given) if (provider, result.reason) == ("smtp", "not_allowed") else ""
        return f"{connection_labels.describe_reason(provider, result.reason)} {hint}".strip()
    if (result.facts or {}).get("has_address") is False:
        return _("Der Schlüssel gilt, aber %(sender)s gehört nicht zu diesem Konto.", sender=given["sender"])
    return None


def _get_kept_secret(provider: str) -> dict[str, str]:
    """The secret that was typed before a check that failed, unless another one is typed now."""
    name = SECRET_FIELDS.get(provider)
    if name is None or FORMS[provider].typed()[name]:
        return {}
    secret = open_secret(provider, KeptSecretForm.read().kept)
    return {name: secret} if secret else {}


def _seal_typed_secret(provider: str) -> str:
    name = SECRET_FIELDS.get(provider)
    typed = (FORMS[provider].typed()[name] if name else "") or "".join(_get_kept_secret(provider).values())
    return seal_secret(provider, typed[:MAX_KEPT_LENGTH]) if typed else ""


def _render_page(
    provider: str, *, errors: dict[str, str] | None = None, fault: str = "", test_notice: str = "", test_fault: str = ""
) -> str:
    view = _build_view(provider)
    is_test = bool(test_notice or test_fault)
    keeps_typed = errors is not None and not is_test
    values = view.fields | _get_typed_values(provider) if keeps_typed else view.fields
    return render_template(
        "settings/connection.html",
        each=view,
        values=values,
        mail_providers=connection_labels.list_mail_providers(),
        kept=_seal_typed_secret(provider) if keeps_typed else "",
        errors=errors or {},
        fault=fault,
        test_channel=CHANNELS[provider] if provider in connections.CARRIERS and find_test_sender(provider) else "",
        test_phone=TestForm.typed()["phone"] if is_test else "",
        test_notice=test_notice,
        test_fault=test_fault,
        **_can_edit(),
    )


def _get_typed_values(provider: str) -> dict[str, str]:
    """Get the submitted texts that are no secrets."""
    return {name: text for name, text in FORMS[provider].typed().items() if name in connection_labels.VISIBLE_FIELDS[provider]}


def _build_view(provider: str) -> SimpleNamespace:
    """Build the view of one provider, with or without a connection of the company."""
    _require_provider(provider)
    connection = connections.find_active(provider)
    waits = connection is not None and _is_pending(connection)
    return SimpleNamespace(
        provider=provider,
        name=connection_labels.NAMES[provider],
        purpose=connection_labels.PURPOSES[provider],
        icon=connection_labels.ICONS[provider],
        connection=connection,
        waits=waits,
        state=connection_labels.get_status_label(
            connection, waits=waits, has_platform=connection_changes.list_consequences(provider)["has_platform"]
        ),
        sentence=connection_labels.describe_status(connection, waits=waits),
        received_at=connection_changes.find_last_received_at(connection) if connection else None,
        fields=get_visible_values(connection) if connection else {},
        doors=[(connection_labels.WEBHOOK_LABELS[path], _build_webhook_url(connection, path)) for path in WEBHOOK_PATHS.get(provider, ())]
        if connection
        else [],
    )


def _is_pending(connection: Connection) -> bool:
    requested_at = connection.check_requested_at
    return connection.state == "checking" and requested_at is not None and now() - requested_at < connections.TEST_TIMEOUT


def _build_webhook_url(connection: Connection, path: str) -> str:
    return f"{settings().public_base}/api/{connection.provider}/{path}/{connection.id}"


def _require_provider(provider: str) -> None:
    if provider not in connections.PROVIDERS:
        raise NotFound(_("Das gibt es hier nicht."))


def _can_edit() -> dict[str, bool]:
    return {"may_write": can(current_user, "connections.write")}
