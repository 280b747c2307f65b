"""Compares a voice provider's calls with ours: fetches missing ones, closes stuck ones and completes incomplete ones.

`claim_account`, `build_plan`, `record_counts` and `complete_run` belong in a transaction each, provider calls between them in none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, select, update

from app.core import settings
from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.companies import number_lookup
from app.models import Call, CallReconciliation, Company, Connection, HourlyCallReconciliation, ReconciledAccount, WebhookEvent
from app.models.call import ACTIVE_STATUSES
from app.providers import open_voice_account
from app.providers.credentials import Credentials
from app.providers.voice.management import FetchedCall, ListedCall

PROVIDER = "retell"
# events on their way need a moment; clocks differ a little, and a call is listed late now and then
LISTING_DELAY, OVERLAP = timedelta(seconds=20), timedelta(minutes=30)
# the longest window of a run, and the window of the first one
MAX_WINDOW, INITIAL_WINDOW = timedelta(hours=26), timedelta(hours=24)
LEASE = timedelta(minutes=10)
MAX_FETCHED = 100
MAX_INCOMPLETE = 20
# calls running longer are fetched one by one; an analysis later than ANALYSIS_DELAY is missing
STUCK_AFTER, ANALYSIS_DELAY, STUCK_LOOKBACK = timedelta(minutes=2), timedelta(minutes=3), timedelta(days=2)
RETENTION = timedelta(days=30)
Key = tuple[str, datetime]


@dataclass(slots=True)
class ClaimedReconciliation:
    """One comparison under way, as plain values."""

    account_id: int
    comparison_id: int
    connection_id: str | None
    company_id: str | None
    access: Credentials
    since: datetime
    until: datetime


@dataclass(slots=True)
class ReconciliationPlan:
    """The differences of a run; ids in order of their start."""

    missing: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    unassigned: int = 0

    @property
    def to_fetch(self) -> list[str]:
        return list(dict.fromkeys([*self.missing, *self.stuck, *self.incomplete[:MAX_INCOMPLETE]]))[:MAX_FETCHED]


def list_due_accounts() -> list[int]:
    """List the platform's account and each company's own with a key; inserts rows for new ones. Call inside unscoped."""
    connections = list_accounts_with_key()
    rows = select(ReconciledAccount).where(ReconciledAccount.provider == PROVIDER)
    accounts = {row.connection_id: row for row in db.session.scalars(rows)}
    for connection_id in connections.keys() - accounts.keys():
        accounts[connection_id] = ReconciledAccount(provider=PROVIDER, connection_id=connection_id, company_id=connections[connection_id])
        db.session.add(accounts[connection_id])
    db.session.flush()
    return sorted(accounts[connection_id].id for connection_id in connections)


def list_accounts_with_key(company_id: str | None = None) -> dict[str, str | None]:
    """Connection ("" for the platform's account) and company of each account with a key; of one company or, inside
    unscoped, of all.
    """
    own = select(Connection.id, Connection.company_id).where(
        Connection.provider == PROVIDER, Connection.is_active, Connection.api_key.is_not(None)
    )
    rows = db.session.execute(own.where(Connection.company_id == company_id) if company_id else own)
    return ({"": None} if settings().retell_account_key else {}) | {row.id: row.company_id for row in rows}


def claim_account(account_id: int) -> ClaimedReconciliation | None:
    """Claim the account for a run; None when it is claimed already or has no key."""
    current_time = now()
    account = db.session.scalars(select(ReconciledAccount).where(ReconciledAccount.id == account_id).with_for_update()).first()
    access = _get_credentials(account) if account else None
    if account is None or access is None or (account.locked_until and account.locked_until > current_time):
        return None
    since = _truncate_to_hour((account.watermark or current_time - INITIAL_WINDOW) - OVERLAP)
    until = min(current_time - LISTING_DELAY, since + MAX_WINDOW)
    account.locked_until = current_time + LEASE
    comparison = CallReconciliation(account_id=account.id, since=since, until=until)
    db.session.add(comparison)
    db.session.flush()
    return ClaimedReconciliation(account.id, comparison.id, account.connection_id or None, account.company_id, access, since, until)


def build_plan(run: ClaimedReconciliation, listed: Sequence[ListedCall]) -> ReconciliationPlan:
    """Which of the listed calls are not here, still run here though they are over, or have no analysis; inside unscoped."""
    plan, local_calls = ReconciliationPlan(), _load_local_calls([call.call_id for call in listed], run)
    waiting = _find_in_inbox([call.call_id for call in listed], run)
    current_time = now()
    for call in listed:
        local_call = local_calls.get(call.call_id)
        is_over = call.status not in ACTIVE_STATUSES
        if local_call is None:
            if call.call_id not in waiting:
                plan.missing.append(call.call_id)
        elif local_call.is_running and is_over:
            plan.stuck.append(call.call_id)
        elif not local_call.is_running and local_call.analyzed_at is None and _should_be_analyzed(call, current_time):
            plan.incomplete.append(call.call_id)
    plan.stuck += [call_id for call_id in _list_stuck_calls(run) if call_id not in plan.stuck]
    plan.unassigned = len(waiting)
    return plan


def record_counts(run: ClaimedReconciliation, listed: Sequence[ListedCall]) -> None:
    """Record the number of remote and missing calls of each company by hour. Call inside unscoped."""
    ids = [call.call_id for call in listed]
    local_calls = _load_local_calls(ids, run)
    owners = _find_owners(run, listed, local_calls)
    remote_counts: dict[Key, int] = defaultdict(int)
    missing: dict[Key, int] = defaultdict(int)
    for call in listed:
        owner = owners.get(call.call_id)
        if owner is not None and call.started_at is not None:
            key = (owner, _truncate_to_hour(call.started_at))
            remote_counts[key] += 1
            missing[key] += call.call_id not in local_calls
    first = select(HourlyCallReconciliation).where(
        HourlyCallReconciliation.account_id == run.account_id,
        HourlyCallReconciliation.hour_at >= run.since,
        HourlyCallReconciliation.hour_at <= run.until,
    )
    rows_by_key = {(row.company_id, row.hour_at): row for row in db.session.scalars(first)}
    for key in rows_by_key.keys() | remote_counts.keys():
        row = rows_by_key.get(key)
        if row is None:
            row = HourlyCallReconciliation(company_id=key[0], account_id=run.account_id, hour_at=key[1])
            db.session.add(row)
        row.remote_count, row.missing = remote_counts[key], missing[key]
        row.missing_since = (row.missing_since or now()) if missing[key] else None


def complete_run(
    run: ClaimedReconciliation, *, error: str | None = None, listed: Sequence[ListedCall] = (),
    plan: ReconciliationPlan | None = None, fetched: int = 0,
) -> None:  # fmt: skip
    """Store the result of a run, and advance the watermark up to which all calls are stored."""
    current_time = now()
    account = db.session.scalars(select(ReconciledAccount).where(ReconciledAccount.id == run.account_id)).one()
    comparison = db.session.scalars(select(CallReconciliation).where(CallReconciliation.id == run.comparison_id)).one()
    comparison.finished_at, comparison.result, comparison.error = current_time, "failed" if error else "done", error
    account.locked_until, account.error = None, error
    if error:
        account.failing_since = account.failing_since or current_time
        return
    account.failing_since, account.compared_at, account.compared_until = None, current_time, run.until
    account.watermark = _get_watermark(run, listed, plan) if plan else run.until
    if plan:
        comparison.listed, comparison.missing, comparison.fetched = len(listed), len(plan.missing), fetched
        comparison.closed, comparison.completed, comparison.unassigned = len(plan.stuck), len(plan.incomplete), plan.unassigned
    forgotten = delete(CallReconciliation).where(
        CallReconciliation.account_id == run.account_id, CallReconciliation.started_at < current_time - RETENTION
    )
    db.session.execute(forgotten.execution_options(synchronize_session=False))


def _get_watermark(run: ClaimedReconciliation, listed: Sequence[ListedCall], plan: ReconciliationPlan) -> datetime:
    """The next watermark: before the first missing call that was not fetched."""
    left = set(plan.missing) - set(plan.to_fetch)
    starts = [call.started_at for call in listed if call.call_id in left and call.started_at]
    return min([run.until, *starts])


def _get_credentials(account: ReconciledAccount) -> Credentials | None:
    key = settings().retell_account_key
    if account.connection_id:
        with unscoped():
            statement = select(Connection.api_key).where(Connection.id == account.connection_id, Connection.is_active)
            key = db.session.scalars(statement).first()
    return Credentials(settings().retell_base_url, key) if key else None


def _load_local_calls(call_ids: Sequence[str], run: ClaimedReconciliation) -> dict[str, Call]:
    """Load our calls by the provider's id, of this account's connection."""
    statement = select(Call).where(Call.provider == PROVIDER, Call.provider_call_id.in_(call_ids))
    return {call.provider_call_id: call for call in db.session.scalars(statement) if call.connection_id == run.connection_id}


def _find_in_inbox(call_ids: Sequence[str], run: ClaimedReconciliation) -> set[str]:
    """Those that wait to be worked through or to be assigned: they are here, though not as calls yet."""
    statement = select(WebhookEvent.provider_call_id, WebhookEvent.connection_id).where(
        WebhookEvent.provider_call_id.in_(call_ids), WebhookEvent.provider == PROVIDER, WebhookEvent.status.in_(("pending", "unassigned"))
    )
    return {row.provider_call_id for row in db.session.execute(statement) if row.connection_id == run.connection_id}


def _list_stuck_calls(run: ClaimedReconciliation) -> list[str]:
    """List calls that began before this run and are still running here; they are fetched one by one."""
    current_time = now()
    # by name, so that the index is used, which begins with the company
    companies = [run.company_id] if run.company_id else list(db.session.scalars(select(Company.id)))
    statement = select(Call.provider_call_id).where(
        Call.company_id.in_(companies),
        Call.provider == PROVIDER,
        Call.running(),
        Call.is_test.is_(False),
        Call.started_at.between(current_time - STUCK_LOOKBACK, current_time - STUCK_AFTER),
        Call.connection_id == run.connection_id if run.connection_id else Call.connection_id.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Call.started_at).limit(MAX_FETCHED)))


def _should_be_analyzed(call: ListedCall, at: datetime) -> bool:
    return call.status == "ended" and call.ended_at is not None and call.ended_at < at - ANALYSIS_DELAY


def _find_owners(run: ClaimedReconciliation, listed: Sequence[ListedCall], local_calls: dict[str, Call]) -> dict[str, str]:
    """Find each call's company: a stored call's own, else the owner of its number if this account may report calls for it."""
    numbers = {call.call_id: number_lookup.parse_business_number(call.business_raw) for call in listed}
    matches = number_lookup.find_numbers(number for number in numbers.values() if number)
    owners = {call_id: call.company_id for call_id, call in local_calls.items()}
    for call in listed:
        match = matches.get(numbers[call.call_id] or "")
        if call.call_id in owners or match is None or run.company_id not in (None, match.company_id):
            continue
        if match.is_valid_at(call.started_at):
            owners[call.call_id] = match.company_id
    return owners


def _truncate_to_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def release_lost_locks(ids: Iterable[int]) -> None:
    """Release accounts of runs that were aborted by an error of ours."""
    freed = update(ReconciledAccount).where(ReconciledAccount.id.in_(list(ids))).values(locked_until=None)
    db.session.execute(freed.execution_options(synchronize_session=False))
    stale = update(CallReconciliation).where(CallReconciliation.account_id.in_(list(ids)), CallReconciliation.result == "running")
    stale = stale.where(or_(CallReconciliation.finished_at.is_(None), CallReconciliation.finished_at < now()))
    db.session.execute(stale.values(result="failed", finished_at=now(), error="broken_off").execution_options(synchronize_session=False))


log = structlog.get_logger()
MAX_LISTED = 5000


def list_calls(run: ClaimedReconciliation) -> list[ListedCall]:
    """List the provider's calls, oldest first; with more than MAX_LISTED the window is cut at the last one."""
    listed: dict[str, ListedCall] = {}
    for call in open_voice_account(PROVIDER, run.access).list_calls(run.since, run.until):
        listed[call.call_id] = call
        if len(listed) >= MAX_LISTED and call.started_at is not None and call.started_at > run.since:
            run.until = call.started_at
            log.info("reconciling.cut", account=run.account_id, calls=len(listed))
            break
    return list(listed.values())


def fetch_calls(run: ClaimedReconciliation, call_ids: Iterable[str]) -> Iterator[tuple[str, FetchedCall | None]]:
    """One after the other; None where the provider does not know it."""
    account = open_voice_account(PROVIDER, run.access)
    for call_id in call_ids:
        yield call_id, account.get_call(call_id)
