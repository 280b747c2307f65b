"""The log of who did what to what, newest first."""

import json
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import ngettext
from sqlalchemy import select

from app.core.extensions import db
from app.models import AuditEntry, Company, User
from app.web.admin.labels import AUDIT_LABELS
from app.web.fields import Id, Serial
from app.web.forms import Query
from app.web.guards import for_support

PAGE_SIZE = 50

blueprint = Blueprint("audit", __name__)


class ListQuery(Query):
    company: Id = ""
    # the entry before which further rows are wanted
    after: Serial | None = None


@blueprint.get("/admin/audit")
@for_support("support.audit")
def index() -> Response:
    query = ListQuery.read_known()
    company, after = query.company, query.after
    found = _list_entries(company, before=after)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    partial = request.headers.get("HX-Request-Type") == "partial"
    page = render_template(
        "admin/audit_more.html" if partial else "admin/audit.html",
        company=company,
        companies=db.session.execute(select(Company.id, Company.name).order_by(Company.name)).all(),
        entries=[_build_view_model(row) for row in found],
        next_href=url_for("audit.index", company=company or None, after=found[-1].AuditEntry.id) if more else None,
        shown=ngettext("%(num)s Eintrag", "%(num)s Einträge", len(found)) if not more and not after else "",
    )
    response = make_response(page)
    response.headers["Vary"] = "HX-Request-Type"
    return response


def _list_entries(company: str, *, before: int | None) -> list[Any]:
    """One more than a page shows."""
    statement = (
        select(AuditEntry, User.name.label("who"), Company.name.label("company"))
        .outerjoin(User, User.id == AuditEntry.user_id)
        .outerjoin(Company, Company.id == AuditEntry.company_id)
    )
    if company:
        statement = statement.where(AuditEntry.company_id == company)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return list(db.session.execute(statement.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1)))


def _build_view_model(row: Any) -> SimpleNamespace:
    entry = row.AuditEntry
    return SimpleNamespace(
        id=entry.id,
        at=entry.at,
        what=AUDIT_LABELS.get(entry.action, entry.action),
        subject=entry.subject,
        who=row.who,
        company=row.company,
        data=json.dumps(entry.data, ensure_ascii=False) if entry.data else "",
    )
