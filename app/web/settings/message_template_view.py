"""What the pages of message texts say of each text: whose it is, its variables and its versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext as _

from app.domain.notifications.message_templates import MessageTemplate
from app.domain.notifications.template_variables import VARIABLES, get_word, to_words
from app.domain.notifications.template_versions import TemplateKey, TemplateScope, list_authors
from app.models import MessageTemplateVersion
from app.web.message_labels import TEMPLATE_LABELS


@dataclass(frozen=True)
class TemplateRow:
    name: str
    label: str
    body: str
    # ours, here, or the wider scope that the text is from
    origin: str
    is_ours: bool
    narrower: int


@dataclass(frozen=True)
class VersionRow:
    number: int
    at: datetime
    who: str
    title: str
    body: str
    is_current: bool
    may_restore: bool


def build_row(template: MessageTemplate, own: MessageTemplateVersion | None, narrower: int, key: TemplateKey) -> TemplateRow:
    with force_locale(key.language):
        body = to_words(own.body or "" if own else template.get_texts()[1], key.language)
    return TemplateRow(template.name, str(TEMPLATE_LABELS[template.name]), body, describe_origin(own, key.scope), own is None, narrower)


def describe_origin(own: MessageTemplateVersion | None, scope: TemplateScope) -> str:
    if own is None:
        return _("Standardtext von AskProAI")
    if own.scope == scope.key:
        return _("Ihr Text")
    if own.service_id:
        return _("von der Leistung")
    return _("von der Filiale") if own.branch_id else _("vom Betrieb")


def build_variable(name: str, language: str, template: MessageTemplate, example: Any) -> dict[str, Any]:
    is_required = any(group == (name,) for group in template.required)
    return {"word": get_word(name, language), "meaning": VARIABLES[name].meaning, "example": example or "–", "is_required": is_required}


def build_versions(rows: list[MessageTemplateVersion], language: str) -> list[VersionRow]:
    authors = list_authors(rows)
    return [
        VersionRow(
            row.version, row.created_at, authors.get(row.author_id or "", ""), to_words(row.title or "", language),
            to_words(row.body or "", language), row.is_current, row.body is not None and not row.is_current,
        )
        for row in rows
    ]  # fmt: skip
