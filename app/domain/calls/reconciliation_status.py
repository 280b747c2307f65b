"""Whether all calls that the provider holds of a company today are here: the line "Retell 41, here 41"."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.calls.reconciliation import PROVIDER, list_accounts_with_key
from app.models import Call, HourlyCallReconciliation, ReconciledAccount

# all: nothing is missing · missing · unknown: the provider does not respond · soon: not compared yet · not_set_up: no key
State = Literal["all", "missing", "unknown", "soon", "not_set_up"]


@dataclass(frozen=True, slots=True)
class CallReconciliationStatus:
    state: State
    remote_count: int = 0
    local_count: int = 0
    # since when calls are missing, or the provider does not answer
    since: datetime | None = None
    compared_at: datetime | None = None


def load_reconciliation_status(company_id: str, *, timezone: str) -> CallReconciliationStatus:
    """Load today's counts for the current company, as of the last run."""
    account = _find_account(company_id)
    if account is None:
        return CallReconciliationStatus("not_set_up")
    if account.compared_at is None or account.compared_until is None:
        return CallReconciliationStatus("unknown" if account.failing_since else "soon", since=account.failing_since)
    midnight = datetime.combine(now().astimezone(ZoneInfo(timezone)).date(), time(), ZoneInfo(timezone)).astimezone(UTC)
    tallied = select(func.sum(HourlyCallReconciliation.remote_count), func.min(HourlyCallReconciliation.missing_since))
    remote_count, since = db.session.execute(
        tallied.where(HourlyCallReconciliation.account_id == account.id, HourlyCallReconciliation.hour_at >= midnight)
    ).one()
    local_count, remote_count = _count_local(account, midnight), int(remote_count or 0)
    state: State = "unknown" if account.failing_since else "missing" if local_count < remote_count else "all"
    return CallReconciliationStatus(state, remote_count, local_count, account.failing_since or since, account.compared_at)


def _find_account(company_id: str) -> ReconciledAccount | None:
    """The company's own where it has one with a key, else the platform's."""
    keys = list_accounts_with_key(company_id)
    accounts = select(ReconciledAccount).where(ReconciledAccount.provider == PROVIDER, ReconciledAccount.connection_id.in_(keys))
    return db.session.scalars(accounts.order_by(ReconciledAccount.connection_id.desc()).limit(1)).first() if keys else None


def _count_local(account: ReconciledAccount, since: datetime) -> int:
    """Count the local calls of this account that had begun by the last run."""
    way = Call.connection_id == account.connection_id if account.connection_id else Call.connection_id.is_(None)
    statement = select(func.count()).select_from(Call)
    statement = statement.where(Call.started_at >= since, Call.started_at <= account.compared_until, Call.provider == PROVIDER, way)
    return db.session.scalar(statement.where(Call.is_test.is_(False))) or 0
