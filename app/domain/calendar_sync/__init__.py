"""Keeps bookings and external calendars in step, in both directions."""
