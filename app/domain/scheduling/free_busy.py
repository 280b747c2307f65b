"""The workbench of one question: who is free when, as sets of minutes, worked out once and kept while it lasts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property

from app.domain.scheduling.minute_bits import Axis, WallClock, minute_of, minute_reaching, runs_of
from app.domain.scheduling.opening_hours import Opening, branch_opening, shift_mask
from app.domain.scheduling.types import Branch, Busy, Facts, Offer, Part, Question, Room, Service, Session, Timing


class Board:
    """Free minutes of branches, people and rooms around the question's window."""

    def __init__(self, question: Question, facts: Facts) -> None:
        self.question = question
        self.facts = facts
        self.services = {service.id: service for service in facts.services}
        self.people = {person.id: person for person in facts.people}
        before, after = self._margins()
        first = minute_of(question.starts_from) - before
        self.axis = Axis(first, minute_of(question.starts_before) + after - first)
        self._openings: dict[str, Opening] = {}
        self._shifts: dict[tuple[str, str], int] = {}
        self._runs: dict[tuple[str, int], int] = {}
        self._rooms: dict[tuple[str, str, int, int], int] = {}

    def _margins(self) -> tuple[int, int]:
        """How far bookings that start in the window can reach out of it, before and after."""
        timings: dict[str, list[Timing]] = defaultdict(list)
        for offer in self.facts.offers:
            if offer.service_id in self.services:
                timings[offer.service_id].append(self.timing(offer))
        wanted = [timings[part.service_id] for part in self.question.parts]
        before = max((timing.before for some in wanted for timing in some), default=0)
        after = sum(max((timing.around for timing in some), default=0) + self.question.max_gap for some in wanted)
        return before, after + 1

    def timing(self, offer: Offer) -> Timing:
        return offer.timing or self.services[offer.service_id].timing

    def branches(self) -> list[Branch]:
        asked = self.question.branch_id
        return [branch for branch in self.facts.branches if asked is None or branch.id == asked]

    def offers(self, part: Part, branch: Branch) -> list[Offer]:
        """Who does this part at this branch, of those asked for, in the order of the facts' people."""
        found = self._offers.get((part.service_id, branch.id), [])
        return [offer for offer in found if part.staff_id in (None, offer.staff_id)]

    @cached_property
    def _offers(self) -> dict[tuple[str, str], list[Offer]]:
        order = {person: rank for rank, person in enumerate(self.people)}
        known = [offer for offer in self.facts.offers if offer.staff_id in order and offer.service_id in self.services]
        table: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        for offer in sorted(known, key=lambda offer: order[offer.staff_id]):
            table[offer.service_id, offer.branch_id].append(offer)
        return table

    def opening(self, branch: Branch) -> Opening:
        if branch.id not in self._openings:
            self._openings[branch.id] = branch_opening(branch, self.facts, self.axis)
        return self._openings[branch.id]

    def open_for(self, branch: Branch, minutes: int) -> int:
        """The starts from which the branch is open for so long."""
        key = (branch.id, minutes)
        if key not in self._runs:
            self._runs[key] = runs_of(self.opening(branch).open, minutes)
        return self._runs[key]

    def shift(self, staff_id: str, branch: Branch) -> int:
        key = (staff_id, branch.id)
        if key not in self._shifts:
            self._shifts[key] = shift_mask(self.people[staff_id], branch, self.facts, self.axis)
        return self._shifts[key]

    def works(self, offer: Offer, branch: Branch) -> int:
        """The starts at which the person is on shift whenever this service needs them."""
        shift = self.shift(offer.staff_id, branch)
        starts = self.axis.full
        for begin, end in working_stretches(self.timing(offer)):
            starts &= runs_of(shift, end - begin) >> begin
        return starts

    def unbooked(self, offer: Offer) -> int:
        """The starts at which no other engagement of the person touches this one or its buffers."""
        return self._clear(self.busy(offer.staff_id), taking_stretches(self.timing(offer)))

    def _clear(self, busy: int, stretches: Iterable[tuple[int, int]]) -> int:
        starts = self.axis.full
        if not busy:
            return starts
        free = self.axis.full & ~busy
        for begin, end in stretches:
            clear = runs_of(free, end - begin)
            starts &= clear << -begin if begin < 0 else clear >> begin
        return starts

    def rooms(self, branch: Branch, kind: str, seats: int) -> list[Room]:
        """The rooms of a kind in which so many customers find a place, the smallest that fits first."""
        fitting = [room for room in self._rooms_by_kind.get((branch.id, kind), []) if room.places >= seats]
        return sorted(fitting, key=lambda room: room.places)

    def room_free(self, room: Room, timing: Timing) -> int:
        """The starts at which this room is free for the service with its buffers."""
        return self._clear(self.busy(room.id), [(-timing.before, timing.minutes + timing.after)])

    def roomy(self, service: Service, branch: Branch, timing: Timing) -> int:
        """The starts at which every kind of room that the service needs has one free."""
        starts = self.axis.full
        for kind in service.room_kinds:
            key = (branch.id, kind, timing.before, timing.minutes + timing.after)
            if key not in self._rooms:
                free = 0
                for room in self.rooms(branch, kind, self.question.seats):
                    free |= self.room_free(room, timing)
                self._rooms[key] = free
            starts &= self._rooms[key]
        return starts

    def joinable(self, offer: Offer) -> int:
        """The starts of group appointments of this offer that still have enough seats."""
        marks = 0
        for session in self.sessions(offer):
            index = self.axis.at(session.starts_at)
            marks |= self.axis.stretch(index, index + 1)
        return marks

    def sessions(self, offer: Offer) -> list[Session]:
        standing = self._sessions.get((offer.service_id, offer.staff_id, offer.branch_id), [])
        return [session for session in standing if session.seats - session.taken >= self.question.seats]

    def startable(self, offer: Offer, branch: Branch) -> int:
        """All starts, on the grid or not, at which this person can do this service here."""
        if offer.barred:
            return 0
        timing, service = self.timing(offer), self.services[offer.service_id]
        possible = self.open_for(branch, timing.minutes) & self.works(offer, branch) & self.in_time(offer)
        fresh = 0
        if possible and service.capacity >= self.question.seats:
            fresh = self.unbooked(offer) & self.roomy(service, branch, timing)
        return possible & (fresh | self.joinable(offer))

    def in_time(self, offer: Offer) -> int:
        """The starts that are neither past nor too soon nor too far away for this offer."""
        now = self.question.now
        earliest = minute_reaching(now + timedelta(minutes=self.notice_minutes(offer)))
        latest = minute_of(now + timedelta(days=self.horizon_days(offer)))
        return self.axis.stretch(earliest - self.axis.first, latest + 1 - self.axis.first)

    def notice_minutes(self, offer: Offer) -> int:
        return self.facts.notice_minutes if offer.notice_minutes is None else offer.notice_minutes

    def horizon_days(self, offer: Offer) -> int:
        return self.facts.horizon_days if offer.horizon_days is None else offer.horizon_days

    def window(self) -> int:
        first, last = minute_reaching(self.question.starts_from), minute_reaching(self.question.starts_before)
        return self.axis.stretch(first - self.axis.first, last - self.axis.first)

    def grid(self, branch: Branch) -> int:
        return self.axis.full if self.question.any_start else WallClock(branch.zone, self.axis).grid(self.facts.grid_minutes)

    def busy(self, resource_id: str) -> int:
        """The minutes a person or room is taken, buffers with them."""
        return self._busy.get(resource_id, 0)

    def busy_working(self, resource_id: str) -> int:
        """The minutes a person is taken by work itself."""
        return self._busy_without_buffers.get(resource_id, 0)

    @cached_property
    def _busy(self) -> dict[str, int]:
        return self._taken(self.facts.busy)

    @cached_property
    def _busy_without_buffers(self) -> dict[str, int]:
        return self._taken(busy._replace(start=busy.start + busy.before, end=busy.end - busy.after) for busy in self.facts.busy)

    def _taken(self, stretches: Iterable[Busy]) -> dict[str, int]:
        table: dict[str, int] = defaultdict(int)
        ignoring, first, stretch = self.question.ignoring, self.axis.first, self.axis.stretch
        for resource_id, start, end, taken_by, _before, _after in stretches:
            if taken_by not in ignoring:
                table[resource_id] |= stretch(start - first, end - first)
        return table

    @cached_property
    def _rooms_by_kind(self) -> dict[tuple[str, str], list[Room]]:
        table: dict[tuple[str, str], list[Room]] = defaultdict(list)
        for room in self.facts.rooms:
            table[room.branch_id, room.kind].append(room)
        return table

    @cached_property
    def _sessions(self) -> dict[tuple[str, str, str], list[Session]]:
        table: dict[tuple[str, str, str], list[Session]] = defaultdict(list)
        for session in self.facts.sessions:
            table[session.service_id, session.staff_id, session.branch_id].append(session)
        return table


def working_stretches(timing: Timing) -> list[tuple[int, int]]:
    """When the person works for this service, in minutes from its start: all of it but the processing time."""
    if not timing.processing:
        return [(0, timing.minutes)]
    back = timing.processing_from + timing.processing
    return [(start, end) for start, end in ((0, timing.processing_from), (back, timing.minutes)) if start < end]


def taking_stretches(timing: Timing) -> list[tuple[int, int]]:
    """The same with the buffers: what the service takes of the person's day."""
    if not timing.processing:
        return [(-timing.before, timing.minutes + timing.after)]
    back = timing.processing_from + timing.processing
    both = ((-timing.before, timing.processing_from), (back, timing.minutes + timing.after))
    return [(start, end) for start, end in both if start < end]
