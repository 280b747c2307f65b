"""What time it is: always aware, always UTC; zones are for showing."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def from_ms(milliseconds: int) -> datetime:
    """The instant of a Unix time in milliseconds; raises ValueError or OverflowError beyond the calendar."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def to_ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
