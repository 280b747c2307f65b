"""The audit trail: actor, action and subject of changes; rows are append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db


class AuditEntry(db.Model):
    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_company", "company_id", "occurred_at"), Index("ix_audit_entries_occurred", "occurred_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    company_id: Mapped[str | None] = mapped_column(Id)
    user_id: Mapped[str | None] = mapped_column(Id)
    # signed_in, number_assigned, event_replayed, key_made …
    action: Mapped[str] = mapped_column(AsciiString(64))
    subject: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(AsciiString(64))
