"""Calendars elsewhere, one file a vendor."""
