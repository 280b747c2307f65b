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
from app.web.message_labels import MESSAGE_KINDS
from app.web.settings.message_template_view import TEMPLATE_LABELS
from tests.house.imports import modules, syntax_tree

DRAFTS = {"NotificationDraft", "PlannedMessage"}


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
            for node in ast.walk(syntax_tree(module)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DRAFTS:
                    kind = node.args[0] if node.args else None
                    yield kind.value if isinstance(kind, ast.Constant) else None
