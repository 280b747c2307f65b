"""Asks a voice provider for the calls of one look; belongs into no transaction. Everything here raises ProviderError."""

from collections.abc import Iterable, Iterator

import structlog

from app.domain.calls.reconciling import PROVIDER, Look
from app.providers import voice_account
from app.providers.voice.management import FetchedCall, ListedCall

log = structlog.get_logger()
MOST_LISTED = 5000


def list_calls(look: Look) -> list[ListedCall]:
    """The oldest first; where there are too many for one look, it ends with the last of them."""
    listed: dict[str, ListedCall] = {}
    for call in voice_account(PROVIDER, look.access).list_calls(look.since, look.until):
        listed[call.call_id] = call
        if len(listed) >= MOST_LISTED and call.started_at is not None and call.started_at > look.since:
            look.until = call.started_at
            log.info("reconciling.cut", account=look.account_id, calls=len(listed))
            break
    return list(listed.values())


def fetch_calls(look: Look, call_ids: Iterable[str]) -> Iterator[tuple[str, FetchedCall | None]]:
    """One after the other; None where the provider does not know it."""
    account = voice_account(PROVIDER, look.access)
    for call_id in call_ids:
        yield call_id, account.get_call(call_id)
