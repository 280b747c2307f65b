"""Query free slots: load the data and calculate."""

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
    """Find free slots in [starts_from, starts_before) for one service or several in sequence; slots are built lazily.

    `ignoring` holds ids of bookings (their `occupant`) or holds that do not count as busy.
    """
    query = AvailabilityQuery(
        parts, starts_from, starts_before, now(), branch_id=branch_id, seats=seats, max_gap=max_gap, ignoring=frozenset(ignoring)
    )  # fmt: skip
    return find_free_slots(query, load_scheduling_data(query, for_callers=for_callers))
