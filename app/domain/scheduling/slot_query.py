"""Asks the calendar: loads what it must know and lets it answer."""

from collections.abc import Collection
from datetime import datetime

from app.core.clock import now
from app.domain.scheduling.availability import FreeSlots, find_free_slots
from app.domain.scheduling.loader import load_scheduling_data
from app.domain.scheduling.types import AvailabilityQuery, VisitPart


def find_slots(
    parts: tuple[VisitPart, ...],
    *,
    starts_from: datetime,
    starts_before: datetime,
    branch_id: str | None = None,
    for_callers: bool = False,
    seats: int = 1,
    max_gap: int = 0,
    ignoring: Collection[str] = (),
) -> FreeSlots:
    """What is free in [starts_from, starts_before) for one service or several one after the other; slots are made as they are read.

    `ignoring` names bookings (by `occupant`) or holds that shall not stand in the way.
    """
    query = AvailabilityQuery(
        parts, starts_from, starts_before, now(), branch_id=branch_id, seats=seats, max_gap=max_gap, ignoring=frozenset(ignoring)
    )  # fmt: skip
    return find_free_slots(query, load_scheduling_data(query, for_callers=for_callers))
