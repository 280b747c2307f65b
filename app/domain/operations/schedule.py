"""The schedule as support sees it: when each entry ran last and runs next, and one of them now."""

from sqlalchemy import select, update

from app.core.clock import now
from app.core.extensions import db
from app.models.schedule_run import ScheduledTask


def list_scheduled_tasks() -> list[ScheduledTask]:
    return list(db.session.scalars(select(ScheduledTask).order_by(ScheduledTask.name)))


def run_now(name: str) -> bool:
    """Makes the entry due; the clock takes it within a second. Whether there is such an entry."""
    due = update(ScheduledTask).where(ScheduledTask.name == name).values(next_at=now())
    return bool(db.session.execute(due).rowcount)  # type: ignore[attr-defined]
