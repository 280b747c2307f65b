"""Jobs of what callers refused: deletions at providers."""

from app.core.database import overwrite_deleted
from app.core.extensions import db
from app.core.queues import job
from app.core.transactions import run_in_transaction
from app.domain.privacy import refused_call_deletion


@job("default", retry=(), timeout_s=60)
def delete_call_at_provider(deletion_id: str) -> None:
    """Delete one call at its provider; an error is stored on its row, which the sweep finds when the next try is due."""
    request = run_in_transaction(lambda: refused_call_deletion.claim(deletion_id))
    if request is not None:
        error = refused_call_deletion.delete_at_provider(request)
        run_in_transaction(lambda: refused_call_deletion.complete(request, error))
    overwrite_deleted(db.engine)
