"""Lays the calls that a voice provider holds beside ours: what is missing is fetched, what hangs is closed, what is incomplete completed.

`begin`, `sort_out`, `count` and `finish` belong into a transaction each; asking the provider between them into none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, select, update

from app.core import settings
from app.core.clock import now, to_ms
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.companies import number_lookup
from app.models import Call, CallReconciliation, CallReconciliationCount, Company, Connection, ProviderAccount, WebhookEvent
from app.models.call import ACTIVE_STATUSES
from app.providers import open_voice_account
from app.providers.credentials import Credentials
from app.providers.voice.management import FetchedCall, ListedCall

PROVIDER = "retell"
# events on their way need a moment; clocks differ a little, and a call is listed late now and then
FRESH, OVERLAP = timedelta(seconds=20), timedelta(minutes=30)
# how far a look reaches at most, and how far back the first one goes
LONGEST_LOOK, FIRST_LOOK = timedelta(hours=26), timedelta(hours=24)
LEASE = timedelta(minutes=10)
MOST_FETCHED = 100
MOST_INCOMPLETE = 20
# a call that runs so long here is asked after by itself, and an analysis that did not come by then is missing
RUNS_LONG, ANALYSIS_TAKES, STUCK_FOR = timedelta(minutes=2), timedelta(minutes=3), timedelta(days=2)
KEPT = timedelta(days=30)
Key = tuple[str, datetime]


@dataclass(slots=True)
class Look:
    """One comparison under way, as plain values."""

    account_id: int
    comparison_id: int
    connection_id: str | None
    company_id: str | None
    access: Credentials
    since: datetime
    until: datetime


@dataclass(slots=True)
class Sorted:
    """What is to be done about the calls that were listed; ids in order of their start."""

    missing: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    nobodys: int = 0

    @property
    def to_fetch(self) -> list[str]:
        return list(dict.fromkeys([*self.missing, *self.stuck, *self.incomplete[:MOST_INCOMPLETE]]))[:MOST_FETCHED]


def accounts_to_compare() -> list[int]:
    """The platform's account and each company's own, where there is a key; rows are made for new ones. Inside unscoped."""
    wanted = accounts_with_key()
    known = {row.connection_id: row for row in db.session.scalars(select(ProviderAccount).where(ProviderAccount.provider == PROVIDER))}
    for connection_id in wanted.keys() - known.keys():
        known[connection_id] = ProviderAccount(provider=PROVIDER, connection_id=connection_id, company_id=wanted[connection_id])
        db.session.add(known[connection_id])
    db.session.flush()
    return sorted(known[connection_id].id for connection_id in wanted)


def accounts_with_key(company_id: str | None = None) -> dict[str, str | None]:
    """Connection ("" for the platform's account) and company of each account that can be asked; of one company or, inside
    unscoped, of all.
    """
    own = select(Connection.id, Connection.company_id).where(
        Connection.provider == PROVIDER, Connection.is_active, Connection.api_key.is_not(None)
    )
    rows = db.session.execute(own.where(Connection.company_id == company_id) if company_id else own)
    return ({"": None} if settings().retell_account_key else {}) | {row.id: row.company_id for row in rows}


def begin(account_id: int) -> Look | None:
    """Takes the account for this look; None where somebody else is at it or there is no key."""
    moment = now()
    account = db.session.scalars(select(ProviderAccount).where(ProviderAccount.id == account_id).with_for_update()).first()
    access = _access(account) if account else None
    if account is None or access is None or (account.locked_until and account.locked_until > moment):
        return None
    since = _hour((account.watermark or moment - FIRST_LOOK) - OVERLAP)
    until = min(moment - FRESH, since + LONGEST_LOOK)
    account.locked_until = moment + LEASE
    comparison = CallReconciliation(account_id=account.id, since=since, until=until)
    db.session.add(comparison)
    db.session.flush()
    return Look(account.id, comparison.id, account.connection_id or None, account.company_id, access, since, until)


def sort_out(look: Look, listed: Sequence[ListedCall]) -> Sorted:
    """Which of the listed calls are not here, still run here though they are over, or have no analysis; inside unscoped."""
    found, here = Sorted(), _here([call.call_id for call in listed], look)
    waiting = _in_the_inbox([call.call_id for call in listed], look)
    moment = now()
    for call in listed:
        ours = here.get(call.call_id)
        is_over = call.status not in ACTIVE_STATUSES
        if ours is None:
            if call.call_id not in waiting:
                found.missing.append(call.call_id)
        elif ours.is_running and is_over:
            found.stuck.append(call.call_id)
        elif not ours.is_running and ours.analyzed_at is None and _should_be_analyzed(call, moment):
            found.incomplete.append(call.call_id)
    found.stuck += [call_id for call_id in _hanging(look) if call_id not in found.stuck]
    found.nobodys = len(waiting)
    return found


def count(look: Look, listed: Sequence[ListedCall]) -> None:
    """Writes how many calls of each company began in each hour there, and how many of them are not here yet; inside unscoped."""
    ids = [call.call_id for call in listed]
    here = _here(ids, look)
    owners = _owners(look, listed, here)
    there: dict[Key, int] = defaultdict(int)
    missing: dict[Key, int] = defaultdict(int)
    for call in listed:
        owner = owners.get(call.call_id)
        if owner is not None and call.started_at is not None:
            key = (owner, _hour(call.started_at))
            there[key] += 1
            missing[key] += call.call_id not in here
    first = select(CallReconciliationCount).where(
        CallReconciliationCount.account_id == look.account_id,
        CallReconciliationCount.hour_at >= look.since,
        CallReconciliationCount.hour_at <= look.until,
    )
    known = {(row.company_id, row.hour_at): row for row in db.session.scalars(first)}
    for key in known.keys() | there.keys():
        row = known.get(key)
        if row is None:
            row = CallReconciliationCount(company_id=key[0], account_id=look.account_id, hour_at=key[1])
            db.session.add(row)
        row.there, row.missing = there[key], missing[key]
        row.missing_since = (row.missing_since or now()) if missing[key] else None


def finish(
    look: Look, *, error: str | None = None, listed: Sequence[ListedCall] = (), found: Sorted | None = None, fetched: int = 0,
) -> None:  # fmt: skip
    """Writes down what came of it, and up to where all is here."""
    moment = now()
    account = db.session.scalars(select(ProviderAccount).where(ProviderAccount.id == look.account_id)).one()
    comparison = db.session.scalars(select(CallReconciliation).where(CallReconciliation.id == look.comparison_id)).one()
    comparison.finished_at, comparison.result, comparison.error = moment, "failed" if error else "done", error
    account.locked_until, account.error = None, error
    if error:
        account.failing_since = account.failing_since or moment
        return
    account.failing_since, account.compared_at, account.compared_until = None, moment, look.until
    account.watermark = _settled_until(look, listed, found) if found else look.until
    if found:
        comparison.listed, comparison.missing, comparison.fetched = len(listed), len(found.missing), fetched
        comparison.closed, comparison.completed, comparison.unassigned = len(found.stuck), len(found.incomplete), found.nobodys
    forgotten = delete(CallReconciliation).where(
        CallReconciliation.account_id == look.account_id, CallReconciliation.started_at < moment - KEPT
    )
    db.session.execute(forgotten.execution_options(synchronize_session=False))


def _settled_until(look: Look, listed: Sequence[ListedCall], found: Sorted) -> datetime:
    """A missing call that was not fetched this time must be in the next look."""
    left = set(found.missing) - set(found.to_fetch)
    starts = [call.started_at for call in listed if call.call_id in left and call.started_at]
    return min([look.until, *starts])


def _access(account: ProviderAccount) -> Credentials | None:
    key = settings().retell_account_key
    if account.connection_id:
        with unscoped():
            wanted = select(Connection.api_key).where(Connection.id == account.connection_id, Connection.is_active)
            key = db.session.scalars(wanted).first()
    return Credentials(settings().retell_base_url, key) if key else None


def _here(call_ids: Sequence[str], look: Look) -> dict[str, Call]:
    """Ours by the provider's id, on the way that this account's calls come by."""
    wanted = select(Call).where(Call.provider == PROVIDER, Call.provider_call_id.in_(call_ids))
    return {call.provider_call_id: call for call in db.session.scalars(wanted) if call.connection_id == look.connection_id}


def _in_the_inbox(call_ids: Sequence[str], look: Look) -> set[str]:
    """Those that wait to be worked through or to be assigned: they are here, though not as calls yet."""
    wanted = select(WebhookEvent.provider_call_id, WebhookEvent.connection_id).where(
        WebhookEvent.provider_call_id.in_(call_ids), WebhookEvent.provider == PROVIDER, WebhookEvent.status.in_(("pending", "unassigned"))
    )
    return {row.provider_call_id for row in db.session.execute(wanted) if row.connection_id == look.connection_id}


def _hanging(look: Look) -> list[str]:
    """Calls that began before this look and run here still: they are asked after one by one."""
    moment = now()
    # by name, so that the index is used, which begins with the company
    companies = [look.company_id] if look.company_id else list(db.session.scalars(select(Company.id)))
    wanted = select(Call.provider_call_id).where(
        Call.company_id.in_(companies),
        Call.provider == PROVIDER,
        Call.status.in_(ACTIVE_STATUSES),
        Call.is_test.is_(False),
        Call.started_at.between(moment - STUCK_FOR, moment - RUNS_LONG),
        Call.connection_id == look.connection_id if look.connection_id else Call.connection_id.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(Call.started_at).limit(MOST_FETCHED)))


def _should_be_analyzed(call: ListedCall, moment: datetime) -> bool:
    return call.status == "ended" and call.ended_at is not None and call.ended_at < moment - ANALYSIS_TAKES


def _owners(look: Look, listed: Sequence[ListedCall], here: dict[str, Call]) -> dict[str, str]:
    """Whose each call is: of one that is here its own company, else the owner of its number as far as this account may speak for it."""
    numbers = {call.call_id: number_lookup.parse_business_number(call.business_raw) for call in listed}
    matches = number_lookup.find_numbers(number for number in numbers.values() if number)
    owners = {call_id: call.company_id for call_id, call in here.items()}
    for call in listed:
        match = matches.get(numbers[call.call_id] or "", (None, False))[0]
        if call.call_id in owners or match is None or look.company_id not in (None, match.company_id):
            continue
        if call.started_at is None or match.is_valid_at(to_ms(call.started_at)):
            owners[call.call_id] = match.company_id
    return owners


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def forget_lost_locks(ids: Iterable[int]) -> None:
    """For looks that were broken off by something that is none of the provider's errors."""
    freed = update(ProviderAccount).where(ProviderAccount.id.in_(list(ids))).values(locked_until=None)
    db.session.execute(freed.execution_options(synchronize_session=False))
    stale = update(CallReconciliation).where(CallReconciliation.account_id.in_(list(ids)), CallReconciliation.result == "running")
    stale = stale.where(or_(CallReconciliation.finished_at.is_(None), CallReconciliation.finished_at < now()))
    db.session.execute(stale.values(result="failed", finished_at=now(), error="broken_off").execution_options(synchronize_session=False))


log = structlog.get_logger()
MOST_LISTED = 5000


def list_calls(look: Look) -> list[ListedCall]:
    """The oldest first; where there are too many for one look, it ends with the last of them."""
    listed: dict[str, ListedCall] = {}
    for call in open_voice_account(PROVIDER, look.access).list_calls(look.since, look.until):
        listed[call.call_id] = call
        if len(listed) >= MOST_LISTED and call.started_at is not None and call.started_at > look.since:
            look.until = call.started_at
            log.info("reconciling.cut", account=look.account_id, calls=len(listed))
            break
    return list(listed.values())


def fetch_calls(look: Look, call_ids: Iterable[str]) -> Iterator[tuple[str, FetchedCall | None]]:
    """One after the other; None where the provider does not know it."""
    account = open_voice_account(PROVIDER, look.access)
    for call_id in call_ids:
        yield call_id, account.get_call(call_id)
