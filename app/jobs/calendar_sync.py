"""Synchronises external calendars. The rows decide; jobs and their sweep are hints."""

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.calendar_sync import outbound, reconciliation
from app.domain.calendar_sync.provider_calls import send
from app.domain.calendar_sync.reconciliation import CalendarReconciliationRun

# calls for one booking in one go
MAX_STEPS = 5


@job("bookings", retry=(), timeout_s=120)
def sync_booking(sync_id: str) -> None:
    """Bring one booking into the external calendar, call by call; a call that fails is due again later."""
    for _step in range(MAX_STEPS):
        call = run_in_transaction(lambda: outbound.claim(sync_id))
        if call is None:
            return
        result = send(call)
        if not run_in_transaction(lambda: outbound.complete(call, result)):  # noqa: B023 (run at once)
            return


@job("bookings", retry=())
def reconcile_calendars() -> None:
    """Enqueue the reconciliation of every connected calendar."""
    with unscoped():
        connections = run_read_only(reconciliation.list_connections)
    for company_id, connection_id in connections:
        with company_scope(company_id):
            reconcile_calendar.enqueue(connection_id)


@job("maintenance", retry=(), timeout_s=600)
def reconcile_calendar(connection_id: str) -> None:
    """Reconcile one external calendar with ours and store the result."""
    run = run_in_transaction(lambda: reconciliation.start_run(connection_id))
    if run is None:
        return
    error = None
    try:
        _reconcile(run)
    except ProviderError as failure:
        error = f"{failure.code}: {failure.message}"
    run_in_transaction(lambda: reconciliation.finish_run(run, error=error))


def _reconcile(run: CalendarReconciliationRun) -> None:
    for remote in reconciliation.fetch(run):
        run_in_transaction(lambda: reconciliation.reconcile_booking(run, remote))  # noqa: B023 (run at once)
    for uid in run_in_transaction(lambda: reconciliation.list_doubtful(run)):
        remote_booking = reconciliation.refetch(run, uid)
        if remote_booking is None:
            run_in_transaction(lambda: reconciliation.record_missing(run, uid))  # noqa: B023 (run at once)
        else:
            run_in_transaction(lambda: reconciliation.reconcile_booking(run, remote_booking, is_certain=True))  # noqa: B023 (run at once)
    run_in_transaction(lambda: _enqueue_missing(run))


def _enqueue_missing(run: CalendarReconciliationRun) -> None:
    for sync_id in reconciliation.request_missing_syncs(run):
        sync_booking.enqueue(sync_id)
