"""Asks for the password before the account itself is changed, unless the user has just signed in."""

from typing import Annotated

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.rate_limiter import RateLimit
from app.domain.accounts import passwords
from app.domain.accounts.sign_in import raise_if_limited
from app.web.fields import VerbatimField
from app.web.forms import Form
from app.web.guards import for_user, get_next_path
from app.web.user_session import is_confirmed, mark_confirmed

# wrong passwords a minute in the sessions of one user
LIMIT = RateLimit("account.confirm", 10)

blueprint = Blueprint("confirmation", __name__)


class ConfirmationForm(Form):
    password: Annotated[str, VerbatimField(passwords.MAX_LENGTH + 1)] = ""


def ask_for_confirmation(target: str) -> Response | None:
    """Lead to the question for the password, and from there to the target; None where nothing has to be asked."""
    return None if is_confirmed() else redirect(url_for("confirmation.show", next=target))


@blueprint.get("/account/confirm")
@for_user()
def show() -> str:
    return _render_page()


@blueprint.post("/account/confirm")
@for_user()
def confirm() -> Response | tuple[str, int]:
    raise_if_limited(LIMIT.hit(current_user.id))
    if not passwords.verify_password(ConfirmationForm.read().password, current_user.password_hash):
        return _render_page(error=_("Das ist nicht Ihr Passwort.")), 422
    LIMIT.take_back(current_user.id)
    mark_confirmed()
    return redirect(get_next_path(default=url_for("profile.index")))


def _render_page(*, error: str | None = None) -> str:
    return render_template("account/confirm.html", error=error, next=get_next_path(default=""))
