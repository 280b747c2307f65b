"""The truth check behind finished calls: the rows that are due are the truth, this job is a hint."""

from itertools import groupby

import structlog

from app.core.database import is_away, is_passing
from app.core.queues import job, stopping
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, every_company
from app.core.transactions import read, transact
from app.domain.calls import truth_check, truth_queue
from app.domain.calls.truth_evidence import load_catalogue

log = structlog.get_logger()
AT_ONCE = 100


@job("default", retry=(), timeout_s=300)
def check_due() -> int:
    """Checks the calls that are due, each in a transaction of its own; how many it were."""
    with every_company():
        waiting = read(lambda: truth_queue.due(AT_ONCE))
    for company_id, rows in groupby(sorted(waiting), key=lambda row: row[0]):
        with company_scope(company_id):
            catalogue = load_catalogue(company_id)
            for _company_id, call_id in rows:
                if stopping():
                    return len(waiting)
                _check(call_id, catalogue)
    return len(waiting)


def _check(call_id: str, catalogue: truth_check.Catalogue) -> None:
    """An odd transcript harms no other call's check."""
    try:
        transact(lambda: truth_check.check(call_id, catalogue))
    except Exception as error:
        if is_away(error) or is_passing(error):
            raise
        log.exception("truth.failed", call=call_id)
        transact(lambda: truth_check.give_up(call_id))


def sweep() -> None:
    """Sends the check where something is due; without Redis it is done here."""
    with every_company():
        waiting = read(lambda: truth_queue.due(1))
    if waiting and is_reachable():
        check_due.enqueue()
    elif waiting:
        check_due()
