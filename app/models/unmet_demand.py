"""Unmet demand: a caller's request that could not be booked."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class UnmetDemand(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "unmet_demands"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services"),
        company_foreign_key("staff_id", "staff_members"),
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("call_id", "calls"),
        Index("ix_unmet_demands_company_time", "company_id", "created_at"),
        Index("uq_unmet_demands_source", "company_id", "source_ref", unique=True),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    # none if the requested service is not offered; then `requested_text` holds the caller's words
    service_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    requested_text: Mapped[str | None] = mapped_column(String(200))
    requested_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    requested_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the first reason (closed, booked, not_offered …)
    reason: Mapped[str] = mapped_column(AsciiString(24))
    # idempotency key: the same event creates one row
    source_ref: Mapped[str | None] = mapped_column(AsciiString(128))
