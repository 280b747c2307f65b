"""Tasks as the start page and the tasks page show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, select

from app.core import phone
from app.core.clock import now
from app.core.extensions import db
from app.models import Call, Task
from app.web.formatting import clock, day
from app.web.reader import chosen_branches


@dataclass(frozen=True)
class Kind:
    """How a kind of task looks: icon and colour role."""

    icon: str
    state: str


KINDS = {
    "emergency": Kind("circle-alert", "bad"),
    "callback": Kind("message-square", "held"),
    "check_booking": Kind("calendar-clock", "warn"),
    "mismatch": Kind("triangle-alert", "bad"),
    "check_cancellation": Kind("calendar-x", "warn"),
}
OTHER = Kind("list-checks", "talking")


def open_tasks(limit: int) -> list[dict[str, Any]]:
    """The most urgent ones first; those without a time last, newest first among them."""
    urgent = case((Task.due_at.is_(None), 1), else_=0)
    order = (Task.priority.desc(), urgent, Task.due_at, Task.id.desc())
    rows = db.session.execute(_rows().where(*_mine(), Task.status == "open").order_by(*order).limit(limit))
    return [_shown(row) for row in rows]


def done_tasks(limit: int) -> list[dict[str, Any]]:
    """What was done last."""
    rows = db.session.execute(_rows().where(*_mine(), Task.status == "done").order_by(Task.done_at.desc(), Task.id.desc()).limit(limit))
    return [_shown(row) for row in rows]


def count_open() -> int:
    """How many wait; asked for once a request."""
    if "open_tasks" not in g:
        g.open_tasks = db.session.scalar(select(func.count()).select_from(Task).where(*_mine(), Task.status == "open")) or 0
    return g.open_tasks


def _mine() -> list[ColumnElement[bool]]:
    return [Task.branch_id.in_(branches)] if (branches := chosen_branches()) else []


def _rows() -> Any:
    columns = (Task.id, Task.kind, Task.title, Task.details, Task.due_at, Task.done_at, Task.call_id, Call.from_number)
    return select(*columns).outerjoin(Call, and_(Call.company_id == Task.company_id, Call.id == Task.call_id))


def _shown(row: Any) -> dict[str, Any]:
    kind = KINDS.get(row.kind, OTHER)
    late = row.due_at is not None and row.done_at is None and row.due_at < now()
    dial = row.from_number if row.from_number and phone.may_be_called_back(row.from_number) else None
    return {
        "id": row.id,
        "icon": kind.icon,
        "state": kind.state,
        "title": row.title,
        "details": row.details,
        "due": _due(row.due_at, late=late),
        "late": late,
        "done_at": row.done_at,
        "call_id": row.call_id,
        "dial": dial,
        "number": phone.display(dial) if dial else None,
    }


def _due(due_at: datetime | None, *, late: bool) -> str | None:
    """`bis 10:00`, `bis morgen`, `überfällig seit Mi 18.11.`"""
    if due_at is None:
        return None
    near = day(due_at)
    at = clock(due_at) if near == _("Heute") else near.lower() if near in (_("Gestern"), _("Morgen")) else near
    return _("überfällig seit %(when)s", when=at) if late else _("bis %(when)s", when=at)
