"""Lanes of the calendar: what overlaps in one column stands beside each other."""

from collections.abc import Iterable
from typing import Protocol

# further ones share the last lane
MAX_LANES = 3


class Block(Protocol):
    """A block of the grid: first row, number of rows, and its CSS classes."""

    at: int
    rows: int
    cls: str


def set_lanes(blocks: Iterable[Block]) -> None:
    """Give blocks that overlap a class for their lane and the number of lanes."""
    together: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.at):
        if together and block.at >= max(other.at + other.rows for other in together):
            _share_width(together)
            together = []
        together.append(block)
    _share_width(together)


def _share_width(together: list[Block]) -> None:
    """Each block takes the first lane that is free at its beginning."""
    ends: list[int] = []
    lanes = []
    for block in together:
        lane = next((lane for lane, end in enumerate(ends) if end <= block.at), len(ends))
        ends[lane : lane + 1] = [block.at + block.rows]
        lanes.append(lane)
    if len(ends) > 1:
        for block, lane in zip(together, lanes, strict=True):
            block.cls += f" ap-lane-{min(lane + 1, MAX_LANES)}-{min(len(ends), MAX_LANES)}"
