"""What the worker runs; importing this package makes every job known by its name."""

from app.jobs import bookings, calendar_sync, inbox, line_check, live, messages, reconciling, sessions, truth

__all__ = ["bookings", "calendar_sync", "inbox", "line_check", "live", "messages", "reconciling", "sessions", "truth"]
