"""Deletes expired browser sessions."""

from app.core import sessions
from app.core.queues import job


@job("maintenance", retry=())
def delete_expired_sessions() -> int:
    """Delete the rows of idle and expired sessions; returns their number."""
    return sessions.delete_expired_sessions()
