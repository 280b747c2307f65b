"""Changes a company's own texts of messages: what may stand in one is checked, each change is a version and an entry of the audit log."""

import re

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.notifications.message_templates import TEMPLATES, MessageTemplate
from app.domain.notifications.template_variables import VARIABLES, get_word, join_words, list_names, substitute, to_stored
from app.domain.notifications.template_versions import TemplateKey, TemplateScope, add_version
from app.events import MessagePolicyChanged
from app.models import Branch, MessageTemplateVersion, Service

MAX_TITLE_LENGTH = 120
# with example values; carriers take 1600 characters, and real values may be longer
MAX_LENGTH = 900
# what stands right beside a link may become part of it on a phone
FREE_LINK = re.compile(r"(?<!\S)\{link\}(?!\S)")


def get_template(name: str) -> MessageTemplate:
    """Get a template that companies may change. Raises NotFound."""
    template = TEMPLATES.get(name)
    if template is None or not template.is_editable:
        raise NotFound(_("Das gibt es hier nicht."))
    return template


def check_texts(key: TemplateKey, title: str, body: str) -> tuple[str, str]:
    """Check title and text as people wrote them, and get them as they are stored. Raises InvalidInput with one sentence per field."""
    template, stored = get_template(key.name), (to_stored(" ".join(title.split())), to_stored(body.strip()))
    wrong = {
        field: sentence
        for field, sentence in (("title", _find_title_error(template, stored[0], key.language)),
                                ("body", _find_body_error(template, stored[1], key.language)))
        if sentence
    }  # fmt: skip
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    return stored


def save_template(key: TemplateKey, title: str, body: str, *, based_on: int, author_id: str) -> MessageTemplateVersion:
    """Save a text as a new version. Raises InvalidInput, NotFound or TemplateChanged."""
    texts = check_texts(key, title, body)
    _require_scope(key.scope)
    return _add(key, texts, based_on=based_on, author_id=author_id)


def reset_template(key: TemplateKey, *, based_on: int, author_id: str) -> MessageTemplateVersion:
    """Let the text of the next wider scope apply again, at last ours. Raises NotFound or TemplateChanged."""
    get_template(key.name)
    _require_scope(key.scope)
    return _add(key, None, based_on=based_on, author_id=author_id)


def restore_version(key: TemplateKey, version: int, *, based_on: int, author_id: str) -> MessageTemplateVersion:
    """Make an earlier version's text the newest one, where it still meets the rules. Raises NotFound, InvalidInput or TemplateChanged."""
    earlier = db.session.scalars(
        select(MessageTemplateVersion).where(
            MessageTemplateVersion.name == key.name, MessageTemplateVersion.language == key.language,
            MessageTemplateVersion.scope == key.scope.key, MessageTemplateVersion.version == version,
        )
    ).first()  # fmt: skip
    if earlier is None or earlier.body is None:
        raise NotFound(_("Diese Fassung gibt es nicht."))
    return save_template(key, earlier.title or "", earlier.body, based_on=based_on, author_id=author_id)


def _add(key: TemplateKey, texts: tuple[str, str] | None, *, based_on: int, author_id: str) -> MessageTemplateVersion:
    row = add_version(key, texts, based_on=based_on, author_id=author_id)
    record(
        "message_template_saved" if texts else "message_template_reset",
        subject=f"message_template:{key.name}", data={"language": key.language, "scope": key.scope.key, "version": row.version},
    )  # fmt: skip
    publish(MessagePolicyChanged(row.company_id))
    return row


def _require_scope(scope: TemplateScope) -> None:
    """Raises NotFound where branch or service are not the company's."""
    for model, row_id in ((Branch, scope.branch_id), (Service, scope.service_id)):
        if row_id and db.session.scalars(select(model).where(model.id == row_id)).first() is None:
            raise NotFound(_("Das gibt es hier nicht."))


def _find_title_error(template: MessageTemplate, title: str, language: str) -> str | None:
    if not title:
        return _("Bitte schreiben Sie einen Betreff.")
    if len(title) > MAX_TITLE_LENGTH:
        return _("Das ist zu lang, höchstens %(n)s Zeichen.", n=MAX_TITLE_LENGTH)
    if "{link}" in title:
        return _("Der Link gehört in den Text, nicht in den Betreff.")
    return _find_variable_error(template, title, language)


def _find_body_error(template: MessageTemplate, body: str, language: str) -> str | None:
    if not body:
        return _("Bitte schreiben Sie einen Text, oder setzen Sie ihn zurück.")
    if error := _find_variable_error(template, body, language):
        return error
    for group in template.required:
        if not {*group} & {*list_names(body)}:
            conjunction = _("oder")
            words = join_words(group, language, f" {conjunction} ")
            return _("Es fehlt %(words)s. Ohne diese Angabe hilft die Nachricht niemandem; bitte fügen Sie sie ein.", words=words)
    if body.count("{link}") > 1:
        return _("Der Link steht zweimal im Text. Einmal genügt.")
    if "{link}" in body and not FREE_LINK.search(body):
        return _("Vor und nach dem Link braucht es eine Leerstelle, sonst lässt er sich auf manchen Telefonen nicht öffnen.")
    if len(substitute(body, {name: variable.example for name, variable in VARIABLES.items()})) > MAX_LENGTH:
        return _("Das ist zu lang, höchstens %(n)s Zeichen.", n=MAX_LENGTH)
    return None


def _find_variable_error(template: MessageTemplate, text: str, language: str) -> str | None:
    """Say which word in braces is none of this template's variables, and which are."""
    for name in list_names(text):
        if name not in template.variables:
            allowed = join_words(template.variables, language, ", ")
            return _("{%(word)s} gibt es in dieser Nachricht nicht. Möglich sind: %(words)s", word=get_word(name, language), words=allowed)
    if {"{", "}"} & {*substitute(text, {})}:
        example = join_words(["what"], language, "")
        return _("Eine geschweifte Klammer steht allein. Platzhalter sehen so aus: %(example)s", example=example)
    return None
