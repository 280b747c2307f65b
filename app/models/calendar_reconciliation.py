"""A calendar reconciliation: one comparison with an external calendar, its differences and their outcome."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class CalendarReconciliation(CompanyOwned, db.Model):
    __tablename__ = "calendar_reconciliations"
    __table_args__ = company_table_args(
        company_foreign_key("connection_id", "connections"),
        Index("ix_calendar_reconciliations_connection", "company_id", "connection_id", "id"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    connection_id: Mapped[str] = mapped_column(Id)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # external changes since this time were compared; None: all future bookings
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # running, done, failed
    result: Mapped[str] = mapped_column(AsciiString(16), default="running")
    error: Mapped[str | None] = mapped_column(String(500))
    checked_count: Mapped[int] = mapped_column(default=0)
    repaired: Mapped[int] = mapped_column(default=0)
    # the first differences: [{what, uid, booking_id}]
    drift: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
