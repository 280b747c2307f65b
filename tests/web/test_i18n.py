"""The words of templates come in the reader's language, and in another one where that is forced."""

from flask import Flask, render_template_string
from flask_babel import force_locale

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
