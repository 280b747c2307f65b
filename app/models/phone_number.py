"""A phone number that callers dial; it assigns a call to its branch and company."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class PhoneNumber(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "phone_numbers"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("agent_id", "agents"),
        Index("ix_phone_numbers_company_branch", "company_id", "branch_id"),
    )

    # unique across all companies
    e164: Mapped[str] = mapped_column(AsciiString(20), unique=True)
    branch_id: Mapped[str] = mapped_column(Id)
    agent_id: Mapped[str | None] = mapped_column(Id)
    label: Mapped[str | None] = mapped_column(String(80))
    is_active: Mapped[bool] = mapped_column(default=True)
    # calls from this time on belong to this assignment; earlier ones keep theirs
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
