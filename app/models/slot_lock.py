"""Slot locks: a primary key by which the database refuses to book a person or room twice at the same time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args

SLOT_MINUTES = 5


class SlotLock(CompanyOwned, db.Model):
    """Five minutes of one person or room (cell: count of five minutes since 1970, UTC), or one seat of a group session.

    The primary key is the lock: the second insert fails, on every code path. Only what the desk overbooks in the open takes the
    same minutes under another seat number.
    """

    __tablename__ = "slot_locks"
    __table_args__ = (
        *company_table_args(
            Index("ix_slot_locks_holder", "company_id", "holder_id"), Index("ix_slot_locks_slot_index", "slot_index"), referable=False
        ),
        {"sqlite_with_rowid": False},
    )

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    resource_id: Mapped[str] = mapped_column(Id, primary_key=True)
    slot_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seat: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=0)
    # the booking, hold or group session
    holder_id: Mapped[str] = mapped_column(Id)


class BusySpan(CompanyOwned, db.Model):
    """The same as intervals, one row in place of many cells, for the calendar to load. Minutes since 1970, UTC, whole cells."""

    __tablename__ = "busy_spans"
    __table_args__ = company_table_args(
        CheckConstraint("end_minute > first_minute", name="stretch"),
        Index("ix_busy_spans_resource", "company_id", "resource_id", "first_minute"),
        Index("ix_busy_spans_holder", "company_id", "holder_id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    resource_id: Mapped[str] = mapped_column(Id)
    first_minute: Mapped[int]
    end_minute: Mapped[int]
    # booked, held
    kind: Mapped[str] = mapped_column(AsciiString(8))
    # minutes of buffer at its start and end
    before_minutes: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    after_minutes: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    holder_id: Mapped[str] = mapped_column(Id)
    # set for holds: ignored from then on
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
