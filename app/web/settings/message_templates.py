"""A company's own texts of messages by branch, service and language: the list, a text with preview and versions, a test mail."""

from dataclasses import replace
from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import force_locale, gettext as _
from flask_login import current_user

from app.core.errors import AppError, InvalidInput, NotFound, ProviderError, TooManyRequests
from app.core.ids import new_ulid
from app.core.locale import LANGUAGES
from app.core.rate_limiter import RateLimit
from app.core.transactions import run_in_transaction, run_read_only, transaction
from app.domain.accounts.permissions import can
from app.domain.bookings.message_preview import MessagePreview, build_examples, find_example_booking, preview_message
from app.domain.notifications.mail_layout import lay_out_mail, lay_out_preview
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import TEMPLATES, get_applying
from app.domain.notifications.sender_accounts import find_sender
from app.domain.notifications.template_changes import check_texts, get_template, reset_template, restore_version, save_template
from app.domain.notifications.template_variables import to_stored, to_words
from app.domain.notifications.template_versions import (
    TemplateChanged,
    TemplateKey,
    TemplateScope,
    count_narrower,
    find_all_nearest,
    list_versions,
)
from app.domain.services import catalogue
from app.models import Booking
from app.providers import open_messenger
from app.providers.messaging.base import OutgoingMessage
from app.web.branch_filter import list_branches
from app.web.fields import ChoiceField, Id, MultilineField, TextField, Version
from app.web.forms import Form, Query, to_errors
from app.web.guards import for_company
from app.web.message_labels import MESSAGE_KINDS, TEMPLATE_LABELS
from app.web.settings.message_template_view import build_row, build_variable, build_versions, describe_origin

MAX_SERVICES = 200
MAX_BODY_LENGTH = 2000
# test mails of one user
TEST_LIMIT = RateLimit("template_test", 5, per_s=600)

blueprint = Blueprint("message_templates", __name__)


class ScopeQuery(Query):
    """Where a text applies, and its language; without one the company's."""

    language: Annotated[str, ChoiceField(*LANGUAGES)] = ""
    branch_id: Id | None = None
    service_id: Id | None = None

    def to_url(self) -> dict[str, str]:
        return {name: value for name, value in self.model_dump().items() if value}


class TextForm(Form):
    """What was typed; empty texts are for the domain to refuse. `based_on`: the version that the form was rendered from."""

    title: Annotated[str, TextField(190)] = ""
    body: Annotated[str, MultilineField(MAX_BODY_LENGTH)] = ""
    based_on: Version = 0


class VersionForm(Form):
    version: Version
    based_on: Version


class ResetForm(Form):
    based_on: Version


@blueprint.get("/settings/message-texts")
@for_company("services.read")
def index() -> str:
    scope, language = _get_scope()
    names = [template.name for template in TEMPLATES.values() if template.is_editable]
    edited = {str(MESSAGE_KINDS[TEMPLATES[name].kind]) for name in names}
    own, narrower = find_all_nearest(names, language, scope), count_narrower(language, scope)
    return render_template(
        "settings/message_templates.html",
        rows=[build_row(TEMPLATES[name], own.get(name), narrower.get(name, 0), TemplateKey(name, language, scope)) for name in names],
        changed=len(own),
        fixed=sorted({str(MESSAGE_KINDS[template.kind]) for template in TEMPLATES.values() if not template.is_editable} - edited),
        **_build_scope_values(),
    )


@blueprint.get("/settings/message-texts/<template_name>")
@for_company("services.read")
def edit(template_name: str) -> str:
    key = _get_key(template_name)
    with force_locale(key.language):
        title, body = get_applying(key)
    values = {"title": to_words(title, key.language), "body": to_words(body, key.language)}
    return _render_page(key, values, {})


