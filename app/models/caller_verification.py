"""What a caller said to be recognised, and whether it fitted: the evidence for what they were then told or allowed."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import BigId, Id, Key, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, inside, owned_args


class CallerProof(CompanyOwned, db.Model):
    """One try; rows are only ever added. What was said is not kept."""

    __tablename__ = "caller_proofs"
    __table_args__ = owned_args(
        inside("call_id", "calls"),
        inside("customer_id", "customers"),
        Index("ix_caller_proofs_call", "company_id", "call_id", "id"),
        Index("ix_caller_proofs_customer", "company_id", "customer_id", "at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # who it was tried for; none when the words fitted nobody
    customer_id: Mapped[str | None] = mapped_column(Id)
    # name, birth_date, booking, code
    kind: Mapped[str] = mapped_column(Key(16))
    ok: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
