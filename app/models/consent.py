"""What a call's caller was told and answered: the AI notice, consents and refusals, and what is deleted at the provider for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, UtcDateTime
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

DELETION_STATUSES = ("waiting", "pending", "done", "failed", "no_key")


class NoticeWording(HasCreatedAt, db.Model):
    """A wording of the AI notice that callers have heard. Not company-owned: it is the same for all."""

    __tablename__ = "notice_wordings"

    # the beginning of the text's SHA-256
    version: Mapped[str] = mapped_column(AsciiString(16), primary_key=True)
    language: Mapped[str] = mapped_column(AsciiString(8))
    text: Mapped[str] = mapped_column(Text)


class CallNotice(CompanyOwned, HasCreatedAt, db.Model):
    """Where in its transcript a call has the AI notice; without a turn the transcript lacks it."""

    __tablename__ = "call_notices"
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
    """An answer of the caller, kept as evidence; rows are only ever added, and none holds a word of the caller."""

    __tablename__ = "call_consents"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), Index("ix_call_consents_call", "company_id", "call_id", "id"), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    # recording, transcript, ai
    what: Mapped[str] = mapped_column(AsciiString(16))
    # yes, no
    answer: Mapped[str] = mapped_column(AsciiString(8))
    # function: the agent told us · words: recognised in what was said
    source: Mapped[str] = mapped_column(AsciiString(16))
    turn: Mapped[int | None]
    # what the caller had been told by then
    wording: Mapped[str | None] = mapped_column(AsciiString(16))


class CallDeletion(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """A call to be deleted at its provider; stored with the refusal that demands it, retried until it is done."""

    __tablename__ = "call_deletions"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"),
        UniqueConstraint("company_id", "call_id"),
        CheckConstraint("status IN ('waiting', 'pending', 'done', 'failed', 'no_key')", name="status"),
        Index("ix_call_deletions_due", "status", "due_at"),
    )

    call_id: Mapped[str] = mapped_column(Id)
    # declined: the caller said no · unanswered: nobody allowed the recording
    reason: Mapped[str] = mapped_column(AsciiString(16))
    # waiting: for the call's end · pending · done · failed: the provider refuses · no_key: there is no account to ask
    status: Mapped[str] = mapped_column(AsciiString(16), default="waiting")
    # None while the call runs and once it is deleted
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # raised by every request; a deletion of an older generation is void
    generation: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def record_error(self, error: ProviderError) -> None:
        """`reason` is why the call is deleted, so the code goes into `error`."""
        self.error = error.code

    def clear_error(self) -> None:
        self.error = None
