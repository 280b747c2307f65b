"""A hold: a time reserved for a few minutes while the customer decides."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, and_
from sqlalchemy.orm import Mapped, mapped_column

from app.core.calendar_scope import InCalendar
from app.core.clock import now
from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class Hold(CompanyOwned, InCalendar, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "holds"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("service_id", "services"),
        company_foreign_key("staff_id", "staff_members"),
        company_foreign_key("call_id", "calls"),
        Index("ix_holds_company_status", "company_id", "status", "expires_at"),
        Index("ix_holds_status_expiry", "status", "expires_at"),
        Index("ix_holds_call", "company_id", "call_id"),
    )

    branch_id: Mapped[str] = mapped_column(Id)
    # for a visit of several services: of the first part
    service_id: Mapped[str] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    # the planned parts: [{service_id, staff_id}] with what was wished: requested_staff_id (None: anybody), excluded_staff_ids
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    timezone: Mapped[str] = mapped_column(AsciiString(64))
    token_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # open, used, released, expired
    status: Mapped[str] = mapped_column(AsciiString(16), default="open")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def active(cls) -> ColumnElement[bool]:
        """The condition for open holds that have not expired."""
        return and_(cls.status == "open", cls.expires_at > now())

    @property
    def is_open(self) -> bool:
        """Whether it is open and has not expired."""
        return self.status == "open" and self.expires_at > now()
