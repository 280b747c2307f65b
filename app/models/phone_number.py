"""A phone number of ours: what callers dial, and so the way from a call to its branch and company."""

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

    # one number, one owner, over all companies
    e164: Mapped[str] = mapped_column(AsciiString(20), unique=True)
    branch_id: Mapped[str] = mapped_column(Id)
    agent_id: Mapped[str | None] = mapped_column(Id)
    label: Mapped[str | None] = mapped_column(String(80))
    is_active: Mapped[bool] = mapped_column(default=True)
    # from when on calls to it belong here; earlier ones stay where they are
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
