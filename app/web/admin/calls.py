"""Calls of all companies, for support: time, branch and processing steps, without the transcript."""

from typing import Annotated, Any

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import ColumnElement, and_, or_, select

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.models import Branch, Call, Company
from app.web.admin.list_filters import SupportListQuery, find_number_note, list_company_options
from app.web.dashboard.call_timeline_view import build_timeline, list_tool_calls
from app.web.fields import Id, TextField
from app.web.guards import for_support
from app.web.labels import PROVIDER_NAMES
from app.web.partial_page import render_page

PAGE_SIZE = 50

blueprint = Blueprint("admin_calls", __name__)


class SupportCallListQuery(SupportListQuery):
    call: Annotated[str, TextField(128)] = ""
    # The cursor: calls below this one follow.
    after: Id | None = None


@blueprint.get("/admin/calls")
@for_support("support.calls")
def index() -> Response:
    query = SupportCallListQuery.read_known()
    rows = _list_calls(query)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "admin/calls.html",
        part="admin/calls_more.html",
        query=query,
        calls=rows,
        companies=list_company_options(),
        note=find_number_note(query),
        next_href=url_for("admin_calls.index", **query.to_args(after=rows[-1].id)) if more else None,
        shown=ngettext("%(num)s Anruf", "%(num)s Anrufe", len(rows)) if not more and not query.after else "",
        providers=PROVIDER_NAMES,
    )


@blueprint.get("/admin/calls/<call_id>")
@for_support("support.calls")
def show(call_id: str) -> str:
    row = db.session.execute(_select_rows().add_columns(Call).where(Call.id == call_id)).first() if is_ulid(call_id) else None
    if row is None:
        raise NotFound(_("Das gibt es hier nicht."))
    parts, steps = build_timeline(row.Call, list_tool_calls(call_id))
    return render_template("admin/call.html", row=row, call=row.Call, recorder=parts, steps=steps, providers=PROVIDER_NAMES)


def _select_rows() -> Any:
    columns = (
        Call.id, Call.provider, Call.provider_call_id, Call.status, Call.outcome, Call.started_at, Call.duration_s, Call.is_test,
        Company.name.label("company"), Branch.name.label("branch"),
    )  # fmt: skip
    # outer, so that MariaDB begins with the calls and reads a page of them
    statement = select(*columns).outerjoin(Company, Company.id == Call.company_id)
    return statement.outerjoin(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))


def _list_calls(query: SupportCallListQuery) -> list[Any]:
    """List the calls by their beginning, the latest first, one more than a page shows; each filter has an index in this order."""
    statement = _select_rows().where(*query.build_time_filter(Call.started_at))
    if query.company:
        statement = statement.where(Call.company_id == query.company)
    if query.number:
        statement = statement.where(_build_number_filter(query.e164))
    if query.call:
        statement = statement.where(Call.id == query.call if is_ulid(query.call) else Call.provider_call_id == query.call)
    if query.after:
        statement = statement.where(_build_cursor(query.after))
    return list(db.session.execute(statement.order_by(Call.started_at.desc(), Call.id.desc()).limit(PAGE_SIZE + 1)))


def _build_number_filter(number: str) -> ColumnElement[bool]:
    """Build the condition for calls to a number of ours, else for calls from it."""
    if db.session.scalar(select(Call.id).where(Call.to_number == number).limit(1)):
        return Call.to_number == number
    # the index of callers begins with the company
    return and_(Call.company_id.in_(select(Company.id)), Call.from_number == number)


def _build_cursor(call_id: str) -> ColumnElement[bool]:
    """Build the condition for the calls below this one in the list."""
    started_at = db.session.scalar(select(Call.started_at).where(Call.id == call_id))
    if started_at is None:
        return Call.id < call_id
    return and_(Call.started_at <= started_at, or_(Call.started_at < started_at, Call.id < call_id))
