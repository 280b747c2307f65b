"""The page for a forgotten password, and the one behind the link of its mail."""

from typing import Annotated

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput, NotFound
from app.core.route_guards import declare_guard
from app.core.transactions import transaction
from app.domain.accounts import password_reset, passwords
from app.domain.notifications.sender_accounts import find_platform_sender
from app.web.fields import VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import public
from app.web.language_choice import answer_language_choice

blueprint = Blueprint("password_reset", __name__)
guard_link = declare_guard("token", "whoever has the link: 256 bits that expire, of which only a hash is kept")
Password = Annotated[str, VerbatimField(passwords.MAX_LENGTH + 1)]


class ForgottenPasswordForm(Form):
    email: Annotated[str, VerbatimField(191)] = ""


class NewPasswordForm(Form):
    new_password: Password = ""
    repeat_password: Password = ""


@blueprint.get("/forgot")
@public("whoever has forgotten their password cannot sign in")
def forgot() -> Response | str:
    return answer_language_choice() or _render_form()


@blueprint.post("/forgot")
@public("whoever has forgotten their password cannot sign in")
def request_link() -> str | tuple[str, int]:
    email = ForgottenPasswordForm.read().email
    try:
        with transaction():
            password_reset.request_reset(email, address=request.remote_addr or "")
    except InvalidInput as error:
        return _render_form(email=email, error=to_errors(error)["email"]), error.status
    return _render_form(email=email, is_sent=True)


@blueprint.get("/reset/<token>")
@guard_link
def show(token: str) -> Response | str:
    password_reset.get_user_of_link(token)
    return answer_language_choice() or render_template("sign_in/reset.html", errors={})


@blueprint.post("/reset/<token>")
@guard_link
def reset(token: str) -> Response | tuple[str, int]:
    form = NewPasswordForm.read()
    try:
        if form.new_password != form.repeat_password:
            password_reset.get_user_of_link(token)
            sentence = _("Die beiden neuen Passwörter sind nicht gleich.")
            raise InvalidInput(sentence, fields={"repeat_password": sentence})
        with transaction():
            password_reset.complete_reset(token, form.new_password)
    except InvalidInput as error:
        return render_template("sign_in/reset.html", errors=to_errors(error)), error.status
    return redirect(url_for("sign_in.login", password_set=1))


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[str, int]:
    return render_template("sign_in/expired.html", is_password=True), 404


def _render_form(*, email: str = "", error: str | None = None, is_sent: bool = False) -> str:
    may_mail = find_platform_sender("email") is not None
    return render_template("sign_in/forgot.html", email=email, error=error, is_sent=is_sent, may_mail=may_mail)
