"""A task: something that a call left for a person to do."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Id, Key, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, Named, Timed, inside, owned_args


class Task(CompanyOwned, Named, Timed, db.Model):
    __tablename__ = "tasks"
    __table_args__ = owned_args(
        inside("branch_id", "branches"),
        inside("call_id", "calls"),
        inside("customer_id", "customers"),
        Index("ix_tasks_company_status", "company_id", "status", "due_at"),
        Index("uq_tasks_source", "company_id", "source_ref", unique=True),
        Index("ix_tasks_call", "company_id", "call_id"),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    # callback, check_booking, check_cancellation, mismatch, emergency
    kind: Mapped[str] = mapped_column(Key(32))
    # why, as a code that the page turns into a sentence, and the caller's own words
    reason: Mapped[str | None] = mapped_column(Key(32))
    title: Mapped[str] = mapped_column(String(200))
    details: Mapped[str | None] = mapped_column(Text)
    # the higher, the further up
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    # open, done
    status: Mapped[str] = mapped_column(Key(16), default="open")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # what made it: the same cause makes it once
    source_ref: Mapped[str | None] = mapped_column(Key(128))
