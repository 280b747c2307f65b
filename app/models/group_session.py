"""A group session: a time of a group service, created by the first booking."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class GroupSession(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """The session locks person and rooms, its bookings lock seats; it is deleted with its last booking."""

    __tablename__ = "group_sessions"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services"),
        company_foreign_key("staff_id", "staff_members"),
        CheckConstraint("seats >= 1 AND seats_taken >= 0 AND seats_taken <= seats", name="seats"),
        Index("ix_group_sessions_staff", "company_id", "staff_id", "starts_at"),
    )

    branch_id: Mapped[str] = mapped_column(Id)
    service_id: Mapped[str] = mapped_column(Id)
    staff_id: Mapped[str] = mapped_column(Id)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seats: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)
    # of `seats`, those that the desk added to a full session
    extra_seats: Mapped[int] = mapped_column(default=0, server_default="0")
