"""Lock and unlock minutes of staff and rooms; a unique key in the database prevents double booking."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, and_, case, delete, func, insert, or_, select, update
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
# the cell number of seats, which belong to a session and not to a minute
SEAT_CELL = 0
CELLS_PER_DAY = 24 * 60 // SLOT_MINUTES


def lock(
    holder_id: str, allocations: Iterable[ResourceAllocation], *, expires_at: datetime | None = None, is_overbooked: bool = False
) -> None:
    """Insert lock cells and busy spans. Raises IntegrityError when a cell is locked; nothing is inserted then,
    if the caller wraps it in a savepoint.

    Cells are inserted in one order, so that concurrent requests wait for each other and do not deadlock. A booking that the
    desk overbooks takes its cells beside those that are taken, under the next seat number.
    """
    company_id, allocations = current_company_id(), list(allocations)
    _unlock_expired(allocations)
    cells = {(allocation.resource_id, cell) for allocation in allocations for cell in range(*_get_cells(allocation))}
    seats = _find_next_seats(cells) if is_overbooked else {}
    rows = [
        {
            "company_id": company_id,
            "resource_id": resource_id,
            "slot_index": cell,
            "seat": seats.get(resource_id, 0),
            "holder_id": holder_id,
        }
        for resource_id, cell in sorted(cells)
    ]
    db.session.execute(insert(SlotLock), rows)
    spans = [span for allocation in allocations for span in _build_spans(allocation, holder_id, expires_at)]
    db.session.execute(insert(BusySpan), spans)


def unlock(holder_id: str) -> None:
    """Delete the locks of this holder on minutes and seats."""
    db.session.execute(delete(SlotLock).where(SlotLock.holder_id == holder_id))
    db.session.execute(delete(BusySpan).where(BusySpan.holder_id == holder_id))


def reserve_seats(session_id: str, holder_id: str, seats: int) -> bool:
    """Reserve seats of an existing group session; False when it is full or gone.

    The counter's UPDATE comes first: it locks the session, so that the free seat numbers stay free.
    """
    increment = (
        update(GroupSession)
        .where(GroupSession.id == session_id, GroupSession.seats_taken + seats <= GroupSession.seats)
        .values(seats_taken=GroupSession.seats_taken + seats)
    )
    if not execute_count(increment):
        return False
    taken_seats = set(db.session.scalars(select(SlotLock.seat).where(SlotLock.resource_id == session_id)))
    size = db.session.scalar(select(GroupSession.seats).where(GroupSession.id == session_id)) or 0
    free_seats = [seat for seat in range(size) if seat not in taken_seats][:seats]
    company_id = current_company_id()
    rows = [
        {"company_id": company_id, "resource_id": session_id, "slot_index": SEAT_CELL, "seat": seat, "holder_id": holder_id}
        for seat in free_seats
    ]
    db.session.execute(insert(SlotLock), rows)
    return True


def add_missing_seats(session_id: str, seats: int) -> None:
    """Add the seats that a full group session lacks; they go again with the next who leaves."""
    missing = GroupSession.seats_taken + seats - GroupSession.seats
    statement = update(GroupSession).where(GroupSession.id == session_id, missing > 0)
    # MariaDB assigns from left to right: what is read comes before what is written
    db.session.execute(
        statement.ordered_values(
            (GroupSession.extra_seats, GroupSession.extra_seats + missing), (GroupSession.seats, GroupSession.seats + missing)
        )
    )


def unlock_all(*holder_ids: str) -> None:
    """Delete all locks of these bookings or holds, seats included; a group session without seats taken is deleted.

    No booking may still reference that session. Holder ids without locks are ignored.
    """
    seats = (
        select(SlotLock.resource_id, func.count())
        .where(SlotLock.holder_id.in_(holder_ids), SlotLock.slot_index == SEAT_CELL)
        .group_by(SlotLock.resource_id)
        .order_by(SlotLock.resource_id)
    )
    released_seats = db.session.execute(seats).all()
    for holder_id in sorted(set(holder_ids)):
        unlock(holder_id)
    for session_id, count in released_seats:
        _release_seats(session_id, count)
        if execute_count(delete(GroupSession).where(GroupSession.id == session_id, GroupSession.seats_taken == 0)):
            unlock(session_id)


def _release_seats(session_id: str, count: int) -> None:
    """Release seats of a group session, and first those that were added to it."""
    session = update(GroupSession).where(GroupSession.id == session_id)
    db.session.execute(session.values(seats_taken=GroupSession.seats_taken - count))
    surplus = case((GroupSession.extra_seats > count, count), else_=GroupSession.extra_seats)
    shrunk = ((GroupSession.seats, GroupSession.seats - surplus), (GroupSession.extra_seats, GroupSession.extra_seats - surplus))
    db.session.execute(session.where(GroupSession.extra_seats > 0).ordered_values(*shrunk))


def delete_past_locks() -> int:
    """Delete the cells of the earliest day that ended more than a day ago, except seats; return their number, 0 if none is left.

    Call inside unscoped. Past minutes need no protection against double booking.
    """
    past = to_minute(now()) // SLOT_MINUTES - CELLS_PER_DAY
    earliest = db.session.scalar(select(func.min(SlotLock.slot_index)).where(SlotLock.slot_index > SEAT_CELL))
    if earliest is None or earliest >= past:
        return 0
    until = min(past, earliest + CELLS_PER_DAY)
    return execute_count(delete(SlotLock).where(SlotLock.slot_index > SEAT_CELL, SlotLock.slot_index < until))


def execute_count(statement: Executable) -> int:
    """Execute the statement and return the number of rows it changed."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def is_unique_violation(error: IntegrityError) -> bool:
    """Whether the error is a violated unique key and nothing else."""
    return "UNIQUE constraint failed" in str(error.orig) or getattr(error.orig, "args", (None,))[0] == MARIADB_DUPLICATE


