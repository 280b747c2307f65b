"""See docs/architecture.md: the room serializers."""
