"""The link of an invitation: the invited person chooses a name and a password, and is signed in."""

from typing import Annotated, Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.core.errors import InvalidInput, NotFound, TooManyRequests
from app.core.extensions import db
from app.core.rate_limiter import RateLimit, network_of
from app.core.transactions import run_in_transaction
from app.domain.accounts import invitations
from app.domain.accounts.sign_in import find_user
from app.domain.accounts.users import EmailTaken
from app.models import Invitation
from app.web.fields import TextField
from app.web.forms import Form, raise_invalid, to_errors
from app.web.labels import ROLES
from app.web.public.link_target import add_noindex, enter_company_of
from app.web.public.self_service import SelfServiceQuery, guard_link, remember_language
from app.web.sign_in import Password
from app.web.user_session import complete_sign_in, get_start_path

RATE_LIMIT = RateLimit("invitation_page", 60)

blueprint = Blueprint("invitation", __name__)


class AcceptForm(Form):
    name: Annotated[str, TextField(120)]
    password: Password = ""
    repeat_password: Password = ""


@blueprint.get("/invitation/<token>")
@guard_link
def show(token: str) -> BaseResponse:
    if language := SelfServiceQuery.read_known().lang:
        return remember_language(redirect(url_for("invitation.show", token=token)), language)
    invitation = _get_invitation(token)
    return _render_page(invitation, {"name": invitation.name or ""}, {})


@blueprint.post("/invitation/<token>")
@guard_link
def accept(token: str) -> BaseResponse:
    """Only for whoever is not signed in: the account that is made is that of the invited address, and of nobody else."""
    invitation = _get_invitation(token)
    if _find_hindrance(invitation):
        return _render_page(invitation, {}, {}, status=409)
    try:
        form = AcceptForm.read()
        raise_invalid({"repeat_password": _("Die beiden Passwörter sind nicht gleich.")} if form.password != form.repeat_password else {})
        user = run_in_transaction(lambda: invitations.accept(token, name=form.name, password=form.password))
    except InvalidInput as error:
        return _render_page(_get_invitation(token), AcceptForm.typed(), to_errors(error), status=422)
    except EmailTaken:
        return _render_page(_get_invitation(token), {}, {}, status=409)
    return complete_sign_in(user, method="invitation", target=get_start_path(user))


@blueprint.errorhandler(NotFound)
def handle_not_found(_error: NotFound) -> tuple[BaseResponse, int]:
    return add_noindex(make_response(render_template("public/invitation_over.html"))), 404


def _get_invitation(token: str) -> Invitation:
    """Raises NotFound for what was accepted, withdrawn or is too old, and TooManyRequests for whoever tries many."""
    if (wait_s := RATE_LIMIT.hit(network_of(request.remote_addr))) is not None:
        raise TooManyRequests(_("Zu viele Aufrufe. Bitte warten Sie einen Moment."), retry_after_s=wait_s)
    db.session.rollback()
    return enter_company_of(invitations.find_by_token(token))


def _find_hindrance(invitation: Invitation) -> str | None:
    """Why the reader cannot accept: signed_in as somebody, or taken since the address has an account."""
    if current_user.is_authenticated:
        return "signed_in"
    return "taken" if find_user(invitation.email) else None


def _render_page(invitation: Invitation, values: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> BaseResponse:
    page: Response = make_response(
        render_template(
            "public/invitation.html",
            invitation=invitation,
            role=ROLES[invitation.role],
            hindrance=_find_hindrance(invitation),
            values=values,
            errors=errors,
        ),
        status,
    )
    return add_noindex(page)
