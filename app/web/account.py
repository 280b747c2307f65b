"""The reader's own choices: theme, language, and the branch that the pages show."""

from flask import Blueprint, redirect, request, session
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.core.requests import LANGUAGES
from app.core.transactions import transaction
from app.web import reader
from app.web.guards import for_company, for_user, local_path
from app.web.shell import THEMES

blueprint = Blueprint("account", __name__)


@blueprint.post("/account/preferences")
@for_user()
def preferences() -> BaseResponse:
    theme, language = request.form.get("theme"), request.form.get("language")
    with transaction():
        if theme in THEMES:
            current_user.theme = theme
        if language in LANGUAGES:
            current_user.language = language
    response = _back()
    if language in LANGUAGES:
        # the sign-in page knows nobody yet
        response.set_cookie("language", language, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.post("/account/branch")
@for_company("calls.read")
def choose_branch() -> BaseResponse:
    chosen = request.form.get("branch_id", "")
    if any(chosen == branch_id for branch_id, _name in reader.branches()):
        session["branch_id"] = chosen
    else:
        session.pop("branch_id", None)
    return _back()


def _back() -> BaseResponse:
    """To the page that the form stood on."""
    return redirect(local_path(request.form.get("next", "").rstrip("?")))
