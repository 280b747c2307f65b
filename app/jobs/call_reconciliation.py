"""Reconciles the calls at the voice provider with ours; missing calls enter through the inbox like webhooks."""

from dataclasses import dataclass, field

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction
from app.domain.calls import reconciliation
from app.domain.calls.reconciliation import PROVIDER, ClaimedReconciliation, ReconciliationPlan
from app.domain.calls.stale_calls import close_unknown_calls
from app.domain.inbox.store import store_fetched
from app.jobs import inbox


def reconcile_all() -> None:
    """Enqueue the reconciliation of each account; postponed without Redis, because provider calls may take long."""
    with unscoped():
        accounts = run_in_transaction(reconciliation.list_due_accounts)
    if is_reachable():
        for account_id in accounts:
            reconcile_account.enqueue(account_id)


@job("maintenance", retry=(), timeout_s=300)
def reconcile_account(account_id: int) -> None:
    """Reconcile one account; idempotent and safe to run concurrently."""
    with unscoped():
        run = run_in_transaction(lambda: reconciliation.claim_account(account_id))
        if run is None:
            return
        try:
            _reconcile(run)
        except ProviderError as failure:
            error = f"{failure.code}: {failure.message}"[:500]
            run_in_transaction(lambda: reconciliation.complete_run(run, error=error))
        except BaseException:
            run_in_transaction(lambda: reconciliation.release_lost_locks([account_id]))
            raise


@dataclass
class _FetchResult:
    """Progress of one run: calls stored, calls unknown to the provider, and the error that ended it."""

    stored: int = 0
    unknown_ids: list[str] = field(default_factory=list)
    error: ProviderError | None = None


def _reconcile(run: ClaimedReconciliation) -> None:
    listed = reconciliation.list_calls(run)
    plan = run_in_transaction(lambda: reconciliation.build_plan(run, listed))
    fetched = _fetch_missing(run, plan)
    if fetched.stored:
        inbox.wake()
    run_in_transaction(lambda: close_unknown_calls(run, fetched.unknown_ids))
    run_in_transaction(lambda: reconciliation.record_counts(run, listed))
    if fetched.error is not None:
        raise fetched.error
    run_in_transaction(lambda: reconciliation.complete_run(run, listed=listed, plan=plan, fetched=fetched.stored))


def _fetch_missing(run: ClaimedReconciliation, plan: ReconciliationPlan) -> _FetchResult:
    """Fetch and store missing calls; calls stored before an error are kept."""
    fetched = _FetchResult()
    try:
        for call_id, call in reconciliation.fetch_calls(run, plan.to_fetch):
            if call is None:
                fetched.unknown_ids.append(call_id)
            else:
                store_fetched(call, provider=PROVIDER, connection_id=run.connection_id)
                fetched.stored += 1
    except ProviderError as failure:
        fetched.error = failure
    return fetched
