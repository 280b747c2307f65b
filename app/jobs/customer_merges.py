"""Forgets what takes merges of customers back, once they can no longer be taken back."""

from app.core.queues import is_shutting_down, job
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction
from app.domain.customers.merge_undo import forget_snapshots

# each may hold a whole record
BATCH_SIZE = 50


@job("maintenance", retry=(), timeout_s=600)
def forget_old_merges() -> int:
    """Forget those of all companies in batches; returns their number."""
    forgotten = 0
    with unscoped():
        while not is_shutting_down() and (batch := run_in_transaction(lambda: forget_snapshots(BATCH_SIZE))):
            forgotten += batch
    return forgotten
