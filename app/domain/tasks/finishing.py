"""Tasks that somebody has done, and those that were not done after all."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.event_bus import announce
from app.core.extensions import db
from app.events import TaskUpdated
from app.models import Task


def finish(task_id: str, *, branch_ids: list[str]) -> Task:
    """Marks it done; again changes nothing. `branch_ids` are those the reader is limited to, empty for all. Raises NotFound."""
    return _become("done", task_id, branch_ids)


def reopen(task_id: str, *, branch_ids: list[str]) -> Task:
    """Takes that back."""
    return _become("open", task_id, branch_ids)


def _become(status: str, task_id: str, branch_ids: list[str]) -> Task:
    wanted = select(Task).where(Task.id == task_id)
    task = db.session.scalar(wanted.where(Task.branch_id.in_(branch_ids)) if branch_ids else wanted)
    if task is None:
        raise NotFound(_("Diese Aufgabe gibt es nicht."))
    if task.status != status:
        task.status, task.done_at = status, now() if status == "done" else None
        announce(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
    return task
