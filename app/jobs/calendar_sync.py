"""Keeps calendars elsewhere in step: the rows are the truth, jobs and their sweep are hints."""

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.calendar_sync import outbound, reconciliation
from app.domain.calendar_sync.provider_calls import send
from app.domain.calendar_sync.reconciliation import Look
from app.domain.calendar_sync.state import OUTBOX

# calls for one booking in one go
MAX_STEPS = 5


@job("bookings", retry=(), timeout_s=120)
def sync_booking(sync_id: str) -> None:
    """Bring one booking into the external calendar, call by call; a call that fails is due again later."""
    for _step in range(MAX_STEPS):
        errand = run_in_transaction(lambda: outbound.claim(sync_id))
        if errand is None:
            return
        outcome = send(errand)
        if not run_in_transaction(lambda: outbound.complete(errand, outcome)):  # noqa: B023 (run at once)
            return


def sweep_syncs() -> int:
    return OUTBOX.sweep(sync_booking, runs_inline=True)


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
