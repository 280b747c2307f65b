"""The second step of signing in: set up with an authenticator app, recovery codes, and switching it off."""

from typing import Annotated
from urllib.parse import quote

import segno
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.accounts import passwords, recovery_codes, two_factor
from app.domain.notifications.sender_accounts import find_platform_sender
from app.models import User
from app.web.account.confirmation import ask_for_confirmation
from app.web.fields import VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import for_user
from app.web.user_session import get_start_path

# of the session: the secret that is not confirmed by a first code yet
SETUP = "totp_setup"

blueprint = Blueprint("two_factor", __name__)


class FirstCodeForm(Form):
    code: Annotated[str, VerbatimField(40)] = ""


class SwitchOffForm(Form):
    password: Annotated[str, VerbatimField(passwords.MAX_LENGTH + 1)] = ""
    code: Annotated[str, VerbatimField(40)] = ""


@blueprint.get("/account/two-factor")
@for_user()
def index() -> str:
    return _render_page({})


@blueprint.get("/account/two-factor/setup")
@for_user()
def set_up() -> Response | str:
    if current_user.has_two_factor:
        return redirect(url_for("two_factor.index"))
    if (question := ask_for_confirmation(url_for("two_factor.set_up"))) is not None:
        return question
    session.setdefault(SETUP, two_factor.generate_secret())
    return _render_setup()


@blueprint.post("/account/two-factor/setup")
@for_user()
def enable() -> Response | str | tuple[str, int]:
    question, secret = ask_for_confirmation(url_for("two_factor.set_up")), session.get(SETUP)
    if question is not None or secret is None or current_user.has_two_factor:
        return question or redirect(url_for("two_factor.set_up"))
    try:
        with transaction():
            codes = two_factor.enable(db.session.get_one(User, current_user.id), secret, FirstCodeForm.read().code)
    except InvalidInput as error:
        return _render_setup(error=to_errors(error)["code"]), error.status
    session.pop(SETUP)
    return _render_codes(codes, is_new=True)


@blueprint.get("/account/two-factor/codes")
@for_user()
def show_codes() -> Response:
    """The codes are shown in the answer that makes them, and never again."""
    return redirect(url_for("two_factor.index"))


@blueprint.post("/account/two-factor/codes")
@for_user()
def renew_codes() -> Response | str:
    question = ask_for_confirmation(url_for("two_factor.index"))
    if question is not None or not current_user.has_two_factor:
        return question or redirect(url_for("two_factor.index"))
    with transaction():
        codes = recovery_codes.renew_recovery_codes(current_user)
    return _render_codes(codes, is_new=False)


@blueprint.post("/account/two-factor")
@for_user()
def disable() -> Response | tuple[str, int]:
    if not current_user.has_two_factor:
        return redirect(url_for("two_factor.index"))
    form = SwitchOffForm.read()
    try:
        with transaction():
            two_factor.disable(db.session.get_one(User, current_user.id), password=form.password, code=form.code)
    except InvalidInput as error:
        return _render_page(to_errors(error)), error.status
    flash(_("Ab jetzt genügt Ihr Passwort."), "message")
    return redirect(url_for("two_factor.index"))


def _render_page(errors: dict[str, str]) -> str:
    return render_template(
        "account/two_factor.html",
        errors=errors,
        unused_codes=recovery_codes.count_unused_codes(current_user),
        is_required=two_factor.is_required(current_user),
        may_mail=find_platform_sender("email") is not None,
    )


def _render_setup(*, error: str | None = None) -> str:
    secret = session[SETUP]
    picture = segno.make(two_factor.build_uri(current_user, secret), error="m")
    return render_template(
        "account/two_factor_setup.html",
        error=error,
        # ours, and shapes alone
        picture=Markup(picture.svg_inline(omitsize=True, light="#fff", border=2)),  # noqa: S704
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        is_required=two_factor.is_required(current_user),
    )


def _render_codes(codes: list[str], *, is_new: bool) -> str:
    text = "\n".join([_("AskProAI, Wiederherstellungscodes für %(email)s", email=current_user.email), "", *codes, ""])
    href = f"data:text/plain;charset=utf-8,{quote(text)}"
    return render_template("account/recovery_codes.html", codes=codes, is_new=is_new, href=href, start=get_start_path(current_user))
