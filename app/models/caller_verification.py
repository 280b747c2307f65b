"""What a caller said to be recognised, and whether it fitted: the evidence for what they were then told or allowed."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CallerVerification(CompanyOwned, db.Model):
    """One try; rows are only ever added. What was said is not kept."""

    __tablename__ = "caller_verifications"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        company_foreign_key("customer_id", "customers"),
        Index("ix_caller_verifications_call", "company_id", "call_id", "id"),
        Index("ix_caller_verifications_customer", "company_id", "customer_id", "at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # who it was tried for; none when the words fitted nobody
    customer_id: Mapped[str | None] = mapped_column(Id)
    # name, birth_date, booking, code
    kind: Mapped[str] = mapped_column(AsciiString(16))
    ok: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
