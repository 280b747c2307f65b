"""Minute sets and clocks at their edges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from app.domain.scheduling.minute_bits import (
    EPOCH,
    MinuteAxis,
    WallClockMapper,
    extend_backwards,
    find_run_starts,
    iter_indexes,
    iter_intervals,
    list_utc_offsets,
    to_minute,
)

small_sets = st.sets(st.integers(0, 80))


def mask(indexes: set[int]) -> int:
    return sum(1 << index for index in indexes)


@given(small_sets, st.integers(1, 20))
def test_runs_are_found_like_by_hand(indexes: set[int], length: int) -> None:
    expected = {start for start in indexes if all(start + n in indexes for n in range(length))}
    assert set(iter_indexes(find_run_starts(mask(indexes), length))) == expected


@given(small_sets, st.integers(0, 20))
def test_reach_looks_forward(indexes: set[int], reach: int) -> None:
    expected = {start for start in range(81) if any(start + n in indexes for n in range(reach + 1))}
    assert set(iter_indexes(extend_backwards(mask(indexes), reach))) == expected


@given(small_sets)
def test_stretches_rebuild_the_set(indexes: set[int]) -> None:
    assert {n for start, end in iter_intervals(mask(indexes)) for n in range(start, end)} == indexes


def test_pieces_change_exactly_when_the_clocks_do() -> None:
    first, last = to_minute(datetime(2026, 3, 1, tzinfo=UTC)), to_minute(datetime(2026, 11, 1, tzinfo=UTC))
    changes = [EPOCH + timedelta(minutes=start) for start, _end, _offset in list_utc_offsets("Europe/Berlin", first, last)[1:]]
    assert changes == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]


def test_the_grid_follows_the_wall_clock_and_begins_anew_at_midnight() -> None:
    axis = MinuteAxis(to_minute(datetime(2026, 10, 24, 20, tzinfo=UTC)), 12 * 60)
    timezone = ZoneInfo("Europe/Berlin")
    for step in (5, 7, 45, 60):
        shown = [axis.instant_at(index).astimezone(timezone) for index in range(axis.length)]
        expected = [index for index, local in enumerate(shown) if (local.hour * 60 + local.minute) % step == 0]
        assert list(iter_indexes(WallClockMapper("Europe/Berlin", axis).grid_mask(step))) == expected


def test_the_days_reach_to_the_end_of_the_axis_whatever_offset_comes_later() -> None:
    """An axis that ends at midnight, hours before clocks go back: that day counts although the later offset does not reach it."""
    axis = MinuteAxis(to_minute(datetime(2026, 11, 1, 0, tzinfo=UTC)), 4 * 60 + 1)
    assert WallClockMapper("America/New_York", axis).list_dates()[-1] == date(2026, 11, 1)
