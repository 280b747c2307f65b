"""Jobs of notices to people of companies."""

from datetime import date

from app.core.queues import is_shutting_down, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.operations.technical_data_retention import delete_expired_staff_notices
from app.domain.staff_notices import daily_digest, push_delivery
from app.jobs.notifications import send_notification

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


@job("messages")
def send_digest(user_id: str, timezone: str, day: str) -> None:
    """Make one person's daily summary and send it; made twice, the second one finds nothing to do."""
    row = run_in_transaction(lambda: daily_digest.queue_digest(user_id, timezone, date.fromisoformat(day)))
    if row is not None:
        send_notification.enqueue(row.id)


@job("maintenance", retry=())
def send_due_digests() -> int:
    """Enqueue every daily summary whose hour has come; returns their number."""
    with unscoped():
        due = run_read_only(lambda: daily_digest.list_due_digests(BATCH_SIZE))
    for digest in due:
        with company_scope(digest.company_id):
            send_digest.enqueue(digest.user_id, digest.timezone, digest.day.isoformat())
    return len(due)


@job("maintenance", retry=(), timeout_s=600)
def delete_old_staff_notices() -> int:
    """Delete expired notices in batches; returns their number. The next run continues."""
    deleted = 0
    while not is_shutting_down() and (batch := run_in_transaction(lambda: delete_expired_staff_notices(BATCH_SIZE))):
        deleted += batch
    return deleted
