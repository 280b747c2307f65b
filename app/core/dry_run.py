"""Whether what is done now is only a rehearsal: it will be undone, and nothing may leave the house."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


def is_dry_run() -> bool:
    return _rehearsing.get()


@contextmanager
def mark_dry_run() -> Iterator[None]:
    """Everything inside is a rehearsal; see core/transactions."""
    token = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(token)
