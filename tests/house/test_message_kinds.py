"""Every message is of a kind with a class, and every template of a kind; what is sent as a text message stays in the short alphabet."""

import ast
from collections.abc import Iterator

from flask import Flask
from flask_babel import force_locale

from app.core.locale import LANGUAGES
from app.domain.notifications.message_kinds import KINDS
from app.domain.notifications.message_templates import TEMPLATES
from app.domain.notifications.sms_segments import is_gsm_7
from app.domain.notifications.template_variables import VARIABLES, list_names
from app.jobs.message_writers import WRITERS
from app.web.message_labels import MESSAGE_KINDS, TEMPLATE_LABELS
from tests.house.imports import modules, syntax_nodes

DRAFTS = {"NotificationDraft", "PlannedMessage"}
# where the table, its texts, its words and its writers are
TABLES = {
    "app.domain.notifications.message_kinds", "app.domain.notifications.message_templates", "app.web.message_labels",
    "app.jobs.message_writers",
}  # fmt: skip
# other modules that name a kind, and why; whoever plans, queues or writes one may name it
NAMED_ELSEWHERE = {
    "app.domain.agents.tools.handoff": "which messages a link that is asked for again repeats",
    "app.domain.bookings.change_notices": "queues what became of a booking, by the change",
    "app.domain.bookings.message_resend": "writes these anew",
    "app.domain.bookings.message_writer": "the words on the link of a mail",
    "app.domain.marketing.rules": "a rule of that name for each of these kinds",
    "app.domain.marketing.message_plans": "plans them",
    "app.domain.marketing.message_writer": "writes them",
    "app.domain.replies.offers": "reads the answers to this one",
    "app.web.public.consent_confirmation": "its page has the name",
    "app.web.public.proxy_confirmation": "its page has the name",
    "app.web.settings.marketing_rules": "the fields of these rules",
    "app.domain.staff_notices.digest_sections": "notices to the team of the same names",
    "app.domain.staff_notices.notice_actors": "notices to the team of the same names",
    "app.domain.staff_notices.notice_kinds": "notices to the team of the same names",
    "app.domain.staff_notices.notice_texts": "notices to the team of the same names",
    "app.listeners.staff_notices": "notices to the team of the same names",
    "app.web.dashboard.notice_labels": "notices to the team of the same names",
}


def test_every_kind_has_a_class_a_recipient_and_a_channel() -> None:
    for kind in KINDS.values():
        assert kind.message_class in ("service", "marketing"), kind.name
        assert kind.recipient in ("customer", "staff"), kind.name
        assert kind.channels, kind.name


def test_every_kind_that_is_queued_is_in_the_table() -> None:
    """A kind is a literal, or a name whose values the table's own look-up checks as the message is stored."""
    literals = {value for value in _list_queued_kinds() if value is not None}
    assert literals - KINDS.keys() == set()
    assert literals


def test_every_template_is_of_a_kind_and_every_kind_has_one() -> None:
    assert {template.kind for template in TEMPLATES.values()} == KINDS.keys()


def test_every_kind_that_is_written_as_it_leaves_has_a_writer() -> None:
    assert WRITERS.keys() == {kind.name for kind in KINDS.values() if kind.is_planned or kind.is_channel_specific}


def test_only_the_table_and_who_makes_a_kind_name_it() -> None:
    """What holds for a kind is a property of it; names of one word are words of others as well."""
    names = {name for name in KINDS if "_" in name}
    found = {module for module in modules() if module.startswith("app.") and names & (_list_texts(module) - _list_own_kinds(module))}
    assert found - TABLES == NAMED_ELSEWHERE.keys()


def test_every_kind_has_a_word_for_people() -> None:
    assert MESSAGE_KINDS.keys() == KINDS.keys()
    assert TEMPLATE_LABELS.keys() == {template.name for template in TEMPLATES.values() if template.is_editable}


def test_text_messages_use_the_short_alphabet(app: Flask) -> None:
    with app.test_request_context():
        for language in LANGUAGES:
            with force_locale(language):
                odd = {name for name, template in TEMPLATES.items() if not is_gsm_7(str(template.body))}
                assert odd == set(), language


def test_every_variable_of_our_texts_is_in_the_table(app: Flask) -> None:
    """In title and text, of both languages; a template that companies may change allows and requires only what is there."""
    with app.test_request_context():
        for language in LANGUAGES:
            with force_locale(language):
                for template in TEMPLATES.values():
                    used = {name for text in template.get_texts() for name in list_names(text)}
                    assert used <= VARIABLES.keys(), (template.name, language)
                    assert "%" not in "".join(template.get_texts()), template.name
                    if template.is_editable:
                        assert used <= {*template.variables} <= VARIABLES.keys(), (template.name, language)
                        assert all({*group} <= {*template.variables} for group in template.required), template.name


def test_every_variable_is_explained_with_an_example_in_both_languages(app: Flask) -> None:
    with app.test_request_context():
        for language in LANGUAGES:
            with force_locale(language):
                for variable in VARIABLES.values():
                    assert variable.words[language] and str(variable.meaning) and str(variable.example), variable.name


def _list_queued_kinds() -> Iterator[str | None]:
    for module in modules():
        if module.startswith("app."):
            yield from _list_drafts(module)


def _list_drafts(module: str) -> Iterator[str | None]:
    for node in syntax_nodes(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DRAFTS:
            kind = node.args[0] if node.args else None
            yield kind.value if isinstance(kind, ast.Constant) else None


def _list_own_kinds(module: str) -> set[str | None]:
    """The kinds that a module queues, or names as its own: KIND = "..."."""
    own = [
        node.value.value
        for node in syntax_nodes(module)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and ast.unparse(node.targets[0]) == "KIND"
    ]
    return {*own, *_list_drafts(module)}


def _list_texts(module: str) -> set[str | None]:
    return {node.value for node in syntax_nodes(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
