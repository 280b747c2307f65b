"""One use of a tool by the agent during a call."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args


class ToolCall(CompanyOwned, db.Model):
    __tablename__ = "tool_calls"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), UniqueConstraint("company_id", "call_id", "tool_call_id"), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    tool_call_id: Mapped[str] = mapped_column(CaseSensitiveString(128))
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # hash of name and arguments: recognises a repetition, and the same use in the provider's later report
    request_hash: Mapped[str | None] = mapped_column(AsciiString(64))
    # the answer to the agent; None while pending
    result: Mapped[Any | None] = mapped_column(Json)
    # the days (ISO) in the answer that the caller had not named first: repeating one does not verify the caller
    disclosed_days: Mapped[list[str] | None] = mapped_column(Json)
    ok: Mapped[bool | None]
    # index of the turn before it, -1 before the first
    after_turn: Mapped[int] = mapped_column(default=-1)
    # total duration, and its parts spent in the database and at providers
    duration_ms: Mapped[int | None]
    database_ms: Mapped[int | None]
    provider_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
