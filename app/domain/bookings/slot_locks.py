"""Takes and gives back minutes of people and rooms; the database's key refuses what is taken already, whatever path leads there."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.domain.scheduling.allocation_plan import ResourceAllocation
from app.domain.scheduling.loader import MAX_SPAN_MINUTES
from app.domain.scheduling.minute_bits import to_minute, to_minute_ceil
from app.models import BusySpan, GroupSession, SlotLock
from app.models.slot_lock import SLOT_MINUTES

MARIADB_DUPLICATE = 1062
# the cell of seats, which belong to a session and not to a minute
NO_TIME = 0
CELLS_A_DAY = 24 * 60 // SLOT_MINUTES


def occupy(holder_id: str, takings: Iterable[ResourceAllocation], *, expires_at: datetime | None = None) -> None:
    """Writes the cells and the readable stretches. Raises IntegrityError when somebody has one of the cells: then nothing is written,
    if the caller wraps it in a savepoint.

    The cells go in one order for everybody, so that two who want the same wait for each other and do not deadlock.
    """
    company_id, takings = current_company_id(), list(takings)
    _clear_expired(takings)
    cells = {(taking.resource_id, cell) for taking in takings for cell in range(*_cells(taking))}
    rows = [
        {"company_id": company_id, "resource_id": resource_id, "slot_index": cell, "seat": 0, "holder_id": holder_id}
        for resource_id, cell in sorted(cells)
    ]
    db.session.execute(insert(SlotLock), rows)
    spans = [span for taking in takings for span in _spans(taking, holder_id, expires_at)]
    db.session.execute(insert(BusySpan), spans)


def release(holder_id: str) -> None:
    """Gives back the minutes and seats that stand under this name."""
    db.session.execute(delete(SlotLock).where(SlotLock.holder_id == holder_id))
    db.session.execute(delete(BusySpan).where(BusySpan.holder_id == holder_id))


def take_seats(session_id: str, holder_id: str, seats: int) -> bool:
    """Takes seats of a standing group session; False when it is full or gone.

    The counter's UPDATE comes first: it locks the session, so that the free seat numbers stay free.
    """
    counted = (
        update(GroupSession)
        .where(GroupSession.id == session_id, GroupSession.seats_taken + seats <= GroupSession.seats)
        .values(seats_taken=GroupSession.seats_taken + seats)
    )
    if not changed_rows(counted):
        return False
    sold = set(db.session.scalars(select(SlotLock.seat).where(SlotLock.resource_id == session_id)))
    size = db.session.scalar(select(GroupSession.seats).where(GroupSession.id == session_id)) or 0
    free = [seat for seat in range(size) if seat not in sold][:seats]
    company_id = current_company_id()
    rows = [
        {"company_id": company_id, "resource_id": session_id, "slot_index": NO_TIME, "seat": seat, "holder_id": holder_id} for seat in free
    ]
    db.session.execute(insert(SlotLock), rows)
    return True


def vacate(*names: str) -> None:
    """Gives back everything that these bookings or holds had, seats too; the last one to leave a group takes its session along.

    No booking may still name that session then. Nothing happens to names that have nothing.
    """
    seats = (
        select(SlotLock.resource_id, func.count())
        .where(SlotLock.holder_id.in_(names), SlotLock.slot_index == NO_TIME)
        .group_by(SlotLock.resource_id)
        .order_by(SlotLock.resource_id)
    )
    left = db.session.execute(seats).all()
    for name in sorted(set(names)):
        release(name)
    for session_id, count in left:
        db.session.execute(update(GroupSession).where(GroupSession.id == session_id).values(seats_taken=GroupSession.seats_taken - count))
        if changed_rows(delete(GroupSession).where(GroupSession.id == session_id, GroupSession.seats_taken == 0)):
            release(session_id)


def forget_past_day() -> int:
    """Deletes the cells of the earliest day that is over for more than a day, seats excepted; their number, 0 when none is left.

    To be called inside unscoped. What is past can no longer be sold twice.
    """
    over = to_minute(now()) // SLOT_MINUTES - CELLS_A_DAY
    earliest = db.session.scalar(select(func.min(SlotLock.slot_index)).where(SlotLock.slot_index > NO_TIME))
    if earliest is None or earliest >= over:
        return 0
    until = min(over, earliest + CELLS_A_DAY)
    return changed_rows(delete(SlotLock).where(SlotLock.slot_index > NO_TIME, SlotLock.slot_index < until))


def changed_rows(statement: Executable) -> int:
    """Runs it and says how many rows it changed."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def was_taken(error: IntegrityError) -> bool:
    """Whether the database refused a row because its key is there already (and not for another reason)."""
    return "UNIQUE constraint failed" in str(error.orig) or getattr(error.orig, "args", (None,))[0] == MARIADB_DUPLICATE


def _cells(taking: ResourceAllocation) -> tuple[int, int]:
    """The cells that a stretch touches, as [first, end)."""
    return to_minute(taking.starts_at) // SLOT_MINUTES, -(-to_minute_ceil(taking.ends_at) // SLOT_MINUTES)


def _spans(taking: ResourceAllocation, holder_id: str, expires_at: datetime | None) -> list[dict[str, Any]]:
    """The stretch in whole cells, in pieces no longer than look-ups go back; the buffers stand at its two ends."""
    first, end = (cell * SLOT_MINUTES for cell in _cells(taking))
    before = to_minute(taking.starts_at) - first + taking.before
    after = end - to_minute_ceil(taking.ends_at) + taking.after
    pieces = [
        {
            "company_id": current_company_id(), "resource_id": taking.resource_id, "first_minute": start,
            "end_minute": min(start + MAX_SPAN_MINUTES, end), "kind": "held" if expires_at else "booked", "holder_id": holder_id,
            "expires_at": expires_at, "before_minutes": 0, "after_minutes": 0,
        }
        for start in range(first, end, MAX_SPAN_MINUTES)
    ]  # fmt: skip
    pieces[0]["before_minutes"] = before
    pieces[-1]["after_minutes"] = after
    return pieces


def _clear_expired(takings: list[ResourceAllocation]) -> None:
    """Holds that ran out and stand in the way give their cells back; no clock job needs to be in time for that."""
    in_the_way = or_(
        *(
            and_(
                BusySpan.resource_id == taking.resource_id,
                BusySpan.first_minute >= to_minute(taking.starts_at) - MAX_SPAN_MINUTES - SLOT_MINUTES,
                BusySpan.first_minute < to_minute_ceil(taking.ends_at) + SLOT_MINUTES,
            )
            for taking in takings
        )
    )
    expired = select(BusySpan.holder_id).where(in_the_way, BusySpan.expires_at <= now()).distinct()
    for hold_id in db.session.scalars(expired).all():
        vacate(hold_id)
