"""A caller's attempt to verify their identity, and its result, kept as evidence."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class VerificationAttempt(CompanyOwned, db.Model):
    """One attempt; rows are append-only. The spoken words are not stored."""

    __tablename__ = "verification_attempts"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        company_foreign_key("customer_id", "customers"),
        Index("ix_verification_attempts_call", "company_id", "call_id", "id"),
        Index("ix_verification_attempts_customer", "company_id", "customer_id", "occurred_at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # the customer in question; none if no customer matched
    customer_id: Mapped[str | None] = mapped_column(Id)
    # name, birth_date, booking, code
    kind: Mapped[str] = mapped_column(AsciiString(16))
    ok: Mapped[bool]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
