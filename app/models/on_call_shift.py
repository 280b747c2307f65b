"""An on-call shift: the emergency contact of a branch, weekly or once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class OnCallShift(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Either a weekday (0 is Monday) in minutes after local midnight, beyond 1440 into the next day; or once, in wall-clock times."""

    __tablename__ = "on_call_shifts"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND from_minute BETWEEN 0 AND 1439 AND until_minute > from_minute AND until_minute <= 2880",
            name="week",
        ),
        CheckConstraint("(weekday IS NULL) <> (local_start IS NULL)", name="week_or_span"),
        CheckConstraint("local_end > local_start", name="span"),
        Index("ix_on_call_shifts_branch", "company_id", "branch_id"),
    )

    branch_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(80))
    # E.164
    number: Mapped[str] = mapped_column(AsciiString(20))
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    from_minute: Mapped[int | None] = mapped_column(SmallInteger)
    until_minute: Mapped[int | None] = mapped_column(SmallInteger)
    local_start: Mapped[datetime | None] = mapped_column(DateTime)
    local_end: Mapped[datetime | None] = mapped_column(DateTime)
