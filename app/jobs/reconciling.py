"""Compares the calls at the voice provider with ours; what is missing comes in by the same road as webhooks."""

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import every_company
from app.core.transactions import transact
from app.domain.calls import asking, reconciling
from app.domain.calls.closing import close_unknown
from app.domain.calls.reconciling import PROVIDER, Look, Sorted
from app.domain.inbox.fetching import store_fetched
from app.jobs import inbox


def compare_all() -> None:
    """Sends a look at each account; without Redis they are left for later: they ask a provider and may take long."""
    with every_company():
        accounts = transact(reconciling.accounts_to_compare)
    if is_reachable():
        for account_id in accounts:
            compare.enqueue(account_id)


@job("maintenance", retry=(), timeout_s=300)
def compare(account_id: int) -> None:
    """One look at one account; twice at once or again changes nothing."""
    with every_company():
        look = transact(lambda: reconciling.begin(account_id))
        if look is None:
            return
        try:
            _compare(look)
        except ProviderError as failure:
            told = f"{failure.code}: {failure.message}"[:500]
            transact(lambda: reconciling.finish(look, error=told))
        except BaseException:
            transact(lambda: reconciling.forget_lost_locks([account_id]))
            raise


def _compare(look: Look) -> None:
    listed = asking.list_calls(look)
    found = transact(lambda: reconciling.sort_out(look, listed))
    unknown: list[str] = []
    fetched, failure = _fetch(look, found, unknown)
    if fetched:
        inbox.wake()
    transact(lambda: close_unknown(look, unknown))
    transact(lambda: reconciling.count(look, listed))
    if failure is not None:
        raise failure
    transact(lambda: reconciling.finish(look, listed=listed, found=found, fetched=fetched))


def _fetch(look: Look, found: Sorted, unknown: list[str]) -> tuple[int, ProviderError | None]:
    """How many calls were stored, and the error that ended it; what was stored before that stays."""
    stored = 0
    try:
        for call in asking.fetch_calls(look, found.to_fetch, unknown=unknown):
            store_fetched(call, provider=PROVIDER, connection_id=look.connection_id)
            stored += 1
    except ProviderError as failure:
        return stored, failure
    return stored, None
