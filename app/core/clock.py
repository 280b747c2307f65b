"""The current time: always aware, always UTC; time zones are for display only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen_at: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The current time in UTC."""
    return _frozen_at.get() or datetime.now(UTC)


@contextmanager
def frozen_time(at: datetime) -> Iterator[None]:
    """Freeze the time at this instant inside the block."""
    token = _frozen_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_at.reset(token)


def from_ms(milliseconds: int) -> datetime:
    """Convert Unix milliseconds; raises ValueError or OverflowError beyond the calendar."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