def _get_cells(allocation: ResourceAllocation) -> tuple[int, int]:
    """The cells that a stretch touches, as [first, end)."""
    return to_minute(allocation.starts_at) // SLOT_MINUTES, -(-to_minute_ceil(allocation.ends_at) // SLOT_MINUTES)


def _find_next_seats(cells: set[tuple[str, int]]) -> dict[str, int]:
    """The seat numbers above all that are taken in these cells, by resource."""
    wanted = or_(
        *(
            and_(SlotLock.resource_id == resource_id, SlotLock.slot_index.in_([cell for owner, cell in cells if owner == resource_id]))
            for resource_id in {resource_id for resource_id, _cell in cells}
        )
    )
    highest = select(SlotLock.resource_id, func.max(SlotLock.seat)).where(wanted).group_by(SlotLock.resource_id)
    return {resource_id: seat + 1 for resource_id, seat in db.session.execute(highest)}


def _build_spans(allocation: ResourceAllocation, holder_id: str, expires_at: datetime | None) -> list[dict[str, Any]]:
    """The interval in whole cells, in pieces of at most MAX_SPAN_MINUTES, with the buffers at both ends."""
    first, end = (cell * SLOT_MINUTES for cell in _get_cells(allocation))
    before = to_minute(allocation.starts_at) - first + allocation.before
    after = end - to_minute_ceil(allocation.ends_at) + allocation.after
    pieces = [
        {
            "company_id": current_company_id(), "resource_id": allocation.resource_id, "first_minute": start,
            "end_minute": min(start + MAX_SPAN_MINUTES, end), "kind": "held" if expires_at else "booked", "holder_id": holder_id,
            "expires_at": expires_at, "before_minutes": 0, "after_minutes": 0,
        }
        for start in range(first, end, MAX_SPAN_MINUTES)
    ]  # fmt: skip
    pieces[0]["before_minutes"] = before
    pieces[-1]["after_minutes"] = after
    return pieces


def _unlock_expired(allocations: list[ResourceAllocation]) -> None:
    """Release expired holds that overlap, so that no scheduled job has to run in time; one that is extended meanwhile keeps its time."""
    for hold_id in _list_expired(allocations):
        if execute_count(delete(BusySpan).where(BusySpan.holder_id == hold_id, BusySpan.expires_at <= now())):
            unlock_all(hold_id)


def _list_expired(allocations: list[ResourceAllocation]) -> list[str]:
    overlapping = or_(
        *(
            and_(
                BusySpan.resource_id == allocation.resource_id,
                BusySpan.first_minute >= to_minute(allocation.starts_at) - MAX_SPAN_MINUTES - SLOT_MINUTES,
                BusySpan.first_minute < to_minute_ceil(allocation.ends_at) + SLOT_MINUTES,
            )
            for allocation in allocations
        )
    )
    expired = select(BusySpan.holder_id).where(overlapping, BusySpan.expires_at <= now()).distinct()
    return list(db.session.scalars(expired))
