"""See docs/architecture.md: the room realtime."""
