"""Where the user is signed in, and ending that from here."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.transactions import transaction
from app.domain.accounts import web_sessions
from app.domain.accounts.web_sessions import OpenSession
from app.domain.staff_notices.push_subscriptions import end_push_of_browser
from app.web.guards import for_user
from app.web.user_agent import describe_browser

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/account/sessions")
@for_user()
def index() -> str:
    found = web_sessions.list_sessions(current_user)
    own_id = _get_own_id()
    rows = [(each, describe_browser(each.browser)) for each in sorted(found, key=lambda each: each.id != own_id)]
    return render_template("account/sessions.html", rows=rows, own_id=own_id)


@blueprint.post("/account/sessions/<session_id>/end")
@for_user()
def end(session_id: str) -> Response:
    with transaction():
        _end_push(web_sessions.end_session(current_user, session_id))
    if session_id == _get_own_id():
        return redirect(url_for("sign_in.login", signed_out=1))
    flash(_("Dort sind Sie abgemeldet."), "message")
    return redirect(url_for("sessions.index"))


@blueprint.post("/account/sessions/end-others")
@for_user()
def end_others() -> Response:
    with transaction():
        ended = web_sessions.end_other_sessions(current_user, _get_own_id())
        _end_push(*ended)
    flash(ngettext("%(num)s Gerät ist abgemeldet.", "%(num)s Geräte sind abgemeldet.", len(ended)), "message")
    return redirect(url_for("sessions.index"))


def _get_own_id() -> str | None:
    own_id: str | None = session.id_hash  # type: ignore[attr-defined]
    return own_id


def _end_push(*ended: OpenSession) -> None:
    """Whoever is signed out of a browser gets no push there any more."""
    for each in ended:
        if each.device_id:
            end_push_of_browser(each.device_id, current_user.id)
