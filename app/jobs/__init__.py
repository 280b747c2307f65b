"""What the worker runs; importing this package makes every job known by its name."""

from app.jobs import (
    agents,
    bookings,
    calendar_sync,
    call_reconciliation,
    connections,
    inbox,
    line_checks,
    live_events,
    notifications,
    outboxes,
    privacy,
    sessions,
    truth_checks,
)

__all__ = [
    "agents", "bookings", "calendar_sync", "call_reconciliation", "connections", "inbox", "line_checks", "live_events", "notifications",
    "outboxes", "privacy", "sessions", "truth_checks",
]  # fmt: skip
