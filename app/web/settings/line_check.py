"""The company's numbers and their line checks, which send a synthetic call."""

from types import SimpleNamespace

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.customers.blocked_callers import list_blocked_callers
from app.domain.line_check import runner
from app.jobs import line_checks as jobs
from app.models import Branch, LineCheck, PhoneNumber
from app.web.fields import Id
from app.web.forms import Query
from app.web.guards import for_company
from app.web.line_check_view import build_view

MAX_NUMBERS = 100

blueprint = Blueprint("line", __name__)


class LineCheckQuery(Query):
    number_id: Id | None = None


@blueprint.get("/settings/line")
@for_company("line.check")
def index() -> str:
    return _render_page(None)


@blueprint.get("/settings/line/checks/<check_id>")
@for_company("line.check")
def show(check_id: str) -> str:
    return _render_page(_get_check(check_id))


@blueprint.get("/settings/line/checks/<check_id>/steps")
@for_company("line.check", is_polling=True)
def steps(check_id: str) -> str:
    """Show the current steps; polls an overdue check itself, in case the worker does not."""
    check = _get_check(check_id)
    if runner.is_late(check):
        check = run_in_transaction(lambda: runner.poll_check(check_id)) or check
    return render_template("settings/line_check_steps.html", check=build_view(check), steps_endpoint="line.steps")


@blueprint.post("/settings/line/<number_id>/check")
@for_company("line.check")
def check(number_id: str) -> Response:
    return redirect(url_for("line.show", check_id=start_check(number_id, channel="page")))


def start_check(number_id: str, *, channel: str) -> str:
    """Start a check in the current company and enqueue it; returns its id. Raises NotFound."""

    def work() -> str:
        check = runner.start_check(number_id, channel=channel, requested_by=current_user.id)
        if check.is_running:
            jobs.start_line_check.enqueue(check.id)
        return check.id

    return run_in_transaction(work)


def _get_check(check_id: str) -> LineCheck:
    check = db.session.scalars(select(LineCheck).where(LineCheck.id == check_id)).first()
    if check is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return check


def _render_page(selected: LineCheck | None) -> str:
    numbers = _list_numbers()
    if selected is None and (number_id := LineCheckQuery.read_known().number_id):
        selected = next(iter(runner.list_checks(number_id, 1)), None)
    if selected is None:
        selected = max((number.last for number in numbers if number.last), key=lambda last: last.started_at, default=None)
    return render_template(
        "settings/line_check.html",
        numbers=numbers,
        blocked=list_blocked_callers(),
        check=build_view(selected) if selected else None,
        number_id=selected.phone_number_id if selected else None,
        history=runner.list_checks(selected.phone_number_id) if selected else [],
    )


def _list_numbers() -> list[SimpleNamespace]:
    statement = select(PhoneNumber, Branch.name).join(Branch, Branch.id == PhoneNumber.branch_id).order_by(Branch.name, PhoneNumber.e164)
    return [
        SimpleNamespace(
            id=number.id, e164=number.e164, label=number.label, branch=branch, is_active=number.is_active,
            last=next(iter(runner.list_checks(number.id, 1)), None),
        )
        for number, branch in db.session.execute(statement.limit(MAX_NUMBERS)).all()
    ]  # fmt: skip
