"""A closure: a period without appointments, of a person, a branch or the whole company."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

KINDS = ("closure", "sick", "vacation")
REPEATS = ("never", "weekly", "yearly")


class Closure(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """Times are wall-clock times of the branch, so that a yearly closure keeps its hour across clock changes."""

    __tablename__ = "closures"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        CheckConstraint("local_end > local_start", name="stretch"),
        Index("ix_closures_company_repeats", "company_id", "repeats", "local_end"),
    )

    kind: Mapped[str] = mapped_column(AsciiString(16), default="closure")
    # neither branch nor person: all branches
    branch_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)
    local_start: Mapped[datetime] = mapped_column(DateTime)
    local_end: Mapped[datetime] = mapped_column(DateTime)
    repeats: Mapped[str] = mapped_column(AsciiString(8), default="never")
    # the last date on which a repetition may begin
    until: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str | None] = mapped_column(String(120))
