"""System health: the checks of /health, the waiting work, refused webhooks, and the reports of browsers."""

from flask import Blueprint, render_template
from flask_babel import gettext as _, ngettext
from sqlalchemy import select

from app.core.extensions import db
from app.domain.inbox.rejections import count_recent_rejections
from app.domain.operations.gauges import count_events, count_running_calls
from app.domain.operations.health import Check, check_all
from app.models import BrowserReport
from app.web.admin.labels import CHECK_LABELS, CHECK_STATUS_LABELS
from app.web.admin.list_filters import SupportListQuery
from app.web.admin.rejection_view import list_rejection_rows
from app.web.formatting import number
from app.web.guards import for_support

MAX_REPORTS = 20
MAX_REJECTIONS = 10

blueprint = Blueprint("state", __name__)


@blueprint.get("/admin/health")
@for_support("support.health")
def index() -> str:
    reports = select(BrowserReport).order_by(BrowserReport.last_at.desc(), BrowserReport.id.desc()).limit(MAX_REPORTS)
    return render_template(
        "admin/health.html",
        checks=[(check, describe_check(check)) for check in check_all()],
        words=CHECK_LABELS,
        states=CHECK_STATUS_LABELS,
        counts={"running": count_running_calls(), **{status: count_events(status) for status in ("pending", "unassigned", "dead")}},
        reports=db.session.scalars(reports).all(),
        rejections=list_rejection_rows(SupportListQuery(), limit=MAX_REJECTIONS),
        rejected_count=count_recent_rejections(),
    )


def describe_check(check: Check) -> str:
    """Describe the result of a check in one sentence."""
    data = check.data
    if not data:
        return _("antwortet") if check.status == "ok" else _("antwortet nicht")
    if check.name == "database":
        return _("antwortet, Stand %(version)s", version=data["version"])
    if check.name == "queue":
        waiting = sum(data["waiting"].values())
        return ngettext("%(n)s Job wartet", "%(n)s Jobs warten", waiting, n=number(waiting))
    if check.name == "workers":
        return ngettext("%(num)s arbeitet", "%(num)s arbeiten", data["living"])
    if check.name == "clock":
        return _("noch nie gehört") if data["last_tick_s"] is None else _("zuletzt vor %(n)s s", n=number(data["last_tick_s"]))
    if check.name == "inbox":
        return _("Ältestes Ereignis wartet %(n)s s", n=number(data["oldest_waiting_s"]))
    return _("%(n)s MB frei", n=number(data["free_mb"]))
