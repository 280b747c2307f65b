"""A customer, and the numbers and addresses by which we know them; families share a number."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class Customer(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "customers"
    __table_args__ = company_table_args(
        Index("ix_customers_company_name", "company_id", "name"),
        Index("ix_customers_birth", "company_id", "birth_index"),
        Index("ix_customers_last_call", "company_id", "last_call_at", "id"),
    )

    # unknown until somebody says it
    name: Mapped[str | None] = mapped_column(String(160))
    language: Mapped[str | None] = mapped_column(AsciiString(8))
    notes: Mapped[str | None] = mapped_column(Text)
    # ISO date, and its keyed hash by which it is found (customers/certainty sets both)
    birth_date: Mapped[str | None] = mapped_column(EncryptedString, deferred=True)
    birth_index: Mapped[str | None] = mapped_column(AsciiString(64))
    last_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    identities: Mapped[list["CustomerIdentity"]] = relationship(overlaps="customer")

    def of_kind(self, kind: str) -> str | None:
        return next((identity.value for identity in self.identities if identity.kind == kind), None)


class CustomerIdentity(CompanyOwned, db.Model):
    """One way to reach or recognise a customer; the same number may stand beside several customers."""

    __tablename__ = "customer_identities"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        Index("uq_customer_identities_value", "company_id", "kind", "value", "customer_id", unique=True),
        Index("ix_customer_identities_customer", "company_id", "customer_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    # phone (E.164), email (lower case)
    kind: Mapped[str] = mapped_column(AsciiString(16))
    value: Mapped[str] = mapped_column(CaseSensitiveString(190))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
