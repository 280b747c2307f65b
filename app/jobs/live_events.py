"""Keeps the live sequence short."""

from app.core.queues import is_shutting_down, job
from app.core.transactions import run_in_transaction
from app.domain.operations.retention import trim_live_events

# few enough that nobody waits for the lock
AT_ONCE = 500


@job("maintenance", retry=(), timeout_s=600)
def trim() -> int:
    """Deletes live events of yesterday; how many it were. What one run leaves, the next one takes."""
    deleted = 0
    while not is_shutting_down() and (done := run_in_transaction(lambda: trim_live_events(AT_ONCE))):
        deleted += done
    return deleted
