"""Measure the database time of every statement, and log slow ones."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Engine, event

from app.core import metrics

log = structlog.get_logger()
SLOW_S = 0.2
MAX_STATEMENT_LENGTH = 300


@dataclass
class QueryStats:
    """Number and total time of the statements of one block."""

    seconds: float = 0.0
    statements: int = 0


_stats: ContextVar[QueryStats | None] = ContextVar("spent", default=None)


@contextmanager
def track_queries() -> Iterator[QueryStats]:
    """Sum up the database time of the statements inside."""
    stats = QueryStats()
    token = _stats.set(stats)
    try:
        yield stats
    finally:
        _stats.reset(token)


def instrument(engine: Engine) -> None:
    """Measure this engine's statements; the log shows their text, never their values."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.began = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        took_s = time.perf_counter() - context.began
        if (stats := _stats.get()) is not None:
            stats.seconds += took_s
            stats.statements += 1
        metrics.DB_QUERY_SECONDS.observe(took_s)
        if took_s >= SLOW_S:
            metrics.SLOW_QUERIES.inc()
            log.warning("query.slow", ms=round(took_s * 1000), statement=statement[:MAX_STATEMENT_LENGTH])
