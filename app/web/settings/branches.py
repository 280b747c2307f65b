"""The branches of the company: list, new, change; switching one off asks about its bookings first (activation_switches)."""

from typing import Annotated, Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from app.core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.accounts.permissions import can
from app.domain.agents.activation_switch import redeploy_agents
from app.domain.operations.branches import BranchDetails, create_branch, update_branch
from app.domain.operations.business_fields import MAX_NAME
from app.domain.scheduling.holidays import GERMAN_STATES
from app.jobs.agents import deploy_agent
from app.models import Booking, Branch, PhoneNumber
from app.web.fields import ChoiceField, Phone, TextField
from app.web.forms import Form, to_errors
from app.web.guards import for_company
from app.web.settings.company import list_zones

FIELDS = ("name", "street", "postcode", "city", "state", "timezone", "forward_number")

blueprint = Blueprint("branches", __name__)


class BranchForm(Form):
    name: Annotated[str, TextField(MAX_NAME)]
    street: Annotated[str, TextField(160)] = ""
    postcode: Annotated[str, TextField(16)] = ""
    city: Annotated[str, TextField(80)] = ""
    state: Annotated[str, ChoiceField(*GERMAN_STATES)] = ""
    timezone: Annotated[str, ChoiceField(*available_timezones())] | None = None
    forward_number: Phone = ""

    @property
    def details(self) -> BranchDetails:
        return BranchDetails(**self.model_dump(exclude={"name"}))


@blueprint.get("/settings/branches")
@for_company("settings.read")
def index() -> str:
    branches = _list_branches()
    numbers: dict[str, list[str]] = {}
    for number in db.session.scalars(select(PhoneNumber).where(PhoneNumber.is_active).order_by(PhoneNumber.e164)):
        numbers.setdefault(number.branch_id, []).append(number.e164)
    return render_template("settings/branches.html", branches=branches, numbers=numbers, may_add=_may_add())


@blueprint.get("/settings/branches/new")
@for_company("settings.write")
def new() -> str:
    _require_all_branches()
    return _render_form(None, {"state": g.company.state or "", "timezone": g.company.timezone}, {})


@blueprint.post("/settings/branches/new")
@for_company("settings.write")
def make() -> Any:
    _require_all_branches()
    try:
        form = BranchForm.read()
        branch = run_in_transaction(lambda: create_branch(g.company, form.name, form.details))
    except (InvalidInput, Conflict) as error:
        return _render_form(None, BranchForm.typed(), to_errors(error)), error.status
    flash(_("%(name)s ist angelegt, mit den üblichen Öffnungszeiten Ihrer Branche.", name=branch.name), "message")
    return redirect(url_for("hours.index", branch_id=branch.id))


@blueprint.get("/settings/branches/<branch_id>")
@for_company("settings.read")
def edit(branch_id: str) -> str:
    branch = _get_branch(branch_id)
    return _render_form(branch, {name: getattr(branch, name) or "" for name in FIELDS}, {})


@blueprint.post("/settings/branches/<branch_id>")
@for_company("settings.write")
def save(branch_id: str) -> Any:
    branch = _get_branch(branch_id)

    def work(form: BranchForm) -> tuple[str, ...]:
        is_renamed = branch.name != form.name
        update_branch(g.company, branch, form.details, name=form.name)
        return redeploy_agents() if is_renamed else ()

    try:
        form = BranchForm.read()
        deployments = run_in_transaction(lambda: work(form))
    except AppError as error:
        return _render_form(branch, BranchForm.typed(), to_errors(error)), error.status
    for deployment_id in deployments:
        deploy_agent.enqueue(deployment_id)
    flash(_("Gespeichert: %(name)s", name=form.name), "message")
    return redirect(url_for("branches.index"))


def _list_branches() -> list[Branch]:
    """Those that the reader may see, switched-off ones too."""
    statement = select(Branch).order_by(Branch.is_active.desc(), Branch.name, Branch.id)
    if allowed_ids := current_user.branch_ids:
        statement = statement.where(Branch.id.in_(allowed_ids))
    return list(db.session.scalars(statement))


def _get_branch(branch_id: str) -> Branch:
    branch = next((branch for branch in _list_branches() if branch.id == branch_id), None)
    if branch is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return branch


def _may_add() -> bool:
    """Who is limited to some branches would not see a new one."""
    return can(current_user, "settings.write") and not current_user.branch_ids


def _require_all_branches() -> None:
    if not _may_add():
        raise NotAllowed(_("Das dürfen Sie hier nicht."))


def _render_form(branch: Branch | None, values: dict[str, Any], errors: dict[str, str]) -> str:
    upcoming = select(func.count(Booking.id)).where(Booking.branch_id == (branch.id if branch else ""), Booking.upcoming())
    return render_template(
        "settings/branch.html",
        branch=branch,
        values=values,
        errors=errors,
        zones=list_zones(values.get("timezone") or g.company.timezone),
        upcoming=db.session.scalar(upcoming) if branch else 0,
        states=[("", _("nur bundesweite")), *sorted(GERMAN_STATES.items(), key=lambda row: row[1])] if g.company.country == "DE" else [],
        may_write=can(current_user, "settings.write"),
    )
