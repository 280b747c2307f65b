"""Bookings: create, reschedule, cancel, hold, waitlist."""
