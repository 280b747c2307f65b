"""Removes simulated calls from lists and statistics, with their bookings and tasks."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.errors import Conflict
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.history import Actor
from app.domain.reports.call_counters import count_call, to_counted
from app.domain.tasks.lifecycle import complete_task
from app.models import Booking, Call, StaffTask

# prefix of provider ids used by app/simulator
ID_PREFIX = "call_sim_"


@dataclass(frozen=True, slots=True)
class SimulatedDataCounts:
    calls: int
    bookings: int
    tasks: int


def hide_simulated_calls() -> SimulatedDataCounts:
    """Mark the current company's simulated calls as tests, cancel their bookings and close their tasks; idempotent.

    Calls in progress stay unchanged, as do customers invented by the simulated callers.
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
    tasks = db.session.scalars(select(StaffTask.id).where(StaffTask.call_id.in_(ids), StaffTask.status == "open")).all()
    for task_id in tasks:
        complete_task(task_id, branch_ids=[])
    if calls:
        record("simulated_calls_hidden", data={"calls": len(calls)})
    return SimulatedDataCounts(len(calls), cancelled, len(tasks))


def _cancel(booking_id: str) -> bool:
    """Whether it could still be cancelled; one that is over stays."""
    try:
        cancel_booking(booking_id, Actor("system", "command"))
    except Conflict:
        return False
    return True
