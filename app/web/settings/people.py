"""Who may sign in to the company: the list, changes of rights, blocking, and what the roles mean."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.accounts import access, invitations
from app.domain.accounts.access import Access
from app.domain.accounts.permissions import can, may_grant
from app.domain.notifications import invitation_mail
from app.domain.services import catalogue
from app.models import Branch, StaffMember, User, WebSession
from app.models.user import COMPANY_ROLES
from app.web.fields import ChoiceField, Flag, Id, TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_company
from app.web.labels import ROLES
from app.web.settings.role_words import list_rows

MAX_STAFF = 200

blueprint = Blueprint("people", __name__)


class AccessForm(Form):
    """The rights of an account or an invitation."""

    role: Annotated[str, ChoiceField(*COMPANY_ROLES)]
    branch_ids: tuple[Id, ...] = ()
    staff_id: Id | None = None

    @property
    def access(self) -> Access:
        return Access(self.role, tuple(sorted(set(self.branch_ids))), self.staff_id)


class PersonForm(AccessForm):
    name: Annotated[str, TextField(120)]


class CalendarsForm(Form):
    all: Flag = False


@blueprint.get("/settings/people")
@for_company("users.read")
def index() -> str:
    return render_list()


def render_list() -> str:
    people, invited = access.list_people(), invitations.list_invitations()
    links = access.load_staff_links()
    return render_template(
        "settings/people.html",
        people=people,
        seen=_load_last_seen(people),
        staff={user_id: member.name for user_id, member in links.items()},
        invited=[(row, invitations.is_expired(row), invitation_mail.has_failed(row)) for row in invited],
        branch_names=dict(_list_branches()),
        sees_all=g.company.staff_see_all_bookings,
        may_change=can(current_user, "users.write"),
    )


@blueprint.get("/settings/people/roles")
@for_company("users.read")
def roles() -> str:
    """What each role may do."""
    return render_template("settings/roles.html", roles=[(role, ROLES[role]) for role in COMPANY_ROLES], sections=list_rows())


@blueprint.post("/settings/people/calendars")
@for_company("users.write")
def save_calendars() -> Response:
    is_allowed = CalendarsForm.read().all
    with transaction():
        access.allow_all_calendars(g.company, is_allowed=is_allowed)
    closed = _("Wer die Rolle Team hat, sieht jetzt nur den eigenen Kalender.")
    flash(_("Wer die Rolle Team hat, sieht jetzt alle Termine.") if is_allowed else closed, "message")
    return redirect(url_for("people.index"))


@blueprint.get("/settings/people/<user_id>")
@for_company("users.read")
def edit(user_id: str) -> str:
    user = access.get_person(user_id)
    rights = access.get_access(user)
    values = {"name": user.name, "role": rights.role, "branch_ids": rights.branch_ids, "staff_id": rights.staff_id}
    return _render_person(user, values, {})


@blueprint.post("/settings/people/<user_id>")
@for_company("users.write")
def save(user_id: str) -> Any:
    user = access.get_person(user_id)
    try:
        form = PersonForm.read()
        with transaction():
            user.name = form.name
            access.change_access(user, form.access, by=current_user)
    except InvalidInput as error:
        return _render_person(access.get_person(user_id), PersonForm.typed(), to_errors(error)), 422
    flash(_("Gespeichert: %(name)s", name=form.name), "message")
    return redirect(url_for("people.index"))


@blueprint.post("/settings/people/<user_id>/block")
@for_company("users.write")
def block(user_id: str) -> Response:
    user = access.get_person(user_id)
    try:
        with transaction():
            access.block_person(user, by=current_user)
    except InvalidInput as error:
        flash(str(error.message), "error")
        return redirect(url_for("people.edit", user_id=user_id))
    flash(_("%(name)s ist gesperrt und überall abgemeldet.", name=user.name), f"undo {url_for('people.unblock', user_id=user_id)}")
    return redirect(url_for("people.index"))


@blueprint.post("/settings/people/<user_id>/unblock")
@for_company("users.write")
def unblock(user_id: str) -> Response:
    user = access.get_person(user_id)
    with transaction():
        access.unblock_person(user)
    flash(_("%(name)s darf wieder herein.", name=user.name), "message")
    return redirect(url_for("people.index"))


def _render_person(user: User, values: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "settings/person.html", user=user, values=values, errors=errors, may_change=can(current_user, "users.write"),
        is_self=user.id == current_user.id, **list_choices(user.id),
    )  # fmt: skip


def list_choices(user_id: str | None = None) -> dict[str, Any]:
    """What the forms offer: the roles that the reader may give, the branches, and the people in the team without another account."""
    people = catalogue.list_staff(limit=MAX_STAFF)
    return {
        "roles": [(role, ROLES[role]) for role in COMPANY_ROLES if may_grant(current_user.role, role)],
        "branches": _list_branches(),
        "staff": [(member.id, member.name) for member in people if _is_free(member, user_id)],
    }


def _is_free(member: StaffMember, user_id: str | None) -> bool:
    return member.user_id is None or member.user_id == user_id


def _list_branches() -> list[tuple[str, str]]:
    """All branches, of which some may be switched off: whoever is limited to one stays limited."""
    return [(row.id, row.name) for row in db.session.execute(select(Branch.id, Branch.name).order_by(Branch.name))]


def _load_last_seen(people: Sequence[User]) -> dict[str, datetime]:
    """When each of them last did something here: in a session that is still open, else at the last sign-in."""
    seen = select(WebSession.user_id, func.max(WebSession.seen_at)).where(WebSession.user_id.in_([user.id for user in people]))
    latest = {user_id: at for user_id, at in db.session.execute(seen.group_by(WebSession.user_id)) if user_id}
    return {user.id: at for user in people if (at := latest.get(user.id) or user.signed_in_at)}
