"""Takes simulated calls back: out of the lists and figures, with what they booked and what they left to do."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.errors import Conflict
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.history import Actor
from app.domain.reports.call_stats import count_call, to_counted
from app.domain.tasks.lifecycle import complete_task
from app.models import Booking, Call, Task

# how app/simulator names its calls
ID_PREFIX = "call_sim_"


@dataclass(frozen=True, slots=True)
class Hidden:
    calls: int
    bookings: int
    tasks: int


def hide_simulated_calls() -> Hidden:
    """Marks those of the company at work as tests, cancels what they booked and closes their tasks; again changes nothing.

    Calls that are still running stay as they are, and so do customers whom the callers made up.
    """
    statement = select(Call).where(Call.provider_call_id.startswith(ID_PREFIX, autoescape=True), Call.is_test.is_(False))
    calls = list(db.session.scalars(statement.where(~Call.running()).with_for_update()))
    ids = [call.id for call in calls]
    for call in calls:
        before = to_counted(call)
        call.is_test = True
        count_call(call, before)
    db.session.flush()
    bookings = select(Booking.id).where(Booking.call_id.in_(ids), Booking.status != "cancelled")
    cancelled = sum(_cancel(booking_id) for booking_id in db.session.scalars(bookings).all())
    tasks = db.session.scalars(select(Task.id).where(Task.call_id.in_(ids), Task.status == "open")).all()
    for task_id in tasks:
        complete_task(task_id, branch_ids=[])
    if calls:
        record("simulated_calls_hidden", data={"calls": len(calls)})
    return Hidden(len(calls), cancelled, len(tasks))


def _cancel(booking_id: str) -> bool:
    """Whether it could still be cancelled; one that is over stays."""
    try:
        cancel_booking(booking_id, Actor("house", "command"))
    except Conflict:
        return False
    return True
