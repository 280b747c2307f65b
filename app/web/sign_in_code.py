"""The second step of signing in: the code of the authenticator app, after the password was right."""

from datetime import datetime, timedelta
from typing import Annotated

from flask import Blueprint, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.accounts import two_factor
from app.domain.accounts.sign_in import can_sign_in
from app.models import User
from app.web.fields import VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import public, safe_redirect_path
from app.web.language_choice import answer_language_choice
from app.web.user_session import complete_sign_in, end_previous_session

# of the session: who has typed the right password, and when
PENDING = "second_step"
LIFETIME = timedelta(minutes=10)

blueprint = Blueprint("sign_in_code", __name__)


class CodeForm(Form):
    code: Annotated[str, VerbatimField(40)] = ""


def ask_for_code(user: User, *, target: str) -> Response:
    """Lead to the second step; until it is done nobody is signed in, not even whoever was before."""
    with transaction():
        end_previous_session(user)
    session.clear()
    session.regenerate()  # type: ignore[attr-defined]
    session[PENDING] = {"user": user.id, "epoch": user.session_epoch, "at": now().isoformat(), "next": target}
    return redirect(url_for("sign_in_code.show"))


@blueprint.get("/login/code")
@public("nobody is signed in before the second step")
def show() -> Response | str:
    if _find_pending_user() is None:
        return redirect(url_for("sign_in.login"))
    return answer_language_choice() or render_template("sign_in/code.html", error=None)


@blueprint.post("/login/code")
@public("nobody is signed in before the second step")
def enter() -> Response | tuple[str, int]:
    user = _find_pending_user()
    if user is None:
        return redirect(url_for("sign_in.login"))
    try:
        with transaction():
            method = two_factor.verify(user, CodeForm.read().code)
    except InvalidInput as error:
        return render_template("sign_in/code.html", error=to_errors(error)["code"]), error.status
    db.session.refresh(user)
    return complete_sign_in(user, method=method, target=safe_redirect_path(session[PENDING]["next"]))


def _find_pending_user() -> User | None:
    """Whoever has typed the password a moment ago, unless it has changed since or they were blocked."""
    pending = session.get(PENDING)
    if not pending or now() - datetime.fromisoformat(pending["at"]) >= LIFETIME:
        return None
    user = db.session.get(User, pending["user"])
    is_same = user is not None and user.has_two_factor and user.session_epoch == pending["epoch"] and can_sign_in(user)
    return user if is_same else None
