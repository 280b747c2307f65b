"""Call counts of a branch by outcome: per hour, and per day for long periods."""

from datetime import date

from sqlalchemy import Date, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CallDay(CompanyOwned, db.Model):
    __tablename__ = "call_days"
    __table_args__ = company_table_args(company_foreign_key("branch_id", "branches"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    # as in call_hours
    outcome: Mapped[str] = mapped_column(AsciiString(16), primary_key=True)
    calls: Mapped[int]
    seconds: Mapped[int]


# the outcome of a call still in progress
RUNNING_OUTCOME = "running"


class CallHour(CompanyOwned, db.Model):
    __tablename__ = "call_hours"
    __table_args__ = company_table_args(company_foreign_key("branch_id", "branches"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)
    # day and hour of the call's start in the branch's time zone
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(AsciiString(16), primary_key=True)
    calls: Mapped[int]
    seconds: Mapped[int]
