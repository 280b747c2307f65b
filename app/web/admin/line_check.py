"""Line checks by support: a synthetic call through any number, on behalf of its company."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.phone import normalise
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.audit.log import record
from app.domain.companies.phone_numbers import find_number_owners
from app.domain.line_check import runner
from app.jobs import line_checks as jobs
from app.models import Branch, Company, LineCheck, PhoneNumber
from app.web.admin.labels import describe_number_owner
from app.web.fields import Phone
from app.web.forms import Query
from app.web.guards import for_support
from app.web.line_check_view import build_view

MAX_RECENT_CHECKS = 20

blueprint = Blueprint("support_line", __name__)


class LineCheckNumberQuery(Query):
    number: Phone = ""


@blueprint.get("/admin/line")
@for_support("support.line")
def index() -> str:
    number = LineCheckNumberQuery.read_known().number
    return _render_page(number, _find_number(number) if number else None, None)


@blueprint.get("/admin/line/checks/<check_id>")
@for_support("support.line")
def show(check_id: str) -> str:
    check = _get_check(check_id)
    return _render_page(check.number, _find_number(check.number), check)


@blueprint.get("/admin/line/checks/<check_id>/steps")
@for_support("support.line", is_polling=True)
def steps(check_id: str) -> str:
    check = _get_check(check_id)
    if runner.is_late(check):
        with company_scope(check.company_id):
            check = run_in_transaction(lambda: runner.poll_check(check_id)) or check
    return render_template("settings/line_check_steps.html", check=build_view(check), steps_endpoint="support_line.steps")


@blueprint.post("/admin/line/<number_id>/check")
@for_support("support.line")
def check(number_id: str) -> Response:
    number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.id == number_id)).first()
    if number is None:
        raise NotFound(_("Das gibt es hier nicht."))
    company_id = number.company_id

    def work() -> str:
        check = runner.start_check(number_id, channel="support", requested_by=current_user.id)
        record("line_checked", subject=f"line_check:{check.id}", company_id=company_id)
        if check.is_running:
            jobs.start_line_check.enqueue(check.id)
        return check.id

    with company_scope(company_id):
        check_id = run_in_transaction(work)
    return redirect(url_for("support_line.show", check_id=check_id))


def _get_check(check_id: str) -> LineCheck:
    check = db.session.scalars(select(LineCheck).where(LineCheck.id == check_id)).first()
    if check is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return check


def _find_number(number: str) -> tuple[PhoneNumber, str, str] | None:
    """Find a number, written in any form, with the names of its branch and company."""
    e164 = normalise(number, source="human").e164
    statement = (
        select(PhoneNumber, Branch.name, Company.name)
        .join(Branch, Branch.id == PhoneNumber.branch_id)
        .join(Company, Company.id == PhoneNumber.company_id)
        .where(PhoneNumber.e164 == e164)
    )
    row = db.session.execute(statement).first() if e164 else None
    return (row[0], row[1], row[2]) if row else None


def _render_page(query: str, match: tuple[PhoneNumber, str, str] | None, check: LineCheck | None) -> str:
    history = runner.list_checks(match[0].id) if match else []
    owner = find_number_owners([match[0].e164])[match[0].e164] if match else None
    check = check or next(iter(history), None)
    return render_template(
        "admin/line_check.html",
        wanted=query,
        found=match,
        owner=owner,
        owner_sentence=describe_number_owner(match[0].e164, owner) if match else None,
        check=build_view(check) if check else None,
        history=history,
        latest=_list_recent_checks() if not query else [],
    )


def _list_recent_checks() -> list[tuple[LineCheck, str]]:
    """List the newest checks of all companies, by id, because ids rise with time."""
    statement = select(LineCheck, Company.name).join(Company, Company.id == LineCheck.company_id).order_by(LineCheck.id.desc())
    return [(row[0], row[1]) for row in db.session.execute(statement.limit(MAX_RECENT_CHECKS)).all()]
