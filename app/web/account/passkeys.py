"""The user's passkeys: added by the browser, named, listed and removed."""

from typing import Annotated, Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import run_in_transaction, transaction
from app.domain.accounts import passkeys
from app.domain.accounts.account_tokens import claim_token
from app.domain.notifications.sender_accounts import find_platform_sender
from app.models import User
from app.web.account.confirmation import ask_for_confirmation
from app.web.fields import TextField, VerbatimField
from app.web.forms import Form, to_errors
from app.web.guards import for_user
from app.web.user_agent import describe_browser
from app.web.user_session import is_confirmed

# of the session: what the browser is to sign
CHALLENGE = "passkey_challenge"

blueprint = Blueprint("passkeys", __name__)


class PasskeyForm(Form):
    """`credential` is what `PublicKeyCredential` says, as JSON."""

    name: Annotated[str, TextField(passkeys.MAX_NAME_LENGTH)] = ""
    credential: Annotated[str, VerbatimField(passkeys.MAX_CREDENTIAL_LENGTH)] = ""


class PasskeyNameForm(Form):
    name: Annotated[str, TextField(passkeys.MAX_NAME_LENGTH)]


@blueprint.get("/account/passkeys")
@for_user()
def index() -> str:
    return _render_page({})


@blueprint.post("/account/passkeys/options")
@for_user()
def options() -> Response:
    if not is_confirmed():
        return jsonify(location=url_for("confirmation.show", next=url_for("passkeys.index")))
    challenge = run_in_transaction(lambda: passkeys.begin_registration(current_user))
    session[CHALLENGE] = challenge.text
    return jsonify(publicKey=challenge.options)


@blueprint.post("/account/passkeys")
@for_user()
def add() -> Response | tuple[str, int]:
    form, errors = PasskeyForm.parse()
    challenge = session.pop(CHALLENGE, "")
    if form is None:
        return _render_page(errors), 422
    user, name = db.session.get_one(User, current_user.id), form.name or describe_browser(request.user_agent.string)
    try:
        if not challenge or not run_in_transaction(lambda: claim_token("passkey_registration", challenge, user_id=user.id)):
            raise InvalidInput(_("Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal."))
        with transaction():
            passkeys.complete_registration(user, form.credential, challenge=challenge, name=name)
    except InvalidInput as error:
        return _render_page({"name": str(error.message)}), error.status
    flash(_("Mit diesem Passkey können Sie sich jetzt anmelden."), "message")
    return redirect(url_for("passkeys.index"))


@blueprint.get("/account/passkeys/<passkey_id>")
@for_user()
def show(passkey_id: str) -> Response:
    """The page of a refused name has this address; loaded again it is the list."""
    passkeys.get_passkey(current_user, passkey_id)
    return redirect(url_for("passkeys.index"))


@blueprint.post("/account/passkeys/<passkey_id>")
@for_user()
def rename(passkey_id: str) -> Response | tuple[str, int]:
    passkeys.get_passkey(current_user, passkey_id)
    try:
        name = PasskeyNameForm.read().name
    except InvalidInput as error:
        return _render_page({passkey_id: to_errors(error)["name"]}), error.status
    with transaction():
        passkeys.rename_passkey(current_user, passkey_id, name)
    flash(_("Gespeichert."), "message")
    return redirect(url_for("passkeys.index"))


@blueprint.post("/account/passkeys/<passkey_id>/remove")
@for_user()
def remove(passkey_id: str) -> Response:
    passkeys.get_passkey(current_user, passkey_id)
    if (question := ask_for_confirmation(url_for("passkeys.index"))) is not None:
        return question
    with transaction():
        passkeys.remove_passkey(current_user, passkey_id)
    flash(_("Mit diesem Passkey kommt niemand mehr herein."), "message")
    return redirect(url_for("passkeys.index"))


def _render_page(errors: dict[str, Any]) -> str:
    return render_template(
        "account/passkeys.html",
        errors=errors,
        passkeys=passkeys.list_passkeys(current_user),
        host=passkeys.find_relying_party(),
        name=describe_browser(request.user_agent.string),
        may_mail=find_platform_sender("email") is not None,
    )
