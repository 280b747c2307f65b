"""Find alternatives to a time that is not free: other times, other staff, other branches."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.types import SchedulingData, Slot, SlotQuery, VisitPart


@dataclass(frozen=True, slots=True)
class Alternatives:
    """`other_times` with the requested person (or any, without a request), `other_staff` at the exact time, `other_branches`
    at the time or as near to it as possible."""

    other_times: list[Slot]
    other_staff: list[Slot]
    other_branches: list[Slot]

    def best(self, limit: int = 3) -> list[Slot]:
        """A short mixed list: the requested time with other staff first, then the nearest times, then other branches."""
        mixed = [*self.other_staff[:1], *self.other_times, *self.other_staff[1:], *self.other_branches]
        return list(dict.fromkeys(mixed))[:limit]


def find_alternatives(
    query: SlotQuery, data: SchedulingData, requested_at: datetime, *, limit: int = 3, search_radius: timedelta = timedelta(days=7)
) -> Alternatives:
    """Find the slots closest to `requested_at`, within `search_radius` on both sides; the data must cover that window."""
    around = query.between(max(requested_at - search_radius, query.now), requested_at + search_radius)
    if around.starts_from >= around.starts_before:
        return Alternatives([], [], [])
    same_moment = query.at(requested_at)
    elsewhere = replace(data, branches=tuple(branch for branch in data.branches if branch.id != query.branch_id))
    return Alternatives(
        other_times=[
            slot for slot in find_free_slots(around, data).find_nearest(requested_at, limit + 1) if slot.starts_at != requested_at
        ][:limit],
        other_staff=_find_other_staff(query, same_moment, data, limit),
        other_branches=[]
        if query.branch_id is None
        else find_free_slots(_with_any_staff(replace(around, branch_id=None)), elsewhere).find_nearest(requested_at, limit),
    )


def _find_other_staff(query: SlotQuery, same_moment: SlotQuery, data: SchedulingData, limit: int) -> list[Slot]:
    requested_ids = {part.staff_id for part in query.parts} - {None}
    if not requested_ids or same_moment.starts_from < query.now:
        return []
    return find_free_slots(_with_any_staff(same_moment), data).first(limit)


def _with_any_staff(query: SlotQuery) -> SlotQuery:
    return replace(query, parts=tuple(VisitPart(part.service_id) for part in query.parts))
