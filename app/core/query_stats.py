"""How long the database takes: measured around every statement, the slow ones named in the log."""

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
    """What the statements of one piece of work took."""

    seconds: float = 0.0
    statements: int = 0


_spent: ContextVar[QueryStats | None] = ContextVar("spent", default=None)


@contextmanager
def track_queries() -> Iterator[QueryStats]:
    """Adds up the time that the statements inside spend in the database."""
    spent = QueryStats()
    token = _spent.set(spent)
    try:
        yield spent
    finally:
        _spent.reset(token)


def instrument(engine: Engine) -> None:
    """Measures this engine's statements; the log shows their text, never their values."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.began = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        took = time.perf_counter() - context.began
        if (spent := _spent.get()) is not None:
            spent.seconds += took
            spent.statements += 1
        metrics.DB_QUERY_SECONDS.observe(took)
        if took >= SLOW_S:
            metrics.SLOW_QUERIES.inc()
            log.warning("query.slow", ms=round(took * 1000), statement=statement[:MAX_STATEMENT_LENGTH])
