"""Live updates over Socket.IO: handshake, rooms, event log and broadcast (docs/architecture.md)."""
