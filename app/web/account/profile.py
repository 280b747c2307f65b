"""The start page of a user's own account: name, e-mail address, language and theme, and the way to everything else."""

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.accounts import users
from app.domain.accounts.email_change import find_pending_email
from app.domain.accounts.passkeys import list_passkeys
from app.domain.accounts.web_sessions import list_sessions
from app.models import User
from app.web.fields import TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_user

blueprint = Blueprint("profile", __name__)


class NameForm(Form):
    name: Annotated[str, TextField(120)] = ""


@blueprint.get("/account")
@for_user()
def index() -> str:
    return _render_page({}, name=current_user.name)


@blueprint.post("/account")
@for_user()
def rename() -> Response | tuple[str, int]:
    try:
        name = NameForm.read().name
        with transaction():
            users.rename_user(db.session.get_one(User, current_user.id), name)
    except InvalidInput as error:
        return _render_page(to_errors(error), name=NameForm.typed()["name"]), error.status
    flash(_("Gespeichert."), "message")
    return redirect(url_for("profile.index"))


def _render_page(errors: dict[str, str], *, name: str) -> str:
    return render_template(
        "account/index.html",
        name=name,
        errors=errors,
        pending_email=find_pending_email(current_user),
        passkey_count=len(list_passkeys(current_user)),
        session_count=len(list_sessions(current_user)),
    )
