"""The reader's own choices: theme, language, and the branch that the pages show."""

from typing import Annotated

from flask import Blueprint, redirect, request, session
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.core.locale import LANGUAGES
from app.core.transactions import transaction
from app.web import branch_filter
from app.web.fields import ChoiceField, Id
from app.web.forms import Form
from app.web.guards import for_company, for_user, get_next_path
from app.web.layout import THEMES

blueprint = Blueprint("account", __name__)


class PreferencesForm(Form):
    theme: Annotated[str, ChoiceField(*THEMES)] | None = None
    language: Annotated[str, ChoiceField(*LANGUAGES)] | None = None


class BranchChoiceForm(Form):
    """None: all branches."""

    branch_id: Id | None = None


@blueprint.post("/account/preferences")
@for_user()
def preferences() -> BaseResponse:
    form = PreferencesForm.read()
    with transaction():
        current_user.theme = form.theme or current_user.theme
        current_user.language = form.language or current_user.language
    # Back to the page that showed the form.
    response = redirect(get_next_path())
    if form.language:
        # A cookie, because the sign-in page has no user yet.
        response.set_cookie("language", form.language, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.post("/account/branch")
@for_company("calls.read")
def choose_branch() -> BaseResponse:
    selected_id = BranchChoiceForm.read().branch_id
    if any(selected_id == branch_id for branch_id, _name in branch_filter.list_branches()):
        session["branch_id"] = selected_id
    else:
        session.pop("branch_id", None)
    return redirect(get_next_path())
