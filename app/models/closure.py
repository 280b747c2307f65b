"""A closure: a stretch without appointments, of a person, a branch or the whole company."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Id, Key
from app.core.extensions import db
from app.models.base import CompanyOwned, Named, Timed, inside, owned_args

KINDS = ("closure", "sick", "vacation")
REPEATS = ("never", "weekly", "yearly")


class Closure(CompanyOwned, Named, Timed, db.Model):
    """Its times are wall-clock times of the branch, so that a yearly one keeps its hour over clock changes."""

    __tablename__ = "closures"
    __table_args__ = owned_args(
        inside("branch_id", "branches"),
        inside("staff_id", "staff_members", ondelete="CASCADE"),
        CheckConstraint("ends > starts", name="stretch"),
        Index("ix_closures_company_repeats", "company_id", "repeats", "ends"),
    )

    kind: Mapped[str] = mapped_column(Key(16), default="closure")
    # neither branch nor person: all branches
    branch_id: Mapped[str | None] = mapped_column(Id)
    staff_id: Mapped[str | None] = mapped_column(Id)
    starts: Mapped[datetime] = mapped_column(DateTime)
    ends: Mapped[datetime] = mapped_column(DateTime)
    repeats: Mapped[str] = mapped_column(Key(8), default="never")
    # the last date on which it may begin again
    until: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str | None] = mapped_column(String(120))
