"""What toasts look like and offer, and that their text is never markup."""

import pytest
from flask import Flask, get_template_attribute, session

from app.web.toasts import Toast, flash_toast, read_toast


def _render(toast: Toast) -> str:
    return str(get_template_attribute("partials/controls.html", "toast")(toast))


@pytest.mark.parametrize(
    "toast", [Toast("Gespeichert."), Toast("Abgesagt.", "warn", undo="/a?b=1&c=2", set_up="sms"), Toast("Das ging nicht.", "bad")]
)
def test_a_toast_survives_the_session(app: Flask, toast: Toast) -> None:
    with app.test_request_context():
        flash_toast(toast)
        [(category, text)] = session["_flashes"]
        assert read_toast(text, category) == toast


def test_plain_categories_are_read(app: Flask) -> None:
    assert read_toast("a", "message") == Toast("a")
    assert read_toast("a", "error") == Toast("a", "bad")
    assert read_toast("a", "undo /b?c=1") == Toast("a", undo="/b?c=1")


def test_bad_news_stays_until_it_is_closed_and_good_news_does_not(app: Flask) -> None:
    with app.test_request_context():
        good, warning, bad = _render(Toast("a")), _render(Toast("a", "warn")), _render(Toast("a", "bad"))
    assert "data-dismiss" not in good and "circle-check" in good
    for shown in (warning, bad):
        assert 'data-toast="stays"' in shown and "data-dismiss" in shown and "circle-check" not in shown
    assert "is-warn" in warning and "is-warn" not in bad


def test_the_text_of_a_toast_is_never_markup(app: Flask) -> None:
    with app.test_request_context():
        assert "<b>" not in _render(Toast("Mira <b>", "warn"))
