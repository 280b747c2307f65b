"""What the worker runs; importing this package makes every job known by its name."""

from app.jobs import agents, bookings, calendar_sync, connections, inbox, line_check, live, messages, privacy, reconciling, sessions, truth

__all__ = [
    "agents", "bookings", "calendar_sync", "connections", "inbox", "line_check", "live", "messages", "privacy", "reconciling",
    "sessions", "truth",
]  # fmt: skip
