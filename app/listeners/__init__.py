"""Subscribers of domain events; importing this package registers all of them."""

from app.listeners import (  # noqa: F401
    account_mails,
    calendar_sync,
    call_counters,
    live,
    notifications,
    phone_numbers,
    privacy,
    replies,
    search_index,
    staff_notices,
    tasks,
    truth_checks,
    waitlist,
)
