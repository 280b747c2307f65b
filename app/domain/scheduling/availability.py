"""Find the free slots for a visit. Pure calculation on UTC instants; days are integers and minutes their bits."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from app.domain.scheduling.free_busy import FreeBusyGrid
from app.domain.scheduling.minute_bits import extend_backwards, iter_indexes
from app.domain.scheduling.types import SchedulingBranch, SchedulingData, Slot, SlotPart, SlotQuery, StaffServiceOffer


class VisitPartCandidate(NamedTuple):
    """One person for one part of the visit; `starts` is the mask of starts from which this and all later parts fit."""

    offer: StaffServiceOffer
    minutes: int
    starts: int


class VisitCandidates(NamedTuple):
    """The visit at one branch; `starts` is the mask of bookable starts of the whole visit."""

    branch: SchedulingBranch
    steps: list[list[VisitPartCandidate]]
    starts: int


def find_free_slots(query: SlotQuery, data: SchedulingData) -> "FreeSlots":
    """Find the times at which the whole visit fits. Slots are built lazily, while iterating."""
    return FreeSlots(FreeBusyGrid(query, data))


class FreeSlots:
    """The free slots of all branches: one for each start and each person able to begin."""

    def __init__(self, free_busy: FreeBusyGrid) -> None:
        self._free_busy = free_busy
        self._plans = [plan for branch in free_busy.list_branches() if (plan := build_visit_candidates(free_busy, branch)).starts]

    def __bool__(self) -> bool:
        return bool(self._plans)

    def __iter__(self) -> Iterator[Slot]:
        """All slots by time; at one time in the order of branches and people."""
        if len(self._plans) == 1:
            yield from self._iter_slots(self._plans[0])
            return
        merged = [slot for plan in self._plans for slot in self._iter_slots(plan)]
        yield from sorted(merged, key=lambda slot: slot.starts_at)

    def first(self, limit: int) -> list[Slot]:
        return list(islice(self, limit))

    def list_starts(self) -> list[datetime]:
        """The distinct start times, ascending, for any staff."""
        all_starts = 0
        for plan in self._plans:
            all_starts |= plan.starts
        return [self._free_busy.axis.instant_at(index) for index in iter_indexes(all_starts)]

    def find_at(self, starts_at: datetime) -> list[Slot]:
        """The slots at exactly this time."""
        index = self._free_busy.axis.index_at(starts_at)
        if index < 0 or self._free_busy.axis.instant_at(index) != starts_at:
            return []
        return [slot for plan in self._plans if plan.starts >> index & 1 for slot in self._iter_slots_at(plan, index)]

    def find_nearest(self, starts_at: datetime, limit: int) -> list[Slot]:
        """The slots closest to a time, one a time, the closest first (the earlier one of two at the same distance)."""
        times = sorted(self.list_starts(), key=lambda start: (abs(start - starts_at), start))
        return [self.find_at(start)[0] for start in times[:limit]]

    def _iter_slots(self, plan: VisitCandidates) -> Iterator[Slot]:
        if len(plan.steps) > 1:
            for index in iter_indexes(plan.starts):
                yield from self._iter_slots_at(plan, index)
            return
        axis, branch_id = self._free_busy.axis, plan.branch.id
        rows = [(step.offer.staff_id, step.minutes, bin(step.starts)[:1:-1]) for step in plan.steps[0]]
        instants: dict[int, datetime] = {}
        for index in iter_indexes(plan.starts):
            starts_at = axis.instant_at(index)
            for staff_id, minutes, bits in rows:
                if bits[index : index + 1] == "1":
                    end = index + minutes
                    ends_at = instants.get(end) or instants.setdefault(end, axis.instant_at(end))
                    yield Slot(starts_at, ends_at, branch_id, staff_id)

    def _iter_slots_at(self, plan: VisitCandidates, index: int) -> Iterator[Slot]:
        for step in plan.steps[0]:
            if step.starts >> index & 1:
                yield self._build_slot(plan, index, step)

    def _build_slot(self, plan: VisitCandidates, index: int, first: VisitPartCandidate) -> Slot:
        """Build the slot from its first part on: the shortest wait wins, then the person of the part before."""
        to_time = self._free_busy.axis.instant_at
        chain, step = [], first
        for following in (*plan.steps[1:], []):
            end = index + step.minutes
            chain.append(SlotPart(step.offer.service_id, step.offer.staff_id, to_time(index), to_time(end)))
            if following:
                index, step = self._get_next_step(following, end, step.offer.staff_id)
        parts = tuple(chain) if len(chain) > 1 else ()
        return Slot(chain[0].starts_at, chain[-1].ends_at, plan.branch.id, first.offer.staff_id, parts)

    def _get_next_step(self, following: list[VisitPartCandidate], end: int, staff_id: str) -> tuple[int, VisitPartCandidate]:
        for wait in range(self._free_busy.query.max_gap + 1):
            able = [step for step in following if step.starts >> end + wait & 1]
            if able:
                return end + wait, next((step for step in able if step.offer.staff_id == staff_id), able[0])
        raise AssertionError("A start was offered from which the visit cannot be finished.")


def build_visit_candidates(free_busy: FreeBusyGrid, branch: SchedulingBranch) -> VisitCandidates:
    """Build the plan from the last part to the first: a part can start where the rest can follow within `max_gap`."""
    steps: list[list[VisitPartCandidate]] = []
    rest: int | None = None
    for part in reversed(free_busy.query.parts):
        level = []
        for offer in free_busy.list_offers(part, branch):
            minutes = free_busy.get_timing(offer).minutes
            starts = free_busy.possible_starts(offer, branch)
            if rest is not None:
                starts &= rest >> minutes
            if starts:
                level.append(VisitPartCandidate(offer, minutes, starts))
        steps.insert(0, level)
        all_starts = 0
        for step in level:
            all_starts |= step.starts
        rest = extend_backwards(all_starts, free_busy.query.max_gap)
    window, grid = free_busy.window_mask(), free_busy.grid_mask(branch)
    # an existing group appointment is offered at its own start, on the grid or not
    level = [step._replace(starts=step.starts & window & (grid | free_busy.joinable_starts(step.offer))) for step in steps[0]]
    starts = 0
    for step in level:
        starts |= step.starts
    return VisitCandidates(branch, [level, *steps[1:]], starts)
