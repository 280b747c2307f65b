"""A calendar feed: a secret URL with the bookings of a person, a branch, or a person at a branch."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CalendarFeed(CompanyOwned, db.Model):
    """Only the token's hash is stored."""

    __tablename__ = "calendar_feeds"
    __table_args__ = company_table_args(
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        company_foreign_key("branch_id", "branches"),
        Index("ix_calendar_feeds_staff", "company_id", "staff_id"),
        Index("ix_calendar_feeds_branch", "company_id", "branch_id"),
        referable=False,
    )

    token_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    staff_id: Mapped[str | None] = mapped_column(Id)
    branch_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
