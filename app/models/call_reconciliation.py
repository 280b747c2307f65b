"""Reconciliation with a voice provider's list of calls: progress per account, every run, and counts by hour."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args


class ReconciledAccount(db.Model):
    """An account at a provider, the platform's or a company's own. Not company-owned: the platform's account serves many companies."""

    __tablename__ = "provider_accounts"
    __table_args__ = (UniqueConstraint("provider", "connection_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(AsciiString(32))
    # "" for the platform's account
    connection_id: Mapped[str] = mapped_column(Id, default="")
    company_id: Mapped[str | None] = mapped_column(Id)
    # calls started before this are complete here; a short overlap is compared again
    watermark: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # end of the last successful comparison, and the time of that run
    compared_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # start of the current series of failures, and its reason
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(500))
    # lease of the running comparison
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallReconciliation(db.Model):
    """One comparison of an account."""

    __tablename__ = "call_reconciliations"
    __table_args__ = (Index("ix_call_reconciliations_account", "account_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    # running, done, failed
    result: Mapped[str] = mapped_column(AsciiString(16), default="running")
    error: Mapped[str | None] = mapped_column(String(500))
    # calls at the provider; missing here; fetched since missing, since still running here, since without analysis; of unknown numbers
    listed: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    unassigned: Mapped[int] = mapped_column(default=0)


class HourlyCallReconciliation(CompanyOwned, db.Model):
    """Calls of a company that started in an hour according to the provider, and how many of them were missing at the last run."""

    __tablename__ = "hourly_call_reconciliations"
    __table_args__ = company_table_args(referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    remote_count: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
