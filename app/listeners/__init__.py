"""What follows from an announcement; importing this package registers all listeners."""

from app.listeners import figures, live, numbers, search  # noqa: F401
