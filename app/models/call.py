"""A call: one conversation on one of a company's numbers, as far as the events that came tell."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Index, Numeric, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.column_types import AsciiString, BigId, CaseSensitiveString, EncryptedString, Id, Json, LongText, UtcDateTime
from app.core.extensions import db
from app.models.base import CompanyOwned, HasUlid, company_foreign_key, company_table_args
from app.models.customer import Customer

ACTIVE_STATUSES = ("ringing", "ongoing")
# a status never goes back: only a higher rank replaces it
STATUS_RANK = {"ringing": 0, "ongoing": 1, "ended": 2, "not_connected": 2, "error": 2}
OUTCOMES = (
    "booked", "rescheduled", "cancelled", "callback", "transferred", "information",
    "waitlist", "not_verified", "voicemail", "hung_up", "missed", "unknown", "emergency",
)  # fmt: skip
SENTIMENTS = ("positive", "neutral", "negative", "unknown")


class Call(CompanyOwned, HasUlid, db.Model):
    __tablename__ = "calls"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("phone_number_id", "phone_numbers"),
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("agent_id", "agents"),
        UniqueConstraint("company_id", "provider", "provider_call_id"),
        Index("ix_calls_company_time", "company_id", "started_at", "id"),
        Index("ix_calls_company_branch_time", "company_id", "branch_id", "started_at", "id"),
        Index("ix_calls_company_outcome_time", "company_id", "outcome", "started_at", "id"),
        Index("ix_calls_company_status_time", "company_id", "status", "started_at", "id"),
        Index("ix_calls_company_caller", "company_id", "from_number", "started_at"),
        Index("ix_calls_company_customer", "company_id", "customer_id", "started_at"),
        Index("ix_calls_provider_call_id", "provider_call_id"),
    )

    provider: Mapped[str] = mapped_column(AsciiString(32))
    provider_call_id: Mapped[str] = mapped_column(CaseSensitiveString(128))
    # the company's own connection it came by; none for the platform's account
    connection_id: Mapped[str | None] = mapped_column(Id)
    # the same call at the telephone company below the voice provider
    telephony_id: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    branch_id: Mapped[str] = mapped_column(Id)
    phone_number_id: Mapped[str | None] = mapped_column(Id)
    agent_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)

    # inbound, outbound, web, unknown
    direction: Mapped[str] = mapped_column(AsciiString(16), default="inbound")
    status: Mapped[str] = mapped_column(AsciiString(16), default="ringing")
    outcome: Mapped[str | None] = mapped_column(AsciiString(16))
    # why it ended, in our groups (talked, machine, not_reached, account, technical, transfer, other) and the vendor's word
    disconnection: Mapped[str | None] = mapped_column(AsciiString(16))
    disconnection_reason: Mapped[str | None] = mapped_column(String(80))
    # number, withheld, sip, short, invalid
    caller_kind: Mapped[str] = mapped_column(AsciiString(16), default="number")
    # E.164, or what came where it is no number
    from_number: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    to_number: Mapped[str | None] = mapped_column(CaseSensitiveString(128))

    # the best we know: the provider's start, else when the first event came
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duration_s: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    summary: Mapped[str | None] = mapped_column(Text)
    sentiment: Mapped[str | None] = mapped_column(AsciiString(16))
    successful: Mapped[bool | None]
    in_voicemail: Mapped[bool | None]
    analyzed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    analysis: Mapped[dict[str, Any] | None] = mapped_column(Json)
    language: Mapped[str | None] = mapped_column(AsciiString(8))
    # the gravest emergency spoken of: {kind, level, at, heard: [{kind, position, answered}]}, and none of the words
    emergency: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # a person took over
    was_transferred: Mapped[bool] = mapped_column(default=False)
    transfer_destination: Mapped[str | None] = mapped_column(String(128))
    # US cents, as the provider bills
    cost_cents: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    recording_url: Mapped[str | None] = mapped_column(EncryptedString)
    # False once the caller declined: no word of theirs is stored any more, and what was is gone
    keeps_words: Mapped[bool] = mapped_column(default=True, server_default=true())
    # True only after a yes to the recording
    keeps_audio: Mapped[bool] = mapped_column(default=False, server_default=false())
    # how number → branch → company was found: {by, number, at, …}
    match: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # highest order number of the provider's events applied so far, where the provider numbers them
    last_sequence: Mapped[int | None]
    turn_count: Mapped[int] = mapped_column(default=0)
    event_count: Mapped[int] = mapped_column(default=0)
    # a synthetic call of a line check: never counted in figures
    is_test: Mapped[bool] = mapped_column(default=False)

    # for the order of writing only: new customers go before the calls that name them
    customer: Mapped[Customer | None] = relationship(lazy="raise")

    @property
    def is_running(self) -> bool:
        return self.status in ACTIVE_STATUSES

    @classmethod
    def running(cls) -> ColumnElement[bool]:
        """The condition for calls that ring or are under way."""
        return cls.status.in_(ACTIVE_STATUSES)


class CallSearchText(CompanyOwned, db.Model):
    """The words of a call as full-text search reads them (FULLTEXT on MariaDB, FTS5 on SQLite)."""

    __tablename__ = "call_search_texts"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), Index("uq_call_search_texts_call", "company_id", "call_id", unique=True), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(LongText)
