"""The audit log, newest first."""

import json
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import ngettext
from sqlalchemy import select

from app.core.extensions import db
from app.models import AuditEntry, Company, User
from app.web.admin.labels import AUDIT_LABELS
from app.web.fields import Id, Serial
from app.web.forms import Query
from app.web.guards import for_support
from app.web.partial_page import render_page

PAGE_SIZE = 50

blueprint = Blueprint("audit", __name__)


class AuditListQuery(Query):
    company: Id = ""
    # The cursor: entries older than this one follow.
    after: Serial | None = None


@blueprint.get("/admin/audit")
@for_support("support.audit")
def index() -> Response:
    query = AuditListQuery.read_known()
    company, after = query.company, query.after
    rows = _list_entries(company, before=after)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return render_page(
        "admin/audit.html",
        part="admin/audit_more.html",
        company=company,
        companies=db.session.execute(select(Company.id, Company.name).order_by(Company.name)).all(),
        entries=[_build_view_model(row) for row in rows],
        next_href=url_for("audit.index", company=company or None, after=rows[-1].AuditEntry.id) if more else None,
        shown=ngettext("%(num)s Eintrag", "%(num)s Einträge", len(rows)) if not more and not after else "",
    )


def _list_entries(company: str, *, before: int | None) -> list[Any]:
    """List the entries, one more than a page shows."""
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
        at=entry.occurred_at,
        what=AUDIT_LABELS.get(entry.action, entry.action),
        subject=entry.subject,
        who=row.who,
        company=row.company,
        data=json.dumps(entry.data, ensure_ascii=False) if entry.data else "",
    )
