"""Carries out at providers what callers declined: the rows are the truth, jobs and their sweep are hints."""

from app.core.database import overwrite_deleted
from app.core.extensions import db
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.privacy import provider_deletion

AT_ONCE = 100


@job("default", retry=(), timeout_s=60)
def delete_call(deletion_id: str) -> None:
    """Deletes one call there; what goes wrong is written on its row, which the sweep finds when it is due again."""
    errand = run_in_transaction(lambda: provider_deletion.claim(deletion_id))
    if errand is not None:
        error = provider_deletion.delete_at_provider(errand)
        run_in_transaction(lambda: provider_deletion.complete(errand, error))
    overwrite_deleted(db.engine)


def sweep_deletions() -> int:
    """Sends what is due to the workers; without Redis it waits, for it asks a provider and may take long."""
    with unscoped():
        waiting = run_read_only(lambda: provider_deletion.list_due(AT_ONCE))
    for company_id, deletion_id in waiting if is_reachable() else ():
        with company_scope(company_id):
            delete_call.enqueue(deletion_id)
    return len(waiting)
