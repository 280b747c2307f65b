"""Compares the calls at the voice provider with ours; what is missing comes in by the same road as webhooks."""

import structlog

from app.core.errors import ProviderError
from app.core.queues import job
from app.core.redis import is_reachable
from app.core.tenancy import every_company
from app.core.transactions import transact
from app.domain.calls import reconciling
from app.domain.calls.reconciling import PROVIDER, Look, Sorted
from app.domain.inbox import storing
from app.jobs import inbox
from app.providers import voice_account
from app.providers.voice.account import FetchedCall, ListedCall, VoiceAccount

log = structlog.get_logger()
MOST_LISTED = 5000
# the event's name in the inbox says that we fetched it, and did not get it sent
FETCHED = "fetched"


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
    account = voice_account(PROVIDER, look.access)
    listed = _listed(account, look)
    found = transact(lambda: reconciling.sort_out(look, listed))
    fetched, failure = _fetch(account, look, found)
    if fetched:
        inbox.wake()
    transact(lambda: reconciling.count(look, listed))
    if failure is not None:
        raise failure
    transact(lambda: reconciling.finish(look, listed=listed, found=found, fetched=fetched))


def _listed(account: VoiceAccount, look: Look) -> list[ListedCall]:
    """The oldest first; where there are too many for one look, it ends with the last of them."""
    listed: dict[str, ListedCall] = {}
    for call in account.list_calls(look.since, look.until):
        listed[call.call_id] = call
        if len(listed) >= MOST_LISTED and call.started_at is not None and call.started_at > look.since:
            look.until = call.started_at
            log.info("reconciling.cut", account=look.account_id, calls=len(listed))
            break
    return list(listed.values())


def _fetch(account: VoiceAccount, look: Look, found: Sorted) -> tuple[int, ProviderError | None]:
    """Stores what the provider knows of these calls; how many, and the error that ended it. What was stored before that stays."""
    stored = 0
    try:
        for call_id in found.to_fetch:
            call = account.get_call(call_id)
            if call is not None:
                _store(call, look)
                stored += 1
    except ProviderError as failure:
        return stored, failure
    return stored, None


def _store(call: FetchedCall, look: Look) -> None:
    """As if its webhook had come. One key for each stage of the call, so that looking again stores nothing twice."""
    event, stage = call.event, call.event.name.removeprefix("call_")
    storing.store(
        storing.Incoming(
            provider=PROVIDER,
            event=f"{FETCHED}_{event.name}",
            dedupe_key=f"{FETCHED}\n{call.listed.call_id}\n{stage}\n{call.listed.status}",
            body=call.body,
            provider_call_id=call.listed.call_id,
            dialled=event.business_raw,
            connection_id=look.connection_id,
        )
    )
