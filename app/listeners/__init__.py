"""Subscribers of domain events; importing this package registers all of them."""

from app.listeners import calendar_sync, call_stats, live, notifications, phone_numbers, privacy, search_index, truth_checks, waitlist  # noqa: F401
