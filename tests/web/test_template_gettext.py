"""The words of templates come in the reader's language, and in another one where that is forced."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from flask import Flask, render_template_string
from flask_babel import force_locale

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2")]

WORDS = "{{ _('Anrufe') }} · {{ ngettext('%(num)s Anruf', '%(num)s Anrufe', 2) }} · {{ _('Hallo %(name)s', name='<b>') }}"


def test_a_forced_language_holds_as_long_as_it_is_forced(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        before = render_template_string(WORDS)
        with force_locale("en"):
            assert render_template_string(WORDS).startswith("Calls")
        assert render_template_string(WORDS) == before
        assert before == "Anrufe · 2 Anrufe · Hallo &lt;b&gt;"
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert render_template_string(WORDS).startswith("Calls")


def test_outside_of_a_request_a_language_can_be_forced_as_well(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        assert app.jinja_env.from_string(WORDS).render().startswith("Calls")


def test_no_words_are_used_both_with_and_without_a_plural() -> None:
    """The catalogue keeps such words under their plural, where a plain look-up does not find them."""
    alone, counted = set(), set()
    for _file, _line, message, _comments, _context in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS):
        (counted.add(message[0]) if isinstance(message, tuple) else alone.add(message))
    assert len(counted) > 20
    assert alone & counted == set()
