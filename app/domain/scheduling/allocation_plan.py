"""Turns a free time into what exactly is taken: whose minutes, which rooms, which seat of which group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.scheduling.availability import Answer
from app.domain.scheduling.free_busy import Board, taking_stretches, working_stretches
from app.domain.scheduling.types import Branch, Facts, Offer, Question, Room, Slot, SlotPart


@dataclass(frozen=True, slots=True)
class Taking:
    """A stretch of one person or room that the visit needs; so many minutes of its beginning and end are buffer."""

    resource: Literal["staff", "room"]
    resource_id: str
    starts_at: datetime
    ends_at: datetime
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One service of the visit; `joins` names the standing group appointment whose seat it takes, then nothing else is taken."""

    service_id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime
    room_ids: tuple[str, ...]
    takings: tuple[Taking, ...]
    seats: int
    joins: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    branch_id: str
    parts: tuple[PlannedPart, ...]

    @property
    def starts_at(self) -> datetime:
        return self.parts[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.parts[-1].ends_at


def plans(question: Question, facts: Facts, starts_at: datetime) -> list[Plan]:
    """All ways to have the visit at exactly this time, the preferred person first; none when it is not free."""
    board = Board(question, facts)
    return [_plan(board, slot) for slot in Answer(board).at(starts_at)]


def _plan(board: Board, slot: Slot) -> Plan:
    branch = board.facts.branch(slot.branch_id)
    whole = SlotPart(board.question.parts[0].service_id, slot.staff_id, slot.starts_at, slot.ends_at)
    return Plan(slot.branch_id, tuple(_part(board, branch, part) for part in slot.parts or (whole,)))


def _part(board: Board, branch: Branch, part: SlotPart) -> PlannedPart:
    offer = board.facts.offer(part.service_id, part.staff_id, branch.id)
    for session in board.sessions(offer):
        if session.starts_at == part.starts_at:
            return PlannedPart(*part, room_ids=(), takings=(), seats=session.seats, joins=session.id)
    rooms = _rooms(board, branch, offer, part.starts_at)
    seats = min([board.services[part.service_id].capacity, *(room.places for room in rooms)])
    takings = (*_of_person(board, offer, part.starts_at), *_of_rooms(board, offer, rooms, part.starts_at))
    return PlannedPart(*part, room_ids=tuple(room.id for room in rooms), takings=takings, seats=seats, joins=None)


def _rooms(board: Board, branch: Branch, offer: Offer, starts_at: datetime) -> list[Room]:
    """A free room of each kind: groups get the largest, single customers the smallest."""
    service, timing, index = board.services[offer.service_id], board.timing(offer), board.axis.at(starts_at)
    chosen = []
    for kind in service.room_kinds:
        rooms = [room for room in board.rooms(branch, kind, board.question.seats) if board.room_free(room, timing) >> index & 1]
        chosen.append(rooms[-1] if service.is_group else rooms[0])
    return chosen


def _of_person(board: Board, offer: Offer, starts_at: datetime) -> list[Taking]:
    timing, at = board.timing(offer), board.axis.at(starts_at)
    takings = []
    for begin, end in taking_stretches(timing):
        # a stretch without work is buffer throughout: the processing time begins with the service
        works = [stretch for stretch in working_stretches(timing) if begin <= stretch[0] and stretch[1] <= end] or [(end, end)]
        start, stop = board.axis.instant(at + begin), board.axis.instant(at + end)
        takings.append(Taking("staff", offer.staff_id, start, stop, before=works[0][0] - begin, after=end - works[0][1]))
    return takings


def _of_rooms(board: Board, offer: Offer, rooms: list[Room], starts_at: datetime) -> list[Taking]:
    timing, at = board.timing(offer), board.axis.at(starts_at)
    start, end = board.axis.instant(at - timing.before), board.axis.instant(at + timing.minutes + timing.after)
    return [Taking("room", room.id, start, end) for room in rooms]
