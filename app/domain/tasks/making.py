"""Writes down what a person must do, once for each cause."""

from datetime import datetime

from sqlalchemy import select

from app.core.event_bus import announce
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.events import TaskCreated
from app.models import Booking, Call, Task


def make_task(
    kind: str, title: str, *, source_ref: str, call: Call | None = None, reason: str | None = None, details: str | None = None,
    due_at: datetime | None = None, booking: Booking | None = None, priority: int = 0,
) -> Task:  # fmt: skip
    """The task of this cause, made if it is not there yet; announces TaskCreated then."""
    known = db.session.scalars(select(Task).where(Task.source_ref == source_ref)).first()
    if known is not None:
        return known
    about = call or booking
    task = Task(
        kind=kind, title=title[:200], details=details, reason=reason, source_ref=source_ref, due_at=due_at, status="open",
        priority=priority, branch_id=about.branch_id if about else None, customer_id=about.customer_id if about else None,
        call_id=call.id if call else booking.call_id if booking else None,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    announce(TaskCreated(current_company_id() or "", task.branch_id, task.id, task.call_id))
    return task
