"""Writes down what a person must do, once for each cause."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.events import TaskCreated, TaskUpdated
from app.models import Booking, Call, Task


def create_task(
    kind: str, title: str, *, source_ref: str, call: Call | None = None, reason: str | None = None, details: str | None = None,
    due_at: datetime | None = None, booking: Booking | None = None, priority: int = 0,
) -> Task:  # fmt: skip
    """Create the task of this cause unless it exists; publishes TaskCreated then."""
    existing = db.session.scalars(select(Task).where(Task.source_ref == source_ref)).first()
    if existing is not None:
        return existing
    about = call or booking
    task = Task(
        kind=kind, title=title[:200], details=details, reason=reason, source_ref=source_ref, due_at=due_at, status="open",
        priority=priority, branch_id=about.branch_id if about else None, customer_id=about.customer_id if about else None,
        call_id=call.id if call else booking.call_id if booking else None,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    publish(TaskCreated(current_company_id() or "", task.branch_id, task.id, task.call_id))
    return task


def count_open(branch_ids: Sequence[str]) -> int:
    """Count the open tasks of these branches; of the whole company without branches."""
    open_tasks = select(func.count()).select_from(Task).where(Task.status == "open")
    return db.session.scalar(open_tasks.where(Task.branch_id.in_(branch_ids)) if branch_ids else open_tasks) or 0


def complete_task(task_id: str, *, branch_ids: list[str]) -> Task:
    """Marks it done; again changes nothing. `branch_ids` are those the reader is limited to, empty for all. Raises NotFound."""
    return _set_status("done", task_id, branch_ids)


def reopen_task(task_id: str, *, branch_ids: list[str]) -> Task:
    """Takes that back."""
    return _set_status("open", task_id, branch_ids)


def _set_status(status: str, task_id: str, branch_ids: list[str]) -> Task:
    statement = select(Task).where(Task.id == task_id)
    task = db.session.scalar(statement.where(Task.branch_id.in_(branch_ids)) if branch_ids else statement)
    if task is None:
        raise NotFound(_("Diese Aufgabe gibt es nicht."))
    if task.status != status:
        task.status, task.done_at = status, now() if status == "done" else None
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    return task
