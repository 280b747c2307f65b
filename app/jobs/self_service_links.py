"""Deletes expired links to bookings."""

from app.core.queues import is_shutting_down, job
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction
from app.domain.bookings import self_service_links


@job("maintenance", retry=(), timeout_s=600)
def delete_expired_links() -> int:
    """Delete the expired links of all companies in batches; returns their number."""
    deleted = 0
    with unscoped():
        while not is_shutting_down() and (batch := run_in_transaction(self_service_links.delete_expired_links)):
            deleted += batch
    return deleted
