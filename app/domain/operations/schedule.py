"""The schedule as support sees it: when each entry ran last and runs next, and one of them now."""

from sqlalchemy import select, update

from app.core.clock import now
from app.core.extensions import db
from app.models.scheduled_task import ScheduledTask


def list_scheduled_tasks() -> list[ScheduledTask]:
    return list(db.session.scalars(select(ScheduledTask).order_by(ScheduledTask.name)))


def run_now(name: str) -> bool:
    """Make the task due; the scheduler starts it within a second. False when it does not exist."""
    due = update(ScheduledTask).where(ScheduledTask.name == name).values(next_at=now())
    return bool(db.session.execute(due).rowcount)  # type: ignore[attr-defined]
