"""Plan a visit at a free time: minutes of staff, rooms, and seats of group appointments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.scheduling.availability import FreeSlots
from app.domain.scheduling.free_busy import FreeBusyGrid, list_blocked_intervals, list_work_intervals
from app.domain.scheduling.types import SchedulingBranch, SchedulingData, SchedulingRoom, Slot, SlotPart, SlotQuery, StaffServiceOffer


@dataclass(frozen=True, slots=True)
class ResourceAllocation:
    """Time of one person or room that the visit needs; `before` and `after` are the buffer minutes at its ends."""

    resource: Literal["staff", "room"]
    resource_id: str
    starts_at: datetime
    ends_at: datetime
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One service of the visit. `session_id` is an existing group appointment; then only a seat of it is taken."""

    service_id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime
    room_ids: tuple[str, ...]
    allocations: tuple[ResourceAllocation, ...]
    seats: int
    session_id: str | None


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """`overridden` are the codes of the reasons against the visit that the desk ignores."""

    branch_id: str
    parts: tuple[PlannedPart, ...]
    overridden: tuple[str, ...] = ()

    @property
    def starts_at(self) -> datetime:
        return self.parts[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.parts[-1].ends_at


def list_plans(query: SlotQuery, data: SchedulingData, starts_at: datetime) -> list[AllocationPlan]:
    """List the plans for a visit at exactly this time, preferred staff first; empty when the time is not free."""
    free_busy = FreeBusyGrid(query, data)
    return [_build_plan(free_busy, slot) for slot in FreeSlots(free_busy).find_at(starts_at)]


def _build_plan(free_busy: FreeBusyGrid, slot: Slot) -> AllocationPlan:
    branch = free_busy.data.get_branch(slot.branch_id)
    whole = SlotPart(free_busy.query.parts[0].service_id, slot.staff_id, slot.starts_at, slot.ends_at)
    return AllocationPlan(slot.branch_id, tuple(_build_part(free_busy, branch, part) for part in slot.parts or (whole,)))


def _build_part(free_busy: FreeBusyGrid, branch: SchedulingBranch, part: SlotPart) -> PlannedPart:
    offer = free_busy.data.get_offer(part.service_id, part.staff_id, branch.id)
    for session in free_busy.list_sessions(offer):
        if session.starts_at == part.starts_at:
            return PlannedPart(*part, room_ids=(), allocations=(), seats=session.seats, session_id=session.id)
    rooms = _select_rooms(free_busy, branch, offer, part.starts_at)
    seats = min([free_busy.services[part.service_id].capacity, *(room.places for room in rooms)])
    allocations = (*_allocate_staff(free_busy, offer, part.starts_at), *_allocate_rooms(free_busy, offer, rooms, part.starts_at))
    return PlannedPart(*part, room_ids=tuple(room.id for room in rooms), allocations=allocations, seats=seats, session_id=None)


def _select_rooms(free_busy: FreeBusyGrid, branch: SchedulingBranch, offer: StaffServiceOffer, starts_at: datetime) -> list[SchedulingRoom]:
    """Select a free room of each kind: the largest for groups, the smallest for single customers."""
    service, timing, index = free_busy.services[offer.service_id], free_busy.get_timing(offer), free_busy.axis.index_at(starts_at)
    chosen = []
    for kind in service.room_kinds:
        rooms = [
            room for room in free_busy.list_rooms(branch, kind, free_busy.query.seats) if free_busy.room_starts(room, timing) >> index & 1
        ]
        chosen.append(rooms[-1] if service.is_group else rooms[0])
    return chosen


def _allocate_staff(free_busy: FreeBusyGrid, offer: StaffServiceOffer, starts_at: datetime) -> list[ResourceAllocation]:
    timing, at = free_busy.get_timing(offer), free_busy.axis.index_at(starts_at)
    allocations = []
    for begin, end in list_blocked_intervals(timing):
        # a stretch without work is buffer throughout: the processing time begins with the service
        works = [stretch for stretch in list_work_intervals(timing) if begin <= stretch[0] and stretch[1] <= end] or [(end, end)]
        start, stop = free_busy.axis.instant_at(at + begin), free_busy.axis.instant_at(at + end)
        allocations.append(ResourceAllocation("staff", offer.staff_id, start, stop, before=works[0][0] - begin, after=end - works[0][1]))
    return allocations


def _allocate_rooms(
    free_busy: FreeBusyGrid, offer: StaffServiceOffer, rooms: list[SchedulingRoom], starts_at: datetime
) -> list[ResourceAllocation]:
    timing, at = free_busy.get_timing(offer), free_busy.axis.index_at(starts_at)
    start, end = free_busy.axis.instant_at(at - timing.before), free_busy.axis.instant_at(at + timing.minutes + timing.after)
    return [ResourceAllocation("room", room.id, start, end) for room in rooms]
