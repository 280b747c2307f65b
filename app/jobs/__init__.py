"""Jobs, run by the worker; importing this package registers every job by its name."""

from app.jobs import (
    account_mails,
    agents,
    calendar_sync,
    call_reconciliation,
    connections,
    customer_merges,
    inbox,
    line_checks,
    live_event_retention,
    marketing,
    notifications,
    outboxes,
    provider_deletions,
    replies,
    sessions,
    staff_notices,
    tasks,
    truth_checks,
    waitlist_and_holds,
)

__all__ = [
    "account_mails", "agents", "calendar_sync", "call_reconciliation", "connections", "customer_merges", "inbox", "line_checks",
    "live_event_retention",
    "marketing", "notifications", "outboxes", "provider_deletions", "replies", "sessions", "staff_notices", "tasks", "truth_checks",
    "waitlist_and_holds",
]  # fmt: skip