@blueprint.post("/settings/message-texts/<template_name>")
@for_company("services.write")
def save(template_name: str) -> Any:
    key = _get_key(template_name)
    try:
        form = TextForm.read()
        with transaction():
            save_template(key, form.title, form.body, based_on=form.based_on, author_id=current_user.id)
    except (InvalidInput, TemplateChanged) as error:
        return _render_page(key, TextForm.typed(), to_errors(error), fault=_get_fault(error)), error.status
    flash(_("Text gespeichert. Er gilt ab der nächsten Nachricht."), "message")
    return _redirect_back(template_name)


@blueprint.post("/settings/message-texts/<template_name>/preview")
@for_company("services.write")
def preview(template_name: str) -> str:
    """The part of the page that follows what is being written; a text with an error is shown as far as it goes."""
    key, form, errors = _get_key(template_name), TextForm.typed(), {}
    try:
        check_texts(key, form["title"], form["body"])
    except InvalidInput as error:
        errors = to_errors(error)
    return render_template("settings/message_template_preview.html", errors=errors, **_build_preview_values(key, form))


@blueprint.post("/settings/message-texts/<template_name>/test")
@for_company("services.write")
def send_test(template_name: str) -> Any:
    """Send what is typed to the reader's own mail address, marked as a test; nothing is saved."""
    key = _get_key(template_name)
    try:
        form = TextForm.read()
        title, body = check_texts(key, form.title, form.body)
        wait_s = TEST_LIMIT.hit(current_user.id)
        if wait_s is not None:
            raise TooManyRequests(_("Das waren viele Tests. In ein paar Minuten geht es wieder."), retry_after_s=wait_s)
        address, booking = current_user.email, _find_booking(key.scope)
        message = preview_message(key, (title, body), booking, g.company, current_user.branch_ids)
        _send_mail(address, message)
    except (InvalidInput, TooManyRequests, TestMailNotPossible) as error:
        return _render_page(key, TextForm.typed(), to_errors(error), fault=_get_fault(error)), error.status
    sentence = _("Der Test ist unterwegs an %(address)s. Gespeichert ist noch nichts.", address=address)
    return _render_page(key, TextForm.typed(), {}, notice=sentence)


@blueprint.get("/settings/message-texts/<template_name>/test")
@for_company("services.read")
def show_after_test(template_name: str) -> Any:
    """Reloading the page of a test by its address leads back to the text."""
    return _redirect_back(_get_key(template_name).name)


@blueprint.post("/settings/message-texts/<template_name>/restore")
@for_company("services.write")
def restore(template_name: str) -> Any:
    key, form = _get_key(template_name), VersionForm.read()
    try:
        run_in_transaction(lambda: restore_version(key, form.version, based_on=form.based_on, author_id=current_user.id))
        flash(_("Fassung %(n)s gilt wieder.", n=form.version), "message")
    except InvalidInput as error:
        flash(" ".join(to_errors(error).values()), "error")
    except TemplateChanged as error:
        flash(error.message, "error")
    return _redirect_back(template_name)


@blueprint.post("/settings/message-texts/<template_name>/reset")
@for_company("services.write")
def reset(template_name: str) -> Any:
    key, form = _get_key(template_name), ResetForm.read()
    try:
        run_in_transaction(lambda: reset_template(key, based_on=form.based_on, author_id=current_user.id))
        flash(_("Ihr Text ist zurückgenommen."), "message")
    except TemplateChanged as error:
        flash(error.message, "error")
    return _redirect_back(template_name)


class TestMailNotPossible(AppError):
    """No mail can be sent now."""

    status = 409
    code = "test_not_possible"


def _send_mail(address: str, message: MessagePreview) -> None:
    """Send it with no transaction open. Raises TestMailNotPossible."""
    sender = run_read_only(lambda: find_sender("email"))
    if sender is None:
        raise TestMailNotPossible(_("E-Mail ist noch nicht eingerichtet."))
    title, note = _("Test: %(title)s", title=message.title), _("Das ist ein Test. Der Link darin führt nirgendwohin.")
    html = lay_out_mail(replace(message.mail, title=title, footer=(note, *message.mail.footer)))
    try:
        mail = OutgoingMessage(new_ulid(), address, f"{note}\n\n{message.body}", title, html=html)
        open_messenger(sender).send(mail)
    except ProviderError as error:
        raise TestMailNotPossible(_("Der Mailserver hat den Test nicht angenommen. Bitte prüfen Sie die Verbindung.")) from error


