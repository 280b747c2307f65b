"""Signing in with a passkey in place of password and code."""

from typing import Annotated

from flask import Blueprint, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.rate_limiter import RateLimit, network_of
from app.core.transactions import run_in_transaction, transaction
from app.domain.accounts import passkeys
from app.domain.accounts.account_tokens import claim_token
from app.domain.accounts.sign_in import raise_if_limited
from app.web.fields import VerbatimField
from app.web.forms import Form
from app.web.guards import get_next_path, public
from app.web.language_choice import answer_language_choice
from app.web.sign_in import render_login
from app.web.user_session import complete_sign_in, get_start_path

# of the session: what the browser is to sign
CHALLENGE = "passkey_sign_in"
# challenges and answers a minute
LIMIT = RateLimit("sign_in.passkey", 30)

blueprint = Blueprint("passkey_sign_in", __name__)


class PasskeySignInForm(Form):
    """`credential` is what `PublicKeyCredential` says, as JSON."""

    credential: Annotated[str, VerbatimField(passkeys.MAX_CREDENTIAL_LENGTH)] = ""


@blueprint.post("/login/passkey/options")
@public("nobody is signed in yet")
def options() -> Response:
    raise_if_limited(LIMIT.hit(network_of(request.remote_addr)))
    challenge = run_in_transaction(passkeys.begin_sign_in)
    session[CHALLENGE] = challenge.text
    return jsonify(publicKey=challenge.options)


@blueprint.get("/login/passkey")
@public("nobody is signed in yet")
def show() -> Response:
    """The page that says what went wrong has this address; loaded again or in another language it is the one to sign in."""
    return answer_language_choice() or redirect(url_for("sign_in.login"))


@blueprint.post("/login/passkey")
@public("nobody is signed in yet")
def log_in() -> Response | tuple[str, int]:
    raise_if_limited(LIMIT.hit(network_of(request.remote_addr)))
    credential, challenge = PasskeySignInForm.read().credential, session.pop(CHALLENGE, "")
    try:
        if not challenge or not run_in_transaction(lambda: claim_token("passkey_sign_in", challenge, user_id=None)):
            raise passkeys.PasskeyRefused(_("Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal."))
        with transaction():
            user = passkeys.authenticate(credential, challenge=challenge)
    except passkeys.PasskeyRefused as error:
        return render_login(error=str(error.message)), error.status
    return complete_sign_in(user, method="passkey", target=get_next_path(default=get_start_path(user)))
