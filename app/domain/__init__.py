"""See docs/architecture.md: the room domain."""