def _get_scope() -> tuple[TemplateScope, str]:
    """Get the scope of the page and its language. Raises NotFound for a branch or service that is not the reader's."""
    query = ScopeQuery.read_known()
    if query.branch_id and query.branch_id not in dict(list_branches()):
        raise NotFound(_("Das gibt es hier nicht."))
    if query.service_id and query.service_id not in dict(_list_services()):
        raise NotFound(_("Das gibt es hier nicht."))
    return TemplateScope(query.branch_id, query.service_id), query.language or g.company.language


def _get_key(name: str) -> TemplateKey:
    scope, language = _get_scope()
    return TemplateKey(get_template(name).name, language, scope)


def _redirect_back(name: str) -> Any:
    return redirect(url_for("message_templates.edit", template_name=name, **ScopeQuery.read_known().to_url()))


def _get_fault(error: AppError) -> str:
    """The sentence above the form where none stands beside a field."""
    return "" if to_errors(error) else error.message


def _render_page(key: TemplateKey, values: dict[str, Any], errors: dict[str, str], *, fault: str = "", notice: str = "") -> str:
    versions, template = list_versions(key), get_template(key.name)
    with force_locale(key.language):
        examples = build_examples(key.scope, _find_booking(key.scope), g.company, current_user.branch_ids)
    own = find_all_nearest([key.name], key.language, key.scope).get(key.name)
    return render_template(
        "settings/message_template.html",
        label=TEMPLATE_LABELS[key.name],
        values={"title": values["title"], "body": values["body"]},
        errors=errors,
        fault=fault,
        notice=notice,
        origin=describe_origin(own, key.scope),
        has_own=own is not None and own.scope == key.scope.key,
        may_test=find_sender("email") is not None,
        based_on=versions[0].version if versions else 0,
        versions=build_versions(versions, key.language),
        variables=[build_variable(name, key.language, template, examples[name]) for name in template.variables],
        **_build_scope_values() | _build_preview_values(key, values),
    )


def _build_preview_values(key: TemplateKey, values: dict[str, Any]) -> dict[str, Any]:
    booking = _find_booking(key.scope)
    message = preview_message(key, (to_stored(values["title"]), to_stored(values["body"])), booking, g.company, current_user.branch_ids)
    cost = message.segments * load_message_policies().rules().segment_tenth_cents / 10
    is_mailed = "email" in get_kind(get_template(key.name).kind).channels
    return {
        "name": key.name,
        "language": key.language,
        "preview": message,
        "mail": lay_out_preview(message.mail),
        "is_mailed": is_mailed,
        "example": booking,
        "cost": cost,
    }


def _find_booking(scope: TemplateScope) -> Booking | None:
    """The next appointment that the reader may see."""
    return find_example_booking(scope, current_user.branch_ids)


def _build_scope_values() -> dict[str, Any]:
    scope, language = _get_scope()
    branches, services = list_branches(), _list_services()
    parts = [dict(services).get(scope.service_id or ""), dict(branches).get(scope.branch_id or "")]
    return {
        "language": language,
        "scope": {"branch_id": scope.branch_id or "", "service_id": scope.service_id or ""},
        "query": ScopeQuery.read_known().to_url(),
        "scope_label": ", ".join(filter(None, parts)) or _("Ganzer Betrieb"),
        "languages": [("de", _("Deutsch")), ("en", _("Englisch"))],
        "branches": [("", _("alle")), *branches],
        "services": [("", _("alle")), *services],
        "may_write": can(current_user, "services.write"),
    }


def _list_services() -> list[tuple[str, str]]:
    return [(service.id, service.name) for service in catalogue.list_services(limit=MAX_SERVICES)]
