"""Consent in a call: the AI notice, the caller's answers, and deletions at the provider that follow from them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

DELETION_STATUSES = ("waiting", "pending", "done", "failed", "no_key")


class AiNoticeWording(HasCreatedAt, db.Model):
    """A wording of the AI notice used in calls. Not company-owned: all companies share it."""

    __tablename__ = "ai_notice_wordings"

    # the beginning of the text's SHA-256
    version: Mapped[str] = mapped_column(AsciiString(16), primary_key=True)
    language: Mapped[str] = mapped_column(AsciiString(8))
    text: Mapped[str] = mapped_column(Text)


class CallAiNotice(CompanyOwned, HasCreatedAt, db.Model):
    """The turn of a call's transcript with the AI notice; no turn means that the transcript lacks it."""

    __tablename__ = "call_ai_notices"
    __table_args__ = company_table_args(company_foreign_key("call_id", "calls"), referable=False)

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id, primary_key=True)
    turn: Mapped[int | None]
    # since the call began
    at_ms: Mapped[int | None]
    wording: Mapped[str | None] = mapped_column(AsciiString(16))

    @property
    def is_spoken(self) -> bool:
        return self.turn is not None


class CallConsent(CompanyOwned, HasCreatedAt, db.Model):
    """An answer of the caller, kept as evidence; rows are append-only and hold no transcript text."""

    __tablename__ = "call_consents"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), Index("ix_call_consents_call", "company_id", "call_id", "id"), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # recording, transcript, ai
    kind: Mapped[str] = mapped_column(AsciiString(16))
    # yes, no
    answer: Mapped[str] = mapped_column(AsciiString(8))
    # function: reported by the agent · words: recognised in the transcript
    source: Mapped[str] = mapped_column(AsciiString(16))
    turn: Mapped[int | None]
    # the AI notice given before the answer
    wording: Mapped[str | None] = mapped_column(AsciiString(16))


class ProviderDeletion(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """A call to delete at its provider; stored in the transaction of the refusal, retried until done."""

    __tablename__ = "provider_deletions"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        UniqueConstraint("company_id", "call_id"),
        CheckConstraint("status IN ('waiting', 'pending', 'done', 'failed', 'no_key')", name="status"),
        Index("ix_provider_deletions_due", "status", "due_at"),
    )

    call_id: Mapped[str] = mapped_column(Id)
    # declined: the caller refused · unanswered: no consent to the recording was given
    reason: Mapped[str] = mapped_column(AsciiString(16))
    # waiting: for the call's end · pending · done · failed: the provider refuses · no_key: no account configured
    status: Mapped[str] = mapped_column(AsciiString(16), default="waiting")
    # None while the call is in progress and after the deletion
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # incremented by every request; a deletion of an older generation is void
    generation: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def record_error(self, error: ProviderError) -> None:
        """Store the error's code in `error`, since `reason` is the reason for the deletion."""
        self.error = error.code

    def clear_error(self) -> None:
        self.error = None
