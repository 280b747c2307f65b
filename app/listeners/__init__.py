"""What follows from an announcement; importing this package registers all listeners."""

from app.listeners import calendar_sync, call_stats, live, notifications, phone_numbers, privacy, search_index, truth_checks, waitlist  # noqa: F401
