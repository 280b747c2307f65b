"""Compares the calls at the voice provider with ours; what is missing comes in by the same road as webhooks."""

from dataclasses import dataclass, field

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction
from app.domain.calls import reconciliation
from app.domain.calls.reconciliation import PROVIDER, Look, Sorted
from app.domain.calls.stale_calls import close_unknown
from app.domain.inbox.store import store_fetched
from app.jobs import inbox


def compare_all() -> None:
    """Sends a look at each account; without Redis they are left for later: they ask a provider and may take long."""
    with unscoped():
        accounts = run_in_transaction(reconciliation.accounts_to_compare)
    if is_reachable():
        for account_id in accounts:
            compare.enqueue(account_id)


@job("maintenance", retry=(), timeout_s=300)
def compare(account_id: int) -> None:
    """One look at one account; twice at once or again changes nothing."""
    with unscoped():
        look = run_in_transaction(lambda: reconciliation.begin(account_id))
        if look is None:
            return
        try:
            _compare(look)
        except ProviderError as failure:
            told = f"{failure.code}: {failure.message}"[:500]
            run_in_transaction(lambda: reconciliation.finish(look, error=told))
        except BaseException:
            run_in_transaction(lambda: reconciliation.forget_lost_locks([account_id]))
            raise


@dataclass
class _Fetched:
    """How far one look came: calls stored, calls that the provider does not know, and the error that ended it."""

    stored: int = 0
    unknown: list[str] = field(default_factory=list)
    failure: ProviderError | None = None


def _compare(look: Look) -> None:
    listed = reconciliation.list_calls(look)
    found = run_in_transaction(lambda: reconciliation.sort_out(look, listed))
    fetched = _fetch(look, found)
    if fetched.stored:
        inbox.wake()
    run_in_transaction(lambda: close_unknown(look, fetched.unknown))
    run_in_transaction(lambda: reconciliation.count(look, listed))
    if fetched.failure is not None:
        raise fetched.failure
    run_in_transaction(lambda: reconciliation.finish(look, listed=listed, found=found, fetched=fetched.stored))


def _fetch(look: Look, found: Sorted) -> _Fetched:
    """What was stored before an error stays."""
    fetched = _Fetched()
    try:
        for call_id, call in reconciliation.fetch_calls(look, found.to_fetch):
            if call is None:
                fetched.unknown.append(call_id)
            else:
                store_fetched(call, provider=PROVIDER, connection_id=look.connection_id)
                fetched.stored += 1
    except ProviderError as failure:
        fetched.failure = failure
    return fetched
