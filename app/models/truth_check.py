"""What came of laying the agent's words in a call beside what is so."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, company_foreign_key, company_table_args

# clean: all claims held · nothing: no claim was made · mismatch: one does not hold · resolved: it became true later
VERDICTS = ("clean", "nothing", "mismatch", "resolved", "not_checked")


class TruthCheck(CompanyOwned, db.Model):
    """One row a call, written as due when the call is over; checked anew whenever it is due again."""

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
    # the call's, so that periods are counted without the calls
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None: nothing to do
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None until it was checked
    verdict: Mapped[str | None] = mapped_column(AsciiString(16))
    # why it was not checked: language, failed, declined
    reason: Mapped[str | None] = mapped_column(AsciiString(32))
    claims: Mapped[int] = mapped_column(default=0)
    # [{what, turn, said, booking?, price_cents?, service?, tool?, refused?, asked?}], see domain/calls/truth_check
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    # the transcript has no AI notice among its first turns
    lacks_notice: Mapped[bool] = mapped_column(default=False, server_default=false())
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_id: Mapped[str | None] = mapped_column(Id)
    # who ended the task: the house, when the claim became true, or None: people do
    auto_closed: Mapped[bool] = mapped_column(default=False)
