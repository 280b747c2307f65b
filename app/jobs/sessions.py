"""Forgets browser sessions that ran out."""

from app.core import sessions
from app.core.queues import job


@job("maintenance", retry=())
def forget_dead() -> int:
    """Deletes the rows of sessions that were left alone or got too old; how many it were."""
    return sessions.delete_expired_sessions()
