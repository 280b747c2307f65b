"""What the worker runs; importing this package makes every job known by its name."""

from app.jobs import inbox

__all__ = ["inbox"]
