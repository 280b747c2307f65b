"""Working hours of a branch or a person, weekly or on one date."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import BigId, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class WorkingHours(CompanyOwned, db.Model):
    """One interval in minutes after local midnight; beyond 1440 it continues into the next day.

    Without staff_id it is the branch's opening time, with one the person's shift at that branch. Either a weekday (0 is Monday): it
    repeats while valid, and intervals with a validity period replace the usual week. Or a `day`: the intervals of that date
    replace the weekly ones and a public holiday; a date with opens = closes is closed.
    """

    __tablename__ = "working_hours"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        CheckConstraint("opens >= 0 AND opens < 1440 AND closes >= opens AND closes <= 2880", name="stretch"),
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="weekday_or_day"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        Index("ix_working_hours_branch", "company_id", "branch_id", "day"),
        Index("ix_working_hours_staff", "company_id", "staff_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    day: Mapped[date | None] = mapped_column(Date)
    opens: Mapped[int] = mapped_column(SmallInteger)
    closes: Mapped[int] = mapped_column(SmallInteger)
    # both inclusive
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str | None] = mapped_column(String(80))
