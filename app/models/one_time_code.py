"""A one-time code: sent to a caller's own number and repeated by the caller in the same call."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class OneTimeCode(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "one_time_codes"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        company_foreign_key("customer_id", "customers"),
        Index("ix_one_time_codes_call", "company_id", "call_id", "created_at"),
        Index("ix_one_time_codes_sent", "company_id", "created_at"),
        Index("ix_one_time_codes_number", "company_id", "sent_to", "created_at"),
        referable=False,
    )

    call_id: Mapped[str] = mapped_column(Id)
    customer_id: Mapped[str] = mapped_column(Id)
    # keyed: a plain hash of six digits could be reversed by trying all
    code_hash: Mapped[str] = mapped_column(AsciiString(64))
    sent_to: Mapped[str] = mapped_column(CaseSensitiveString(20))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
