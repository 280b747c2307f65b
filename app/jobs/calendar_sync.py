"""Keeps calendars elsewhere in step: the rows are the truth, jobs and their sweep are hints."""

from itertools import groupby

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.calendar_sync import outbound, reconciliation
from app.domain.calendar_sync.provider_calls import carry_out
from app.domain.calendar_sync.reconciliation import Look

AT_ONCE = 100
MOST_STEPS = 5


@job("bookings", retry=(), timeout_s=120)
def sync_booking(sync_id: str) -> None:
    """Brings one booking into step, step by step; what cannot be done now is due again later."""
    for _step in range(MOST_STEPS):
        errand = run_in_transaction(lambda: outbound.reserve(sync_id))
        if errand is None:
            return
        outcome = carry_out(errand)
        if not run_in_transaction(lambda: outbound.confirm(errand, outcome)):  # noqa: B023 (run at once)
            return


@job("bookings", retry=())
def sweep_syncs() -> int:
    """Sends what is due to the workers; without Redis this process does one of them itself, so that the clock is not held up long."""
    with unscoped():
        waiting = run_read_only(lambda: outbound.due(AT_ONCE))
    reachable = is_reachable()
    for company_id, rows in groupby(sorted(waiting), key=lambda row: row[0]):
        ids = [sync_id for _company_id, sync_id in rows]
        with company_scope(company_id):
            if not reachable:
                sync_booking(ids[0])
                return 1
            run_in_transaction(lambda: _send(ids))  # noqa: B023 (run at once)
    return len(waiting)


def _send(sync_ids: list[str]) -> None:
    outbound.mark_sent(sync_ids)
    for sync_id in sync_ids:
        sync_booking.enqueue(sync_id)


@job("bookings", retry=())
def compare_calendars() -> None:
    """Sends the comparison of every connected calendar."""
    with unscoped():
        connections = run_read_only(reconciliation.connections_to_compare)
    for company_id, connection_id in connections:
        with company_scope(company_id):
            compare_calendar.enqueue(connection_id)


@job("maintenance", retry=(), timeout_s=600)
def compare_calendar(connection_id: str) -> None:
    """Compares one calendar elsewhere with ours and leaves a row that says what came of it."""
    look = run_in_transaction(lambda: reconciliation.begin(connection_id))
    if look is None:
        return
    error = None
    try:
        _compare(look)
    except ProviderError as failure:
        error = f"{failure.code}: {failure.message}"
    run_in_transaction(lambda: reconciliation.finish(look, error=error))


def _compare(look: Look) -> None:
    for there in reconciliation.fetch(look):
        run_in_transaction(lambda: reconciliation.settle(look, there))  # noqa: B023 (run at once)
    for uid in run_in_transaction(lambda: reconciliation.to_fetch_again(look)):
        found = reconciliation.fetch_again(look, uid)
        if found is None:
            run_in_transaction(lambda: reconciliation.miss(look, uid))  # noqa: B023 (run at once)
        else:
            run_in_transaction(lambda: reconciliation.settle(look, found, is_certain=True))  # noqa: B023 (run at once)
    run_in_transaction(lambda: _make_up(look))


def _make_up(look: Look) -> None:
    for sync_id in reconciliation.make_up(look):
        sync_booking.enqueue(sync_id)
