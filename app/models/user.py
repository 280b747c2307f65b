"""A user account, of one company or of the platform's support."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid

COMPANY_ROLES = ("owner", "manager", "front_desk", "staff", "read_only")
PLATFORM_ROLES = ("support", "admin")


class User(HasUlid, HasCreatedAt, UserMixin, db.Model):
    """Not company-owned for the query filter: signing in reads it before the company is known."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_company", "company_id", "email"),)

    # none for platform roles
    company_id: Mapped[str | None] = mapped_column(Id, ForeignKey("companies.id"))
    # lower case
    email: Mapped[str] = mapped_column(AsciiString(190), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(AsciiString(16))
    password_hash: Mapped[str | None] = mapped_column(AsciiString(255))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    # incremented by password change, change of rights and block, which ends earlier sessions
    session_epoch: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(AsciiString(8), default="de")
    # light, dark, auto
    theme: Mapped[str] = mapped_column(AsciiString(8), default="auto")
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # of the authenticator app (RFC 6238), since when it is asked for, and the last 30 seconds whose code was accepted
    totp_secret: Mapped[str | None] = mapped_column(EncryptedString)
    totp_enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)

    # limited to these branches; empty: all of the company
    branches: Mapped[list["UserBranch"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def is_platform(self) -> bool:
        return self.role in PLATFORM_ROLES

    @property
    def has_two_factor(self) -> bool:
        return self.totp_enabled_at is not None

    @property
    def branch_ids(self) -> list[str]:
        """The branches the user is limited to; empty means all."""
        return [entry.branch_id for entry in self.branches]


class UserBranch(db.Model):
    """A branch that a user is limited to."""

    __tablename__ = "user_branches"
    __table_args__ = (ForeignKeyConstraint(["company_id", "branch_id"], ["branches.company_id", "branches.id"]),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_id: Mapped[str] = mapped_column(Id)
