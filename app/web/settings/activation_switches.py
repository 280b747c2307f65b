"""Switches that deactivate and activate numbers and branches, for the company and for support."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.phone import display
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.agents import activation_switch
from app.domain.bookings.orphaned_bookings import BookingsAffected, guard_bookings
from app.domain.companies.phone_numbers import get_branch, get_number
from app.jobs.agents import deploy_agent
from app.models import Company
from app.web.forms import Form
from app.web.guards import for_company, for_support, get_next_path
from app.web.settings.affected_bookings import AcceptedCount, build_affected

STATES = {"on": True, "off": False}

blueprint = Blueprint("switches", __name__)


class SwitchForm(Form):
    accepted: AcceptedCount = 0


@blueprint.post("/settings/numbers/<number_id>/<state>")
@for_company("settings.write")
def number(number_id: str, state: str) -> Response:
    _switch_number(number_id, state, back=url_for("switches.number", number_id=number_id, state=_get_opposite(state)))
    return redirect(url_for("line.index"))


@blueprint.post("/settings/branches/<branch_id>/<state>")
@for_company("settings.write")
def branch(branch_id: str, state: str) -> Any:
    back = url_for("switches.branch", branch_id=branch_id, state=_get_opposite(state))
    accepted, back_page = SwitchForm.read().accepted, get_next_path(default=url_for("branches.index"))
    try:
        _switch_branch(branch_id, state, back=back, accepted=accepted)
    except BookingsAffected as error:
        return _ask_first(branch_id, error, back=back_page, active="settings"), error.status
    return redirect(url_for("absences.orphaned", branch_id=branch_id) if accepted else back_page)


@blueprint.post("/admin/companies/<company_id>/numbers/<number_id>/<state>")
@for_support("support.companies")
def number_of(company_id: str, number_id: str, state: str) -> Response:
    back = url_for("switches.number_of", company_id=company_id, number_id=number_id, state=_get_opposite(state))
    return _run_for_company(company_id, lambda: _switch_number(number_id, state, back=back))


@blueprint.post("/admin/companies/<company_id>/branches/<branch_id>/<state>")
@for_support("support.companies")
def branch_of(company_id: str, branch_id: str, state: str) -> Any:
    back = url_for("switches.branch_of", company_id=company_id, branch_id=branch_id, state=_get_opposite(state))
    company_page = url_for("companies.show", company_id=company_id)
    try:
        return _run_for_company(company_id, lambda: _switch_branch(branch_id, state, back=back, accepted=SwitchForm.read().accepted))
    except BookingsAffected as error:
        with company_scope(company_id):
            return _ask_first(branch_id, error, back=company_page, active="companies"), error.status


def _run_for_company(company_id: str, work: Callable[[], None]) -> Response:
    if not is_ulid(company_id) or db.session.get(Company, company_id) is None:
        raise NotFound(_("Diese Firma gibt es nicht."))
    with company_scope(company_id):
        work()
    return redirect(get_next_path(default=url_for("companies.show", company_id=company_id)))


def _switch_number(number_id: str, state: str, *, back: str) -> None:
    def work() -> tuple[str, tuple[str, ...]]:
        return display(get_number(number_id).e164), activation_switch.set_number_active(number_id, on=STATES[state])

    number_label, deployments = run_in_transaction(work)
    for deployment_id in deployments:
        deploy_agent.enqueue(deployment_id)
    message = _("%(what)s ist wieder an.", what=number_label) if STATES[state] else _("%(what)s ist ausgeschaltet.", what=number_label)
    flash(message, f"undo {back}")


def _switch_branch(branch_id: str, state: str, *, back: str, accepted: int) -> None:
    """Switch it; raises BookingsAffected where bookings stand that nobody has looked at."""

    def work() -> str:
        with guard_bookings(accepted=accepted, branch_id=branch_id):
            activation_switch.set_branch_active(branch_id, on=STATES[state])
        return get_branch(branch_id).name

    branch_name = run_in_transaction(work)
    message = _("%(what)s ist wieder an.", what=branch_name) if STATES[state] else _("%(what)s ist ausgeschaltet.", what=branch_name)
    flash(message, f"undo {back}")


def _ask_first(branch_id: str, error: BookingsAffected, *, back: str, active: str) -> str:
    """Show the bookings that nobody would be there for, before the branch is switched off."""
    name = get_branch(branch_id).name
    return render_template("settings/switch_off.html", name=name, affected=build_affected(error), back=back, active=active)


def _get_opposite(state: str) -> str:
    if state not in STATES:
        raise NotFound(_("Das gibt es hier nicht."))
    return "off" if STATES[state] else "on"
