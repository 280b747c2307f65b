"""The truth check behind finished calls: the rows that are due are the truth, this job is a hint."""

from itertools import groupby

import structlog

from app.core.database import is_transient, is_unavailable
from app.core.queues import is_shutting_down, job
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.calls import truth_check, truth_queue
from app.domain.calls.truth_evidence import load_catalogue

log = structlog.get_logger()
AT_ONCE = 100


@job("default", retry=(), timeout_s=300)
def check_due() -> int:
    """Checks the calls that are due, each in a transaction of its own; how many it were."""
    with unscoped():
        waiting = run_read_only(lambda: truth_queue.due(AT_ONCE))
    for company_id, rows in groupby(sorted(waiting), key=lambda row: row[0]):
        with company_scope(company_id):
            catalogue = load_catalogue(company_id)
            for _company_id, call_id in rows:
                if is_shutting_down():
                    return len(waiting)
                _check(call_id, catalogue)
    return len(waiting)


def _check(call_id: str, catalogue: truth_check.Catalogue) -> None:
    """An odd transcript harms no other call's check."""
    try:
        run_in_transaction(lambda: truth_check.check(call_id, catalogue))
    except Exception as error:
        if is_unavailable(error) or is_transient(error):
            raise
        log.exception("truth.failed", call=call_id)
        run_in_transaction(lambda: truth_check.give_up(call_id))


def sweep() -> None:
    """Sends the check where something is due; without Redis it is done here."""
    with unscoped():
        waiting = run_read_only(lambda: truth_queue.due(1))
    if waiting and is_reachable():
        check_due.enqueue()
    elif waiting:
        check_due()
