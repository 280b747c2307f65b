"""A staff member: who does which services at which branches."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Exact, Id, Key
from app.core.extensions import db
from app.models.base import CompanyOwned, Named, Timed, inside, owned_args
from app.models.service import OwnTimes


class StaffMember(CompanyOwned, Named, Timed, db.Model):
    __tablename__ = "staff_members"
    __table_args__ = owned_args(Index("ix_staff_members_company", "company_id", "is_active", "position"))

    # as callers know them: "Anna", "Frau Dr. Morgenstern"
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(Exact(190))
    phone: Mapped[str | None] = mapped_column(Key(20))
    # the account they sign in with, if any
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    colour: Mapped[str | None] = mapped_column(Key(7))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class StaffBranch(CompanyOwned, db.Model):
    """The person works at this branch."""

    __tablename__ = "staff_branches"
    __table_args__ = owned_args(
        inside("staff_id", "staff_members", ondelete="CASCADE"),
        inside("branch_id", "branches"),
        Index("ix_staff_branches_branch", "company_id", "branch_id"),
        referable=False,
    )

    staff_id: Mapped[str] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)


class StaffService(OwnTimes, CompanyOwned, db.Model):
    """The person does this service, perhaps in their own time and at their own price."""

    __tablename__ = "staff_services"
    __table_args__ = owned_args(
        inside("staff_id", "staff_members", ondelete="CASCADE"),
        inside("service_id", "services", ondelete="CASCADE"),
        Index("ix_staff_services_service", "company_id", "service_id"),
        referable=False,
    )

    staff_id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(Id, primary_key=True)
