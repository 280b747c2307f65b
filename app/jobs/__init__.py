"""What the worker runs; importing this package makes every job known by its name."""

from app.jobs import bookings, inbox, live

__all__ = ["bookings", "inbox", "live"]
