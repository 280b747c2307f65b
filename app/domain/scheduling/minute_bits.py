"""Sets of minutes as Python integers: bit i is the i-th minute of a stretch of real (UTC) time."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1440
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MINUTE = timedelta(minutes=1)
PROBE_MINUTES = 6 * 60


class MinuteAxis:
    """An interval of UTC time in minutes counted from 1970."""

    def __init__(self, first: int, length: int) -> None:
        self.first = first
        self.length = length
        self.full = (1 << length) - 1

    def index_at(self, at: datetime) -> int:
        """The index of the minute that holds this instant; may lie outside the axis."""
        return to_minute(at) - self.first

    def instant_at(self, index: int) -> datetime:
        return EPOCH + timedelta(minutes=self.first + index)

    def interval_mask(self, start: int, end: int) -> int:
        """The minutes [start, end) as far as they lie on the axis."""
        start, end = max(start, 0), min(end, self.length)
        return ((1 << (end - start)) - 1) << start if start < end else 0


class WallClockMapper:
    """Wall-clock time of one time zone along the axis; a day with a clock change is two pieces of constant offset."""

    def __init__(self, timezone: str, axis: MinuteAxis) -> None:
        self.axis = axis
        day = axis.first // MINUTES_PER_DAY
        self._pieces = list_utc_offsets(timezone, (day - 3) * MINUTES_PER_DAY, (day + axis.length // MINUTES_PER_DAY + 5) * MINUTES_PER_DAY)

    def first_index_from(self, wall: int) -> int:
        """The index of the first minute at which the clock shows `wall` or later; a missing time is the moment of the jump."""
        for start, end, offset in self._pieces:
            if end + offset > wall:
                return max(start, wall - offset) - self.axis.first
        return self.axis.length

    def end_index_before(self, wall: int) -> int:
        """The index after the last minute at which the clock shows less than `wall`; a repeated time counts the second pass."""
        for start, end, offset in reversed(self._pieces):
            if start + offset < wall:
                return min(end, wall - offset) - self.axis.first
        return 0

    def interval_mask(self, wall_start: int, wall_end: int) -> int:
        """From the first minute that shows the start to the last that has not yet reached the end."""
        if len(self._pieces) == 1:
            shift = self._pieces[0][2] + self.axis.first
            return self.axis.interval_mask(wall_start - shift, wall_end - shift)
        return self.axis.interval_mask(self.first_index_from(wall_start), self.end_index_before(wall_end))

    def list_dates(self) -> list[date]:
        """List the local dates with hours that may overlap the axis, including hours that cross two midnights."""
        offsets = [offset for _start, _end, offset in self._pieces]
        first = (self.axis.first + min(offsets)) // MINUTES_PER_DAY - 2
        last = (self.axis.first + self.axis.length + max(offsets)) // MINUTES_PER_DAY
        return [date.fromordinal(EPOCH_ORDINAL + day) for day in range(first, last + 1)]

    def grid_mask(self, minutes: int) -> int:
        """The minutes at which the time since local midnight, as clocks show it, is a multiple of the grid."""
        marks = 0
        for start, end, offset in self._pieces:
            shift = offset + self.axis.first
            low, high = max(start + offset, shift), min(end + offset, shift + self.axis.length)
            if MINUTES_PER_DAY % minutes == 0:
                marks |= _grid_bits(low, high, minutes, anchor=0) << (low - shift) if low < high else 0
                continue
            for midnight in range(low // MINUTES_PER_DAY * MINUTES_PER_DAY, high, MINUTES_PER_DAY):
                begin = max(low, midnight)
                marks |= _grid_bits(begin, min(high, midnight + MINUTES_PER_DAY), minutes, anchor=midnight) << (begin - shift)
        return marks


def _grid_bits(low: int, high: int, step: int, *, anchor: int) -> int:
    """The multiples of the step, counted from the anchor, in [low, high), as bits from `low` on."""
    skip = (anchor - low) % step
    return repeat_bit(step, -(-(high - low - skip) // step)) << skip if low + skip < high else 0


def to_minute(at: datetime) -> int:
    """The minute since 1970 that holds the instant."""
    return (at - EPOCH) // MINUTE


def to_minute_ceil(at: datetime) -> int:
    """The first minute since 1970 that does not begin before the instant."""
    return -((EPOCH - at) // MINUTE)


def to_wall_minute(day: date, minutes: int = 0) -> int:
    """A wall-clock time as minutes since 1970, ignoring time zones."""
    return (day.toordinal() - EPOCH_ORDINAL) * MINUTES_PER_DAY + minutes


@lru_cache(maxsize=512)
def list_utc_offsets(timezone: str, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches of constant UTC offset, as (start, end, offset) in minutes."""
    tz = ZoneInfo(timezone)

    def offset(minute: int) -> int:
        shift = (EPOCH + timedelta(minutes=minute)).astimezone(tz).utcoffset()
        assert shift is not None
        return shift // MINUTE

    pieces, start, before = [], first, offset(first)
    for probe in range(first + PROBE_MINUTES, last + 1, PROBE_MINUTES):
        if (after := offset(probe)) == before:
            continue
        change = bisect_right(range(probe - PROBE_MINUTES, probe), 0, key=lambda minute: offset(minute) != before) + probe - PROBE_MINUTES
        pieces.append((start, change, before))
        start, before = change, after
    return (*pieces, (start, last, before))


@lru_cache(maxsize=512)
def repeat_bit(step: int, count: int) -> int:
    """`count` bits, one every `step` minutes, beginning with bit 0."""
    teeth, have = 1, 1
    while have < count:
        take = min(have, count - have)
        teeth |= (teeth & ((1 << take * step) - 1)) << have * step
        have += take
    return teeth


def find_run_starts(mask: int, minutes: int) -> int:
    """The minutes from which on at least so many minutes in a row are in the set (minutes > 0)."""
    have = 1
    while have * 2 <= minutes:
        mask &= mask >> have
        have *= 2
    return mask & (mask >> (minutes - have)) if have < minutes else mask


def extend_backwards(mask: int, minutes: int) -> int:
    """The minutes from which a member of the set is at most so many minutes away."""
    have = 0
    while have < minutes:
        step = min(have + 1, minutes - have)
        mask |= mask >> step
        have += step
    return mask


def iter_indexes(mask: int) -> Iterator[int]:
    """The indexes in the set, rising."""
    bits = bin(mask)[:1:-1]
    index = bits.find("1")
    while index >= 0:
        yield index
        index = bits.find("1", index + 1)


def iter_intervals(mask: int) -> Iterator[tuple[int, int]]:
    """The unbroken stretches of the set as (start, end), rising."""
    bits = bin(mask)[:1:-1]
    start = bits.find("1")
    while start >= 0:
        end = bits.find("0", start)
        end = len(bits) if end < 0 else end
        yield start, end
        start = bits.find("1", end)
