"""Free and busy minutes for one query, as bit masks that are computed once and cached."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property

from app.domain.scheduling.minute_bits import MinuteAxis, WallClockMapper, find_run_starts, to_minute, to_minute_ceil
from app.domain.scheduling.opening_hours import OpeningMasks, build_opening, build_shift_mask
from app.domain.scheduling.types import (
    BusyInterval,
    SchedulingBranch,
    SchedulingData,
    SchedulingGroupSession,
    SchedulingRoom,
    SchedulingService,
    ServiceTiming,
    SlotQuery,
    StaffServiceOffer,
    VisitPart,
)


class FreeBusyGrid:
    """Free minutes of branches, staff and rooms around the window of the query."""

    def __init__(self, query: SlotQuery, data: SchedulingData) -> None:
        self.query = query
        self.data = data
        self.services = {service.id: service for service in data.services}
        self.people = {person.id: person for person in data.people}
        before, after = self._get_margins()
        first = to_minute(query.starts_from) - before
        self.axis = MinuteAxis(first, to_minute(query.starts_before) + after - first)
        self._openings: dict[str, OpeningMasks] = {}
        self._shifts: dict[tuple[str, str], int] = {}
        self._runs: dict[tuple[str, int], int] = {}
        self._rooms: dict[tuple[str, str, int, int], int] = {}

    def _get_margins(self) -> tuple[int, int]:
        """The minutes by which bookings that start in the window can exceed it, before and after."""
        timings: dict[str, list[ServiceTiming]] = defaultdict(list)
        for offer in self.data.offers:
            if offer.service_id in self.services:
                timings[offer.service_id].append(self.get_timing(offer))
        part_timings = [timings[part.service_id] for part in self.query.parts]
        before = max((timing.before for timings_of_part in part_timings for timing in timings_of_part), default=0)
        after = sum(
            max((timing.total_minutes for timing in timings_of_part), default=0) + self.query.max_gap for timings_of_part in part_timings
        )
        return before, after + 1

    def get_timing(self, offer: StaffServiceOffer) -> ServiceTiming:
        return offer.timing or self.services[offer.service_id].timing

    def list_branches(self) -> list[SchedulingBranch]:
        branch_id = self.query.branch_id
        return [branch for branch in self.data.branches if branch_id is None or branch.id == branch_id]

    def list_offers(self, part: VisitPart, branch: SchedulingBranch) -> list[StaffServiceOffer]:
        """The offers for this part at this branch by people who are wanted, in the order of `data.people`."""
        offers = self._offers.get((part.service_id, branch.id), [])
        excluded = self.query.excluded_staff
        return [offer for offer in offers if part.staff_id in (None, offer.staff_id) and offer.staff_id not in excluded]

    @cached_property
    def _offers(self) -> dict[tuple[str, str], list[StaffServiceOffer]]:
        order = {person: rank for rank, person in enumerate(self.people)}
        offers = [offer for offer in self.data.offers if offer.staff_id in order and offer.service_id in self.services]
        table: dict[tuple[str, str], list[StaffServiceOffer]] = defaultdict(list)
        for offer in sorted(offers, key=lambda offer: order[offer.staff_id]):
            table[offer.service_id, offer.branch_id].append(offer)
        return table

    def get_opening(self, branch: SchedulingBranch) -> OpeningMasks:
        if branch.id not in self._openings:
            self._openings[branch.id] = build_opening(branch, self.data, self.axis)
        return self._openings[branch.id]

    def open_starts(self, branch: SchedulingBranch, minutes: int) -> int:
        """The starts from which the branch stays open for `minutes`."""
        key = (branch.id, minutes)
        if key not in self._runs:
            self._runs[key] = find_run_starts(self.get_opening(branch).open, minutes)
        return self._runs[key]

    def get_shift(self, staff_id: str, branch: SchedulingBranch) -> int:
        key = (staff_id, branch.id)
        if key not in self._shifts:
            self._shifts[key] = build_shift_mask(self.people[staff_id], branch, self.data, self.axis)
        return self._shifts[key]

    def shift_starts(self, offer: StaffServiceOffer, branch: SchedulingBranch) -> int:
        """The starts at which the person is on shift whenever this service needs them."""
        shift = self.get_shift(offer.staff_id, branch)
        starts = self.axis.full
        for begin, end in list_work_intervals(self.get_timing(offer)):
            starts &= find_run_starts(shift, end - begin) >> begin
        return starts

    def unbooked_starts(self, offer: StaffServiceOffer) -> int:
        """The starts at which no other booking of the person overlaps the service or its buffers."""
        return self._get_free_starts(self.busy_mask(offer.staff_id), list_blocked_intervals(self.get_timing(offer)))

    def _get_free_starts(self, busy: int, stretches: Iterable[tuple[int, int]]) -> int:
        starts = self.axis.full
        if not busy:
            return starts
        free = self.axis.full & ~busy
        for begin, end in stretches:
            clear = find_run_starts(free, end - begin)
            starts &= clear << -begin if begin < 0 else clear >> begin
        return starts

    def list_rooms(self, branch: SchedulingBranch, kind: str, seats: int) -> list[SchedulingRoom]:
        """The rooms of a kind with at least `seats` places, the smallest first."""
        fitting = [room for room in self._rooms_by_kind.get((branch.id, kind), []) if room.places >= seats]
        return sorted(fitting, key=lambda room: room.places)

    def room_starts(self, room: SchedulingRoom, timing: ServiceTiming) -> int:
        """The starts at which this room is free for the service with its buffers."""
        return self._get_free_starts(self.busy_mask(room.id), [(-timing.before, timing.minutes + timing.after)])

    def all_rooms_starts(self, service: SchedulingService, branch: SchedulingBranch, timing: ServiceTiming) -> int:
        """The starts at which every kind of room that the service needs has one free."""
        starts = self.axis.full
        for kind in service.room_kinds:
            key = (branch.id, kind, timing.before, timing.minutes + timing.after)
            if key not in self._rooms:
                free = 0
                for room in self.list_rooms(branch, kind, self.query.seats):
                    free |= self.room_starts(room, timing)
                self._rooms[key] = free
            starts &= self._rooms[key]
        return starts

    def joinable_starts(self, offer: StaffServiceOffer) -> int:
        """The starts of group appointments of this offer that still have enough seats."""
        marks = 0
        for session in self.list_sessions(offer):
            index = self.axis.index_at(session.starts_at)
            marks |= self.axis.interval_mask(index, index + 1)
        return marks

    def list_sessions(self, offer: StaffServiceOffer) -> list[SchedulingGroupSession]:
        standing = self._sessions.get((offer.service_id, offer.staff_id, offer.branch_id), [])
        return [session for session in standing if session.seats - session.taken >= self.query.seats]

    def is_full(self, offer: StaffServiceOffer, at: int) -> bool:
        """Whether a group appointment of this offer starts then, without enough seats."""
        sessions = self._sessions.get((offer.service_id, offer.staff_id, offer.branch_id), [])
        instant = self.axis.instant_at(at)
        return any(session.starts_at == instant and session.seats - session.taken < self.query.seats for session in sessions)

    def possible_starts(self, offer: StaffServiceOffer, branch: SchedulingBranch) -> int:
        """All starts, on the grid or not, at which this person can do this service here."""
        if offer.restriction:
            return 0
        timing, service = self.get_timing(offer), self.services[offer.service_id]
        possible = self.open_starts(branch, timing.minutes) & self.shift_starts(offer, branch) & self.permitted_starts(offer)
        fresh = 0
        if possible and service.capacity >= self.query.seats:
            fresh = self.unbooked_starts(offer) & self.all_rooms_starts(service, branch, timing)
        return possible & (fresh | self.joinable_starts(offer))

    def permitted_starts(self, offer: StaffServiceOffer) -> int:
        """The starts that are neither past nor too soon nor too far away for this offer."""
        now = self.query.now
        earliest = to_minute_ceil(now + timedelta(minutes=self.get_notice_minutes(offer)))
        latest = to_minute(now + timedelta(days=self.get_horizon_days(offer)))
        return self.axis.interval_mask(earliest - self.axis.first, latest + 1 - self.axis.first)

    def get_notice_minutes(self, offer: StaffServiceOffer) -> int:
        return self.data.notice_minutes if offer.notice_minutes is None else offer.notice_minutes

    def get_horizon_days(self, offer: StaffServiceOffer) -> int:
        return self.data.horizon_days if offer.horizon_days is None else offer.horizon_days

    def window_mask(self) -> int:
        first, last = to_minute_ceil(self.query.starts_from), to_minute_ceil(self.query.starts_before)
        return self.axis.interval_mask(first - self.axis.first, last - self.axis.first)

    def grid_mask(self, branch: SchedulingBranch) -> int:
        return self.axis.full if self.query.any_start else WallClockMapper(branch.timezone, self.axis).grid_mask(self.data.grid_minutes)

    def busy_mask(self, resource_id: str) -> int:
        """The minutes a person or room is taken, buffers with them."""
        return self._busy.get(resource_id, 0)

    def work_mask(self, resource_id: str) -> int:
        """The minutes a person is taken by work itself."""
        return self._busy_without_buffers.get(resource_id, 0)

    @cached_property
    def _busy(self) -> dict[str, int]:
        return self._build_masks(self.data.busy)

    @cached_property
    def _busy_without_buffers(self) -> dict[str, int]:
        return self._build_masks(busy._replace(start=busy.start + busy.before, end=busy.end - busy.after) for busy in self.data.busy)

    def _build_masks(self, stretches: Iterable[BusyInterval]) -> dict[str, int]:
        table: dict[str, int] = defaultdict(int)
        ignoring, first, stretch = self.query.ignoring, self.axis.first, self.axis.interval_mask
        for resource_id, start, end, holder_id, _before, _after in stretches:
            if holder_id not in ignoring:
                table[resource_id] |= stretch(start - first, end - first)
        return table

    @cached_property
    def _rooms_by_kind(self) -> dict[tuple[str, str], list[SchedulingRoom]]:
        table: dict[tuple[str, str], list[SchedulingRoom]] = defaultdict(list)
        for room in self.data.rooms:
            table[room.branch_id, room.kind].append(room)
        return table

    @cached_property
    def _sessions(self) -> dict[tuple[str, str, str], list[SchedulingGroupSession]]:
        table: dict[tuple[str, str, str], list[SchedulingGroupSession]] = defaultdict(list)
        for session in self.data.sessions:
            table[session.service_id, session.staff_id, session.branch_id].append(session)
        return table


def list_work_intervals(timing: ServiceTiming) -> list[tuple[int, int]]:
    """The intervals of work for this service, in minutes from its start: everything but the processing time."""
    if not timing.processing:
        return [(0, timing.minutes)]
    back = timing.processing_from + timing.processing
    return [(start, end) for start, end in ((0, timing.processing_from), (back, timing.minutes)) if start < end]


def list_blocked_intervals(timing: ServiceTiming) -> list[tuple[int, int]]:
    """The work intervals with the buffers: the minutes in which the person is busy."""
    if not timing.processing:
        return [(-timing.before, timing.minutes + timing.after)]
    back = timing.processing_from + timing.processing
    both = ((-timing.before, timing.processing_from), (back, timing.minutes + timing.after))
    return [(start, end) for start, end in both if start < end]
