"""The events of a call in order; rows are append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CallEvent(CompanyOwned, db.Model):
    __tablename__ = "call_events"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), UniqueConstraint("company_id", "call_id", "seq"), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # from 1, without gaps within its call
    seq: Mapped[int]
    # received, matched, started, turns, tool, transfer_started …, ended, analyzed, booked, task, ignored
    type: Mapped[str] = mapped_column(AsciiString(32))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # the webhook event it was created from
    webhook_event_id: Mapped[int | None] = mapped_column(BigId)
