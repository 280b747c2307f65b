"""Tables: one test walks all rows, so that thousands of them need not be collected, nor each stand on a fresh database."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each_row(names: str, rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Like `pytest.mark.parametrize`, in one test: a row that fails is reported by itself, and the rows after it run.

    For tests that leave nothing behind: what a row writes is there for the next one. Several may stand above each other.
    """
    columns = [name.strip() for name in names.split(",")]
    table = [dict(zip(columns, row if len(columns) > 1 else (row,), strict=True)) for row in rows]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        parameters = inspect.signature(test).parameters
        is_nested = "subtests" in parameters

        @functools.wraps(test)
        def walk(subtests: pytest.Subtests, **fixtures: Any) -> None:
            inner = {"subtests": subtests} if is_nested else {}
            for row in table:
                with subtests.test(**{name: getattr(value, "name", value) for name, value in row.items()}):
                    test(**row, **inner, **fixtures)

        own = inspect.Parameter("subtests", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        rest = [parameter for name, parameter in parameters.items() if name not in (*columns, "subtests")]
        walk.__signature__ = inspect.Signature([own, *rest])  # type: ignore[attr-defined]
        return walk

    return decorate
