"""A link to a customer's own appointments, sent during a call, only to the number or e-mail address on record."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, CaseSensitiveString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CustomerLink(CompanyOwned, db.Model):
    """Only the token's hash is stored."""

    __tablename__ = "customer_links"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        company_foreign_key("customer_id", "customers"),
        Index("ix_customer_links_call", "company_id", "call_id"),
        Index("ix_customer_links_customer", "company_id", "customer_id"),
        Index("ix_customer_links_sent", "company_id", "created_at"),
        referable=False,
    )

    token_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    customer_id: Mapped[str] = mapped_column(Id)
    sent_to: Mapped[str] = mapped_column(CaseSensitiveString(190))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
