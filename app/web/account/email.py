"""The change of one's e-mail address, and the page behind the link that confirms it."""

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.core.route_guards import declare_guard
from app.core.transactions import transaction
from app.domain.accounts import email_change
from app.domain.notifications.sender_accounts import find_platform_sender
from app.models import User
from app.web.account.confirmation import ask_for_confirmation
from app.web.fields import VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import for_user
from app.web.language_choice import answer_language_choice

blueprint = Blueprint("email", __name__)
guard_link = declare_guard("token", "whoever has the link: 256 bits that expire, of which only a hash is kept")


class EmailForm(Form):
    email: Annotated[str, VerbatimField(191)] = ""


@blueprint.get("/account/email")
@for_user()
def index() -> str:
    return _render_page({})


@blueprint.post("/account/email")
@for_user()
def request_change() -> Response | tuple[str, int]:
    if (question := ask_for_confirmation(url_for("email.index"))) is not None:
        return question
    try:
        with transaction():
            email_change.request_change(db.session.get_one(User, current_user.id), EmailForm.read().email)
    except InvalidInput as error:
        return _render_page(to_errors(error), typed=EmailForm.typed()["email"]), error.status
    return redirect(url_for("email.index"))


@blueprint.post("/account/email/withdraw")
@for_user()
def withdraw() -> Response:
    with transaction():
        email_change.withdraw_change(current_user)
    flash(_("Ihre Adresse bleibt, wie sie ist."), "message")
    return redirect(url_for("email.index"))


@blueprint.get("/confirm-email/<token>")
@guard_link
def show_confirmation(token: str) -> Response | str:
    """Ask only: programs that look into links would confirm otherwise."""
    _user, email = email_change.get_change(token)
    return answer_language_choice() or render_template("account/email_confirmation.html", email=email, token=token, is_done=False)


@blueprint.post("/confirm-email/<token>")
@guard_link
def confirm(token: str) -> str:
    with transaction():
        email = email_change.confirm_change(token).email
    return render_template("account/email_confirmation.html", email=email, token=token, is_done=True)


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[str, int]:
    return render_template("sign_in/expired.html", is_password=False), 404


def _render_page(errors: dict[str, str], *, typed: str = "") -> str:
    pending, may_mail = email_change.find_pending_email(current_user), find_platform_sender("email") is not None
    return render_template("account/email.html", errors=errors, typed=typed, pending_email=pending, may_mail=may_mail)
