"""Two records that were one person, what the merge has changed, and pairs that people have told apart."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import BigId, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class CustomerMerge(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Addresses of the record that is gone lead to the kept one."""

    __tablename__ = "customer_merges"
    __table_args__ = company_table_args(
        company_foreign_key("kept_id", "customers"),
        Index("ix_customer_merges_kept", "company_id", "kept_id", "created_at"),
        Index("ix_customer_merges_merged", "company_id", "merged_id"),
        Index("ix_customer_merges_created", "created_at"),
    )

    kept_id: Mapped[str] = mapped_column(Id)
    # the record that is gone
    merged_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str | None] = mapped_column(Id)
    # what takes it back (domain/customers/merge_snapshot), as JSON; None once it was taken back, or can no longer be
    snapshot: Mapped[str | None] = mapped_column(EncryptedString, deferred=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CustomerDistinction(CompanyOwned, db.Model):
    """Two customers who look like one person and are not: they are not suggested again."""

    __tablename__ = "customer_distinctions"
    __table_args__ = company_table_args(
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("other_id", "customers"),
        Index("uq_customer_distinctions_pair", "company_id", "customer_id", "other_id", unique=True),
        Index("ix_customer_distinctions_other", "company_id", "other_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Id)
    other_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
