"""What time it is: always aware, always UTC; zones are for showing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def frozen_time(instant: datetime) -> Iterator[None]:
    """Inside it is that instant, and time stands still."""
    token = _pretended.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def from_ms(milliseconds: int) -> datetime:
    """The instant of a Unix time in milliseconds; raises ValueError or OverflowError beyond the calendar."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
