"""All users by e-mail address, for administrators of the platform."""

from typing import Annotated

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.transactions import transaction
from app.domain.accounts import users
from app.models import Company, User
from app.web.fields import Email, SearchField
from app.web.forms import Query
from app.web.guards import for_support
from app.web.partial_page import render_page

PAGE_SIZE = 50

blueprint = Blueprint("users", __name__)


class UserListQuery(Query):
    q: Annotated[str, SearchField(190)] = ""
    after: Email = ""


@blueprint.get("/admin/users")
@for_support("support.users")
def index() -> Response:
    query = UserListQuery.read_known()
    q, after = query.q.lower(), query.after
    statement = select(User, Company.name.label("company")).outerjoin(Company, Company.id == User.company_id)
    if q.isascii() and q:
        statement = statement.where(User.email.startswith(q, autoescape=True))
    if after.isascii() and after:
        statement = statement.where(User.email > after)
    rows = db.session.execute(statement.order_by(User.email).limit(PAGE_SIZE + 1)).all()
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "admin/users.html",
        part="admin/users_more.html",
        q=q,
        people=rows,
        next_href=url_for("users.index", q=q or None, after=rows[-1].User.email) if more else None,
        shown=ngettext("%(num)s Person", "%(num)s Personen", len(rows)) if not more and not after else "",
    )


@blueprint.post("/admin/users/<user_id>/block")
@for_support("support.users")
def block(user_id: str) -> BaseResponse:
    return _set_active(user_id, is_active=False)


@blueprint.post("/admin/users/<user_id>/unblock")
@for_support("support.users")
def unblock(user_id: str) -> BaseResponse:
    return _set_active(user_id, is_active=True)


def _set_active(user_id: str, *, is_active: bool) -> BaseResponse:
    user = db.session.get(User, user_id) if is_ulid(user_id) else None
    if user is None or user.id == current_user.id:
        raise NotFound(_("Das gibt es hier nicht."))
    with transaction():
        (users.unblock_user if is_active else users.block_user)(user)
    flash(
        _("%(name)s darf wieder herein.", name=user.name)
        if is_active
        else _("%(name)s ist gesperrt und überall abgemeldet.", name=user.name)
    )
    return redirect(url_for("users.index", q=user.email))
