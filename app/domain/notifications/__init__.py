"""Messages to people: queued with their cause, delivered in order while they are true."""
