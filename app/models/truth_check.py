"""The result of comparing the agent's claims in a call with the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args

# clean: all claims are true · nothing: no claim was made · mismatch: one is false · resolved: it became true later
VERDICTS = ("clean", "nothing", "mismatch", "resolved", "not_checked")


class TruthCheck(CompanyOwned, db.Model):
    """One row per call, due when the call has ended; checked again whenever it is due."""

    __tablename__ = "truth_checks"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("task_id", "tasks"),
        Index("uq_truth_checks_call", "company_id", "call_id", unique=True),
        Index("ix_truth_checks_company_time", "company_id", "started_at", "verdict"),
        Index("ix_truth_checks_company_verdict", "company_id", "verdict", "started_at"),
        Index("ix_truth_checks_due", "due_at"),
        referable=False,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    branch_id: Mapped[str] = mapped_column(Id)
    # copied from the call, so that periods are counted without a join
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None: nothing to do
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None until checked
    verdict: Mapped[str | None] = mapped_column(AsciiString(16))
    # reason for no check: language, failed, declined
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    claim_count: Mapped[int] = mapped_column(default=0)
    # [{what, turn, said, and what is stored: booking, price_cents, minutes, day with spans, address, channel, free, tool}],
    # see domain/calls/truth_check
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    # whether the first turns of the transcript lack the AI notice
    lacks_notice: Mapped[bool] = mapped_column(default=False, server_default=false())
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_id: Mapped[str | None] = mapped_column(Id)
    # whether the task was closed automatically because the claim became true
    auto_closed: Mapped[bool] = mapped_column(default=False)
