"""A line check: one synthetic call to a number, and the result of each step of its processing."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, CaseSensitiveString, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasUlid, company_foreign_key, company_table_args


class LineCheck(CompanyOwned, HasUlid, db.Model):
    __tablename__ = "line_checks"
    __table_args__ = company_table_args(
        company_foreign_key("phone_number_id", "phone_numbers", ondelete="CASCADE"),
        UniqueConstraint("company_id", "provider_call_id"),
        Index("ix_line_checks_number", "company_id", "phone_number_id", "started_at"),
        Index("ix_line_checks_result", "result", "started_at"),
    )

    phone_number_id: Mapped[str] = mapped_column(Id)
    # E.164, at the time of the check
    number: Mapped[str] = mapped_column(AsciiString(20))
    # page, support, command
    channel: Mapped[str] = mapped_column(AsciiString(8))
    # a user of the company or of the platform
    requested_by: Mapped[str | None] = mapped_column(Id)
    # the synthetic call's id at the simulated provider
    provider_call_id: Mapped[str] = mapped_column(CaseSensitiveString(128))
    call_id: Mapped[str | None] = mapped_column(Id)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # start of the step in progress
    step_started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # arrival of the pushed event at a live socket
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # running, ok, failed
    result: Mapped[str] = mapped_column(AsciiString(8), default="running")
    # in processing order: [{name, status, ms?, problem?, data?}]; status: waiting, ok, failed, skipped
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)

    @property
    def is_running(self) -> bool:
        return self.result == "running"
