"""Jobs of notices to people of companies."""

from app.core.queues import is_shutting_down, job
from app.core.transactions import run_in_transaction
from app.domain.operations.technical_data_retention import delete_expired_staff_notices

# small, so that writers do not wait for the lock
BATCH_SIZE = 500


@job("maintenance", retry=(), timeout_s=600)
def delete_old_staff_notices() -> int:
    """Delete expired notices in batches; returns their number. The next run continues."""
    deleted = 0
    while not is_shutting_down() and (batch := run_in_transaction(lambda: delete_expired_staff_notices(BATCH_SIZE))):
        deleted += batch
    return deleted
