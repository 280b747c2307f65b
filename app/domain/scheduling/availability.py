"""Finds the free times for a visit: pure, in real instants, quick because days are integers and minutes their bits."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from app.domain.scheduling.free_busy import Board
from app.domain.scheduling.minute_bits import members, reachable_within
from app.domain.scheduling.types import Branch, Facts, Offer, Question, Slot, SlotPart


class Step(NamedTuple):
    """One person for one part of the visit: the starts from which this and all later parts can be done."""

    offer: Offer
    minutes: int
    starts: int


class Route(NamedTuple):
    """The visit at one branch; `starts` are the starts of the whole that may be offered."""

    branch: Branch
    steps: list[list[Step]]
    starts: int


def free_slots(question: Question, facts: Facts) -> "Answer":
    """The times at which the whole visit can be had. Slots are made only when they are asked for."""
    return Answer(Board(question, facts))


class Answer:
    """What is free, by branch: one slot for each start and each person who could begin."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._routes = [route for branch in board.branches() if (route := find_route(board, branch)).starts]

    def __bool__(self) -> bool:
        return bool(self._routes)

    def __iter__(self) -> Iterator[Slot]:
        """All slots by time; at one time in the order of branches and people."""
        if len(self._routes) == 1:
            yield from self._of_route(self._routes[0])
            return
        merged = [slot for route in self._routes for slot in self._of_route(route)]
        yield from sorted(merged, key=lambda slot: slot.starts_at)

    def first(self, limit: int) -> list[Slot]:
        return list(islice(self, limit))

    def starts(self) -> list[datetime]:
        """The different times, rising, whoever begins."""
        together = 0
        for route in self._routes:
            together |= route.starts
        return [self._board.axis.instant(index) for index in members(together)]

    def at(self, starts_at: datetime) -> list[Slot]:
        """The slots at exactly this time."""
        index = self._board.axis.at(starts_at)
        if index < 0 or self._board.axis.instant(index) != starts_at:
            return []
        return [slot for route in self._routes if route.starts >> index & 1 for slot in self._slots(route, index)]

    def nearest(self, starts_at: datetime, limit: int) -> list[Slot]:
        """The slots closest to a time, one a time, the closest first (the earlier one of two at the same distance)."""
        times = sorted(self.starts(), key=lambda start: (abs(start - starts_at), start))
        return [self.at(start)[0] for start in times[:limit]]

    def _of_route(self, route: Route) -> Iterator[Slot]:
        if len(route.steps) > 1:
            for index in members(route.starts):
                yield from self._slots(route, index)
            return
        axis, branch_id = self._board.axis, route.branch.id
        lanes = [(step.offer.staff_id, step.minutes, bin(step.starts)[:1:-1]) for step in route.steps[0]]
        instants: dict[int, datetime] = {}
        for index in members(route.starts):
            starts_at = axis.instant(index)
            for staff_id, minutes, bits in lanes:
                if bits[index : index + 1] == "1":
                    end = index + minutes
                    ends_at = instants.get(end) or instants.setdefault(end, axis.instant(end))
                    yield Slot(starts_at, ends_at, branch_id, staff_id)

    def _slots(self, route: Route, index: int) -> Iterator[Slot]:
        for step in route.steps[0]:
            if step.starts >> index & 1:
                yield self._slot(route, index, step)

    def _slot(self, route: Route, index: int, first: Step) -> Slot:
        """Follows the visit from its first part: the shortest wait wins, then the person who is already there."""
        instant = self._board.axis.instant
        chain, step = [], first
        for following in (*route.steps[1:], []):
            end = index + step.minutes
            chain.append(SlotPart(step.offer.service_id, step.offer.staff_id, instant(index), instant(end)))
            if following:
                index, step = self._next_step(following, end, step.offer.staff_id)
        parts = tuple(chain) if len(chain) > 1 else ()
        return Slot(chain[0].starts_at, chain[-1].ends_at, route.branch.id, first.offer.staff_id, parts)

    def _next_step(self, following: list[Step], end: int, staff_id: str) -> tuple[int, Step]:
        for wait in range(self._board.question.max_gap + 1):
            able = [step for step in following if step.starts >> end + wait & 1]
            if able:
                return end + wait, next((step for step in able if step.offer.staff_id == staff_id), able[0])
        raise AssertionError("A start was offered from which the visit cannot be finished.")


def find_route(board: Board, branch: Branch) -> Route:
    """Works the parts from the last to the first: a part can start where the rest can follow in time."""
    steps: list[list[Step]] = []
    rest: int | None = None
    for part in reversed(board.question.parts):
        level = []
        for offer in board.offers(part, branch):
            minutes = board.timing(offer).minutes
            starts = board.startable(offer, branch)
            if rest is not None:
                starts &= rest >> minutes
            if starts:
                level.append(Step(offer, minutes, starts))
        steps.insert(0, level)
        together = 0
        for step in level:
            together |= step.starts
        rest = reachable_within(together, board.question.max_gap)
    window, grid = board.window(), board.grid(branch)
    # a group appointment that already stands is offered at its own time, on the grid or not
    level = [step._replace(starts=step.starts & window & (grid | board.joinable(step.offer))) for step in steps[0]]
    starts = 0
    for step in level:
        starts |= step.starts
    return Route(branch, [level, *steps[1:]], starts)
