"""Jobs of notices to people of companies."""

from app.core.queues import is_shutting_down, job
from app.core.transactions import run_in_transaction
from app.domain.operations.technical_data_retention import delete_expired_staff_notices
from app.domain.staff_notices import push_delivery

# small, so that writers do not wait for the lock
BATCH_SIZE = 500


@job("messages", retry=())
def send_push(delivery_id: str) -> None:
    """Send one notice to one device; an error is stored on its row, which the sweep finds when the next try is due."""
    attempt = run_in_transaction(lambda: push_delivery.claim(delivery_id))
    if attempt is None:
        return
    error = push_delivery.send(attempt)
    run_in_transaction(lambda: push_delivery.complete(attempt, error))


@job("maintenance", retry=(), timeout_s=600)
def delete_old_staff_notices() -> int:
    """Delete expired notices in batches; returns their number. The next run continues."""
    deleted = 0
    while not is_shutting_down() and (batch := run_in_transaction(lambda: delete_expired_staff_notices(BATCH_SIZE))):
        deleted += batch
    return deleted
