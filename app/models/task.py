"""A task for staff, created by a call or a message."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class StaffTask(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "tasks"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("call_id", "calls"),
        company_foreign_key("customer_id", "customers"),
        Index("ix_tasks_company_status", "company_id", "status", "due_at"),
        Index("uq_tasks_source", "company_id", "source_ref", unique=True),
        Index("ix_tasks_call", "company_id", "call_id"),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    # callback, call_customer, call_waiting, message, dissatisfied, check_booking, check_cancellation, mismatch, emergency
    kind: Mapped[str] = mapped_column(AsciiString(32))
    # the reason, as a code that pages translate, and the caller's own words
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    title: Mapped[str] = mapped_column(String(200))
    details: Mapped[str | None] = mapped_column(Text)
    # higher sorts first
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    # open, done
    status: Mapped[str] = mapped_column(AsciiString(16), default="open")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # what was promised about it: at (just then), from (then or later, up to due_until if set), by (then at the latest)
    due_kind: Mapped[str | None] = mapped_column(AsciiString(8))
    due_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # idempotency key: the same event creates one task
    source_ref: Mapped[str | None] = mapped_column(AsciiString(128))
