"""Keeps the live sequence short."""

from app.core.queues import job, stopping
from app.core.transactions import transact
from app.domain.operations.retention import trim_live_events

# few enough that nobody waits for the lock
AT_ONCE = 500


@job("maintenance", retry=(), timeout_s=600)
def trim() -> int:
    """Deletes live events of yesterday; how many it were. What one run leaves, the next one takes."""
    deleted = 0
    while not stopping() and (done := transact(lambda: trim_live_events(AT_ONCE))):
        deleted += done
    return deleted
