"""Calls of all companies, for support: when, where, which way through the house; what was said is not shown here."""

from typing import Annotated, Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from sqlalchemy import and_, select

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.models import Branch, Call, Company
from app.web.dashboard.call_timeline import build_timeline, list_tool_calls
from app.web.fields import Id, TextField
from app.web.forms import Query
from app.web.guards import for_support
from app.web.labels import PROVIDER_NAMES

PAGE_SIZE = 50

blueprint = Blueprint("admin_calls", __name__)


class ListQuery(Query):
    company: Id = ""
    call: Annotated[str, TextField(128)] = ""
    # the call after which further rows are wanted
    after: Id | None = None


@blueprint.get("/admin/calls")
@for_support("support.calls")
def index() -> Response:
    query = ListQuery.read_known()
    filters, after = query.model_dump(exclude={"after"}), query.after
    found = _list_calls(filters, after)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    page = render_template(
        "admin/calls_more.html" if partial else "admin/calls.html",
        filters=filters,
        calls=found,
        companies=db.session.execute(select(Company.id, Company.name).order_by(Company.name)).all(),
        next_href=_build_href(filters, after=found[-1].id) if more else None,
        shown=ngettext("%(num)s Anruf", "%(num)s Anrufe", len(found)) if not more and not after else "",
        providers=PROVIDER_NAMES,
    )
    response = make_response(page)
    response.headers["Vary"] = "HX-Request-Type"
    return response


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
    joined = select(*columns).join(Company, Company.id == Call.company_id)
    return joined.join(Branch, and_(Branch.company_id == Call.company_id, Branch.id == Call.branch_id))


def _list_calls(filters: dict[str, str], after: str | None) -> list[Any]:
    """In the order in which we heard of them, which is that of their ids; one more than a page shows."""
    statement = _select_rows()
    if filters["company"]:
        statement = statement.where(Call.company_id == filters["company"])
    if filters["call"]:
        statement = statement.where(Call.id == filters["call"] if is_ulid(filters["call"]) else Call.provider_call_id == filters["call"])
    if after:
        statement = statement.where(Call.id < after)
    return list(db.session.execute(statement.order_by(Call.id.desc()).limit(PAGE_SIZE + 1)))


def _build_href(filters: dict[str, str], **changes: str) -> str:
    return url_for("admin_calls.index", **{name: value for name, value in {**filters, **changes}.items() if value})
