"""Logs: what foreign libraries write, shortened and seldom."""

import logging
import sys

from app.core.logging import MAX_REMEMBERED_LINES, REPEAT_INTERVAL_S, RepeatedLineFilter


def line(text: str, *values: object, error: type[Exception] | None = None) -> logging.LogRecord:
    exc_info = None
    if error is not None:
        try:
            raise error("of somebody")
        except error:
            exc_info = sys.exc_info()
    return logging.LogRecord("engineio.server", logging.ERROR, "", 0, text, values, exc_info)


def test_the_same_sort_is_written_once_a_minute_with_its_place_and_without_a_traceback() -> None:
    moment = 0.0
    once = RepeatedLineFilter(lambda: moment)
    first = line("message handler error", error=ValueError)
    assert once.filter(first)
    assert logging.Formatter().format(first).splitlines() == ["message handler error ValueError in test_logging.py:13"]
    assert not once.filter(line("message handler error", error=ValueError))
    assert once.filter(line("message handler error", error=KeyError))
    assert once.filter(line("%s: gone", "a")) and not once.filter(line("%s: gone", "b"))
    moment = REPEAT_INTERVAL_S
    assert once.filter(line("message handler error", error=ValueError))


def test_sorts_without_end_do_not_fill_the_memory() -> None:
    once = RepeatedLineFilter()
    assert all(once.filter(line(f"sort {number}")) for number in range(3 * MAX_REMEMBERED_LINES))
    assert len(once._logged_at) <= MAX_REMEMBERED_LINES
