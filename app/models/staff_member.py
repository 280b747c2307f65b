"""A staff member, with their branches and services."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, Id
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args
from app.models.service import TimingOverrides


class StaffMember(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "staff_members"
    __table_args__ = company_table_args(Index("ix_staff_members_company", "company_id", "is_active", "position"))

    # name used by callers: "Anna", "Frau Dr. Morgenstern"
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(CaseSensitiveString(190))
    phone: Mapped[str | None] = mapped_column(AsciiString(20))
    # their user account, if any
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    colour: Mapped[str | None] = mapped_column(AsciiString(7))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class StaffBranch(CompanyOwned, db.Model):
    """The person works at this branch."""

    __tablename__ = "staff_branches"
    __table_args__ = company_table_args(
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        company_foreign_key("branch_id", "branches"),
        Index("ix_staff_branches_branch", "company_id", "branch_id"),
        referable=False,
    )

    staff_id: Mapped[str] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)


class StaffService(TimingOverrides, CompanyOwned, db.Model):
    """The person provides this service, optionally with their own duration and price."""

    __tablename__ = "staff_services"
    __table_args__ = company_table_args(
        company_foreign_key("staff_id", "staff_members", ondelete="CASCADE"),
        company_foreign_key("service_id", "services", ondelete="CASCADE"),
        Index("ix_staff_services_service", "company_id", "service_id"),
        referable=False,
    )

    staff_id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(Id, primary_key=True)
