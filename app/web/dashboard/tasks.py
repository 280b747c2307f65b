"""The tasks page: open and done tasks, with buttons to complete and reopen them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, case, select
from werkzeug.wrappers import Response

from app.core import phone
from app.core.clock import now
from app.core.extensions import db
from app.core.transactions import transaction
from app.domain.tasks import lifecycle
from app.models import Call, StaffTask
from app.web.branch_filter import get_branch_filter
from app.web.formatting import clock, day
from app.web.guards import for_company, get_next_path
from app.web.layout import count_open_tasks

MAX_OPEN = 100
MAX_DONE = 10

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks")
@for_company("tasks.read")
def index() -> str:
    return render_template(
        "dashboard/tasks.html", tasks=list_open_tasks(MAX_OPEN), count=count_open_tasks(), done=list_done_tasks(MAX_DONE)
    )


@blueprint.post("/tasks/<task_id>/done")
@for_company("tasks.write")
def done(task_id: str) -> Response:
    with transaction():
        task = lifecycle.complete_task(task_id, branch_ids=current_user.branch_ids)
    flash(_("Erledigt: %(title)s", title=task.title), f"undo {url_for('tasks.reopen', task_id=task_id)}")
    return _redirect_back()


@blueprint.post("/tasks/<task_id>/reopen")
@for_company("tasks.write")
def reopen(task_id: str) -> Response:
    with transaction():
        lifecycle.reopen_task(task_id, branch_ids=current_user.branch_ids)
    return _redirect_back()


def _redirect_back() -> Response:
    """Redirect to the page with the pressed button."""
    return redirect(get_next_path(default=url_for("tasks.index")))


@dataclass(frozen=True)
class TaskKindLabel:
    """Icon and colour role of a kind of task."""

    icon: str
    state: str


KINDS = {
    "emergency": TaskKindLabel("circle-alert", "bad"),
    "callback": TaskKindLabel("message-square", "held"),
    "call_customer": TaskKindLabel("phone", "held"),
    "call_waiting": TaskKindLabel("phone", "held"),
    "message": TaskKindLabel("message-square", "held"),
    "dissatisfied": TaskKindLabel("frown", "warn"),
    "check_booking": TaskKindLabel("calendar-clock", "warn"),
    "mismatch": TaskKindLabel("triangle-alert", "bad"),
    "check_cancellation": TaskKindLabel("calendar-x", "warn"),
}
OTHER_KIND = TaskKindLabel("list-checks", "talking")


def list_open_tasks(limit: int) -> list[dict[str, Any]]:
    """List the open tasks by priority and due time; those without one come last, newest first."""
    urgent = case((StaffTask.due_at.is_(None), 1), else_=0)
    order = (StaffTask.priority.desc(), urgent, StaffTask.due_at, StaffTask.id.desc())
    rows = db.session.execute(_select_rows().where(*_build_visibility_filters(), StaffTask.status == "open").order_by(*order).limit(limit))
    return [_build_view_model(row) for row in rows]


def list_done_tasks(limit: int) -> list[dict[str, Any]]:
    """List the tasks completed last."""
    rows = db.session.execute(
        _select_rows()
        .where(*_build_visibility_filters(), StaffTask.status == "done")
        .order_by(StaffTask.done_at.desc(), StaffTask.id.desc())
        .limit(limit)
    )
    return [_build_view_model(row) for row in rows]


def _build_visibility_filters() -> list[ColumnElement[bool]]:
    return [StaffTask.branch_id.in_(branches)] if (branches := get_branch_filter()) else []


def _select_rows() -> Any:
    columns = (
        StaffTask.id,
        StaffTask.kind,
        StaffTask.title,
        StaffTask.details,
        StaffTask.due_at,
        StaffTask.done_at,
        StaffTask.call_id,
        StaffTask.customer_id,
        Call.from_number,
    )
    return select(*columns).outerjoin(Call, and_(Call.company_id == StaffTask.company_id, Call.id == StaffTask.call_id))


def _build_view_model(row: Any) -> dict[str, Any]:
    kind = KINDS.get(row.kind, OTHER_KIND)
    late = row.due_at is not None and row.done_at is None and row.due_at < now()
    dial = row.from_number if row.from_number and phone.may_be_called_back(row.from_number) else None
    return {
        "id": row.id,
        "icon": kind.icon,
        "state": kind.state,
        "title": row.title,
        "details": row.details,
        "due": _format_due(row.due_at, late=late),
        "late": late,
        "done_at": row.done_at,
        "call_id": row.call_id,
        # whose message it is, which is answered there
        "customer_id": row.customer_id if row.kind == "message" else None,
        "dial": dial,
        "number": phone.display(dial) if dial else None,
    }


def _format_due(due_at: datetime | None, *, late: bool) -> str | None:
    """`bis 10:00`, `bis morgen`, `überfällig seit Mi 18.11.`"""
    if due_at is None:
        return None
    day_label = day(due_at)
    time_label = clock(due_at) if day_label == _("Heute") else day_label.lower() if day_label in (_("Gestern"), _("Morgen")) else day_label
    return _("überfällig seit %(when)s", when=time_label) if late else _("bis %(when)s", when=time_label)
