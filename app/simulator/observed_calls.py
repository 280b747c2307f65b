"""The simulated calls as the server stored them, read through the API or from the database."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import urllib3
from sqlalchemy import and_, select
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import read_only
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.models import Call, TruthCheck, WebhookEvent
from app.models.call import ACTIVE_STATUSES

BATCH_SIZE = 200
POLL_INTERVAL_S = 0.3
# the analysis may take a moment longer than the call itself; then the outcome stays open
OUTCOME_TIMEOUT_S = 3.0
# calls are checked every few seconds
TRUTH_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """A call as the server stored it, or an event without a company (status `unassigned`)."""

    status: str
    outcome: str | None = None
    # the verdict of the truth check, None while there is none
    truth: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status not in ACTIVE_STATUSES

    @property
    def is_settled(self) -> bool:
        return self.is_over and (self.outcome is not None or self.status == "unassigned")


FetchCalls = Callable[[Sequence[str]], dict[str, ObservedCall]]


def fetch_from_database(call_ids: Sequence[str]) -> dict[str, ObservedCall]:
    """Fetch calls and unassigned events by provider call id, across all companies. Needs an application context."""
    observed: dict[str, ObservedCall] = {}
    for ids in _iterate_batches(call_ids):
        with read_only(), unscoped():
            unassigned = select(WebhookEvent.provider_call_id).where(
                WebhookEvent.provider_call_id.in_(ids), WebhookEvent.status == "unassigned"
            )
            observed |= {call_id: ObservedCall("unassigned") for call_id in db.session.scalars(unassigned) if call_id}
            checked = and_(TruthCheck.company_id == Call.company_id, TruthCheck.call_id == Call.id)
            calls = select(Call.provider_call_id, Call.status, Call.outcome, TruthCheck.verdict).outerjoin(TruthCheck, checked)
            rows = db.session.execute(calls.where(Call.provider_call_id.in_(ids)))
            observed |= {call_id: ObservedCall(status, outcome, verdict) for call_id, status, outcome, verdict in rows}
            db.session.rollback()
    return observed


def fetch_from_api(url: str, key: str) -> FetchCalls:
    """Fetch with `GET /api/v1/calls?q=<provider call id>`; on 429 and 503 it waits as `Retry-After` says.

    The returned function raises LookupError where the API rejects the key.
    """
    http = urllib3.PoolManager(num_pools=1, retries=urllib3.Retry(5, backoff_factor=0.3, status_forcelist=(429, 503)), timeout=10)
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def fetch(call_ids: Sequence[str]) -> dict[str, ObservedCall]:
        observed: dict[str, ObservedCall] = {}
        for call_id in call_ids:
            response = http.request("GET", f"{url.rstrip('/')}/api/v1/calls", fields={"q": call_id}, headers=headers)
            if response.status != 200:
                raise LookupError(f"GET /api/v1/calls answered {response.status}.")
            for item in response.json()["items"]:
                if item["provider_call_id"] == call_id:
                    observed[call_id] = ObservedCall(item["status"], item["outcome"], item.get("truth"))
        return observed

    return fetch


def wait_for(
    call_ids: Sequence[str],
    fetch: FetchCalls,
    *,
    within_s: float,
    on_seen: Callable[[int], None] = lambda count: None,
    truths: Collection[str] = (),
) -> dict[str, ObservedCall]:
    """Poll until every call has ended with an outcome, or the time is up. Calls in `truths` need the truth check's verdict too.

    Returns the last observed state of each call.
    """
    observed: dict[str, ObservedCall] = {}
    over_since: float | None = None
    deadline = time.monotonic() + within_s
    while True:
        open_ids = [call_id for call_id in call_ids if not _is_complete(observed.get(call_id), call_id in truths)]
        if not open_ids or time.monotonic() > deadline:
            return observed
        with suppress(urllib3.exceptions.HTTPError, SQLAlchemyError):  # retried at the next poll
            observed |= fetch(open_ids)
        on_seen(sum(each.is_over for each in observed.values()))
        if all(call_id in observed and observed[call_id].is_over for call_id in call_ids):
            over_since = over_since or time.monotonic()
            if time.monotonic() - over_since > (TRUTH_TIMEOUT_S if truths else OUTCOME_TIMEOUT_S):
                return observed
        if not all(_is_complete(observed.get(call_id), call_id in truths) for call_id in call_ids):
            time.sleep(POLL_INTERVAL_S)


def _is_complete(observed: ObservedCall | None, with_truth: bool) -> bool:
    return observed is not None and observed.is_settled and (observed.truth is not None or not with_truth)


def _iterate_batches(call_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(call_ids), BATCH_SIZE):
        yield call_ids[start : start + BATCH_SIZE]
