"""Events sent to the live dashboards, numbered per company without gaps, so that dashboards can catch up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_table_args


class LiveEvent(CompanyOwned, db.Model):
    __tablename__ = "live_events"
    __table_args__ = company_table_args(Index("ix_live_events_occurred", "occurred_at"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(AsciiString(32))
    branch_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    booking_id: Mapped[str | None] = mapped_column(Id)
    data: Mapped[dict[str, Any]] = mapped_column(Json)


class LiveEventSequence(CompanyOwned, db.Model):
    """The last number assigned; its row lock keeps the sequence without gaps."""

    __tablename__ = "live_event_sequences"
    __table_args__ = ()

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
