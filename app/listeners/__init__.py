"""What follows from an announcement; importing this package registers all listeners."""

from app.listeners import bookings, calendars, figures, live, notifications, numbers, privacy, search, truth  # noqa: F401
