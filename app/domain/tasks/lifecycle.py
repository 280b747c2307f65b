"""Creates tasks for staff, one per cause."""

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
from app.models import Booking, Call, StaffTask


def create_task(
    kind: str, title: str, *, source_ref: str, call: Call | None = None, reason: str | None = None, details: str | None = None,
    due_at: datetime | None = None, booking: Booking | None = None, priority: int = 0, branch_id: str | None = None,
    customer_id: str | None = None, due_kind: str | None = None, due_until: datetime | None = None,
) -> StaffTask:  # fmt: skip
    """Create the task of this cause unless it exists; publishes TaskCreated then."""
    existing = db.session.scalars(select(StaffTask).where(StaffTask.source_ref == source_ref)).first()
    if existing is not None:
        return existing
    about = call or booking
    task = StaffTask(
        kind=kind, title=title[:200], details=details, reason=reason, source_ref=source_ref, due_at=due_at, status="open",
        due_kind=due_kind, due_until=due_until, priority=priority,
        branch_id=about.branch_id if about else branch_id, customer_id=about.customer_id if about else customer_id,
        call_id=call.id if call else booking.call_id if booking else None,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    publish(TaskCreated(current_company_id() or "", task.branch_id, task.id, task.call_id))
    return task


def count_open(branch_ids: Sequence[str]) -> int:
    """Count the open tasks of these branches; of the whole company without branches."""
    open_tasks = select(func.count()).select_from(StaffTask).where(StaffTask.status == "open")
    return db.session.scalar(open_tasks.where(StaffTask.branch_id.in_(branch_ids)) if branch_ids else open_tasks) or 0


def complete_task(task_id: str, *, branch_ids: list[str]) -> StaffTask:
    """Mark the task as done; idempotent. `branch_ids` are the user's branches, empty for all. Raises NotFound."""
    return _set_status("done", task_id, branch_ids)


def reopen_task(task_id: str, *, branch_ids: list[str]) -> StaffTask:
    """Reopen a done task."""
    return _set_status("open", task_id, branch_ids)


def _set_status(status: str, task_id: str, branch_ids: list[str]) -> StaffTask:
    statement = select(StaffTask).where(StaffTask.id == task_id)
    task = db.session.scalar(statement.where(StaffTask.branch_id.in_(branch_ids)) if branch_ids else statement)
    if task is None:
        raise NotFound(_("Diese Aufgabe gibt es nicht."))
    if task.status != status:
        task.status, task.done_at = status, now() if status == "done" else None
        publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    return task
