"""Truth checks of finished calls. The due rows decide; this job is a hint."""

from itertools import groupby

import structlog

from app.core.database import is_transient, is_unavailable
from app.core.queues import is_shutting_down, job
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.calls import truth_check, truth_check_schedule
from app.domain.calls.truth_catalogue import load_catalogue

log = structlog.get_logger()
BATCH_SIZE = 100


@job("default", retry=(), timeout_s=300)
def check_due_calls() -> int:
    """Check due calls, each in its own transaction; returns their number."""
    with unscoped():
        due_calls = run_read_only(lambda: truth_check_schedule.list_due(BATCH_SIZE))
    for company_id, rows in groupby(sorted(due_calls), key=lambda row: row[0]):
        with company_scope(company_id):
            catalogue = load_catalogue(company_id)
            for _company_id, call_id in rows:
                if is_shutting_down():
                    return len(due_calls)
                _check(call_id, catalogue)
    return len(due_calls)


def _check(call_id: str, catalogue: truth_check.TruthCatalogue) -> None:
    """Check one call; a failure on its transcript does not affect other calls."""
    try:
        run_in_transaction(lambda: truth_check.run_check(call_id, catalogue))
    except Exception as error:
        if is_unavailable(error) or is_transient(error):
            raise
        log.exception("truth_check.failed", call=call_id)
        run_in_transaction(lambda: truth_check.mark_failed(call_id))


def sweep_truth_checks() -> None:
    """Enqueue the check where calls are due; without Redis it runs in this process."""
    with unscoped():
        due_calls = run_read_only(lambda: truth_check_schedule.list_due(1))
    if due_calls and is_reachable():
        check_due_calls.enqueue()
    elif due_calls:
        check_due_calls()
