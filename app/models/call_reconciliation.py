"""What a voice provider holds of calls, laid beside ours: how far each account was compared, every look, and the counts by hour."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args


class ProviderAccount(db.Model):
    """An account at a provider, the platform's or a company's own. Not company-owned: the platform's serves many."""

    __tablename__ = "provider_accounts"
    __table_args__ = (UniqueConstraint("provider", "connection_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(AsciiString(32))
    # "" for the platform's own
    connection_id: Mapped[str] = mapped_column(Id, default="")
    company_id: Mapped[str | None] = mapped_column(Id)
    # calls that began before it are all here; a little of that is looked at again all the same
    watermark: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # up to when the last good look went, and when that was
    compared_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # since when no look has succeeded, and why
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(500))
    # whoever looks holds it until then
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallReconciliation(db.Model):
    """One look through an account."""

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
    # calls there; of those not here; fetched because they were missing, still ran here, or had no analysis; of nobody we know
    listed: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    unassigned: Mapped[int] = mapped_column(default=0)


class CallReconciliationCount(CompanyOwned, db.Model):
    """How many calls of a company began in an hour as the provider counts, and how many of those were not here at the last look."""

    __tablename__ = "call_reconciliation_counts"
    __table_args__ = company_table_args(referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    there: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
