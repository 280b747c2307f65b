"""See docs/architecture.md: the room jobs."""
