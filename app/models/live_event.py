"""What the live dashboards were told, in a sequence per company without gaps, so that they can catch up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args


class LiveEvent(CompanyOwned, db.Model):
    __tablename__ = "live_events"
    __table_args__ = company_table_args(Index("ix_live_events_at", "at"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(AsciiString(32))
    branch_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    booking_id: Mapped[str | None] = mapped_column(Id)
    data: Mapped[dict[str, Any]] = mapped_column(Json)


class LiveCursor(CompanyOwned, db.Model):
    """The last number given out; its row lock is what keeps the sequence without gaps."""

    __tablename__ = "live_cursors"
    __table_args__ = ()

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
