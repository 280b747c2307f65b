"""Whether the current transaction is a dry run: it is rolled back, and nothing may be sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_dry_run: ContextVar[bool] = ContextVar("rehearsing", default=False)


def is_dry_run() -> bool:
    return _is_dry_run.get()


@contextmanager
def mark_dry_run() -> Iterator[None]:
    """Mark the block as a dry run (core/transactions)."""
    token = _is_dry_run.set(True)
    try:
        yield
    finally:
        _is_dry_run.reset(token)
