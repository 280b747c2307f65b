"""Sets of minutes as Python integers: bit i is the i-th minute of a stretch of real (UTC) time."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 1440
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MINUTE = timedelta(minutes=1)
PROBE = 6 * 60


class Axis:
    """A stretch of real time, cut in minutes counted from 1970."""

    def __init__(self, first: int, length: int) -> None:
        self.first = first
        self.length = length
        self.full = (1 << length) - 1

    def at(self, instant: datetime) -> int:
        """The index of the minute that holds this instant; may lie outside the axis."""
        return minute_of(instant) - self.first

    def instant(self, index: int) -> datetime:
        return EPOCH + timedelta(minutes=self.first + index)

    def stretch(self, start: int, end: int) -> int:
        """The minutes [start, end) as far as they lie on the axis."""
        start, end = max(start, 0), min(end, self.length)
        return ((1 << (end - start)) - 1) << start if start < end else 0


class WallClock:
    """What the clocks of one zone show along the axis; a day with a clock change is two pieces of constant offset."""

    def __init__(self, zone: str, axis: Axis) -> None:
        self.axis = axis
        day = axis.first // DAY
        self._pieces = offset_pieces(zone, (day - 3) * DAY, (day + axis.length // DAY + 5) * DAY)

    def first_reaching(self, wall: int) -> int:
        """The index of the first minute at which the clock shows `wall` or later; a missing time is the moment of the jump."""
        for start, end, offset in self._pieces:
            if end + offset > wall:
                return max(start, wall - offset) - self.axis.first
        return self.axis.length

    def last_before(self, wall: int) -> int:
        """The index after the last minute at which the clock shows less than `wall`; a repeated time counts the second pass."""
        for start, end, offset in reversed(self._pieces):
            if start + offset < wall:
                return min(end, wall - offset) - self.axis.first
        return 0

    def span(self, wall_start: int, wall_end: int) -> int:
        """From the first minute that shows the start to the last that has not yet reached the end."""
        if len(self._pieces) == 1:
            shift = self._pieces[0][2] + self.axis.first
            return self.axis.stretch(wall_start - shift, wall_end - shift)
        return self.axis.stretch(self.first_reaching(wall_start), self.last_before(wall_end))

    def days(self) -> list[date]:
        """The local dates whose hours may touch the axis, with those that run across two midnights."""
        offsets = [offset for _start, _end, offset in self._pieces]
        first = (self.axis.first + min(offsets)) // DAY - 2
        last = (self.axis.first + self.axis.length + max(offsets)) // DAY
        return [date.fromordinal(EPOCH_ORDINAL + day) for day in range(first, last + 1)]

    def grid(self, minutes: int) -> int:
        """The minutes at which the time since local midnight, as clocks show it, is a multiple of the grid."""
        marks = 0
        for start, end, offset in self._pieces:
            shift = offset + self.axis.first
            low, high = max(start + offset, shift), min(end + offset, shift + self.axis.length)
            if DAY % minutes == 0:
                marks |= _teeth(low, high, minutes, anchor=0) << (low - shift) if low < high else 0
                continue
            for midnight in range(low // DAY * DAY, high, DAY):
                begin = max(low, midnight)
                marks |= _teeth(begin, min(high, midnight + DAY), minutes, anchor=midnight) << (begin - shift)
        return marks


def _teeth(low: int, high: int, step: int, *, anchor: int) -> int:
    """The multiples of the step, counted from the anchor, in [low, high), as bits from `low` on."""
    skip = (anchor - low) % step
    return comb(step, -(-(high - low - skip) // step)) << skip if low + skip < high else 0


def minute_of(instant: datetime) -> int:
    """The minute since 1970 that holds the instant."""
    return (instant - EPOCH) // MINUTE


def minute_reaching(instant: datetime) -> int:
    """The first minute since 1970 that does not begin before the instant."""
    return -((EPOCH - instant) // MINUTE)


def wall_minute(day: date, minutes: int = 0) -> int:
    """A wall-clock time as minutes since 1970 as if there were no zones."""
    return (day.toordinal() - EPOCH_ORDINAL) * DAY + minutes


@lru_cache(maxsize=512)
def offset_pieces(zone: str, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches of constant UTC offset, as (start, end, offset) in minutes."""
    tz = ZoneInfo(zone)

    def offset(minute: int) -> int:
        shift = (EPOCH + timedelta(minutes=minute)).astimezone(tz).utcoffset()
        assert shift is not None
        return shift // MINUTE

    pieces, start, before = [], first, offset(first)
    for probe in range(first + PROBE, last + 1, PROBE):
        if (after := offset(probe)) == before:
            continue
        change = bisect_right(range(probe - PROBE, probe), 0, key=lambda minute: offset(minute) != before) + probe - PROBE
        pieces.append((start, change, before))
        start, before = change, after
    return (*pieces, (start, last, before))


@lru_cache(maxsize=512)
def comb(step: int, count: int) -> int:
    """`count` bits, one every `step` minutes, beginning with bit 0."""
    teeth, have = 1, 1
    while have < count:
        take = min(have, count - have)
        teeth |= (teeth & ((1 << take * step) - 1)) << have * step
        have += take
    return teeth


def runs_of(mask: int, minutes: int) -> int:
    """The minutes from which on at least so many minutes in a row are in the set (minutes > 0)."""
    have = 1
    while have * 2 <= minutes:
        mask &= mask >> have
        have *= 2
    return mask & (mask >> (minutes - have)) if have < minutes else mask


def reachable_within(mask: int, minutes: int) -> int:
    """The minutes from which a member of the set is at most so many minutes away."""
    have = 0
    while have < minutes:
        step = min(have + 1, minutes - have)
        mask |= mask >> step
        have += step
    return mask


def members(mask: int) -> Iterator[int]:
    """The indexes in the set, rising."""
    bits = bin(mask)[:1:-1]
    index = bits.find("1")
    while index >= 0:
        yield index
        index = bits.find("1", index + 1)


def stretches(mask: int) -> Iterator[tuple[int, int]]:
    """The unbroken stretches of the set as (start, end), rising."""
    bits = bin(mask)[:1:-1]
    start = bits.find("1")
    while start >= 0:
        end = bits.find("0", start)
        end = len(bits) if end < 0 else end
        yield start, end
        start = bits.find("1", end)
