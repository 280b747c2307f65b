"""A call on one of a company's numbers, as reported by the provider's events."""

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
# a status changes only to one of a higher rank
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
        Index("ix_calls_time", "started_at", "id"),
        Index("ix_calls_to_number", "to_number", "started_at"),
    )

    provider: Mapped[str] = mapped_column(AsciiString(32))
    provider_call_id: Mapped[str] = mapped_column(CaseSensitiveString(128))
    # the company's own connection that received it; none for the platform's account
    connection_id: Mapped[str | None] = mapped_column(Id)
    # the same call's id at the telephony provider below the voice provider
    telephony_id: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    branch_id: Mapped[str] = mapped_column(Id)
    phone_number_id: Mapped[str | None] = mapped_column(Id)
    agent_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)

    # inbound, outbound, web, unknown
    direction: Mapped[str] = mapped_column(AsciiString(16), default="inbound")
    status: Mapped[str] = mapped_column(AsciiString(16), default="ringing")
    # booked, moved, cancelled, …: domain/calls/outcome; hung_up: the caller did not speak
    outcome: Mapped[str | None] = mapped_column(AsciiString(16))
    # why it ended: our group (talked, machine, not_reached, account, technical, transfer, other), and the vendor's code
    end_category: Mapped[str | None] = mapped_column(AsciiString(16))
    disconnection_reason: Mapped[str | None] = mapped_column(String(80))
    # number, withheld, sip, short, invalid
    caller_kind: Mapped[str] = mapped_column(AsciiString(16), default="number")
    # E.164, or the raw value if it is no number
    from_number: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    to_number: Mapped[str | None] = mapped_column(CaseSensitiveString(128))

    # the provider's start time, else the arrival of the first event
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
    # the most severe emergency of the call: {kind, level, at, heard: [{kind, position, answered}]}, without any transcript text
    emergency: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # a person took over
    was_transferred: Mapped[bool] = mapped_column(default=False)
    transfer_destination: Mapped[str | None] = mapped_column(String(128))
    # US cents, as the provider bills
    cost_cents: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    recording_url: Mapped[str | None] = mapped_column(EncryptedString)
    # False after the caller declined: no transcript is stored any more, and the earlier one is erased
    keeps_words: Mapped[bool] = mapped_column(default=True, server_default=true())
    # True only after the caller consented to the recording
    keeps_audio: Mapped[bool] = mapped_column(default=False, server_default=false())
    # how branch and company were determined: {by, number, at, …}
    routing: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # highest sequence number applied so far, if the provider numbers its events
    last_sequence: Mapped[int | None]
    turn_count: Mapped[int] = mapped_column(default=0)
    event_count: Mapped[int] = mapped_column(default=0)
    # a synthetic call of a line check: excluded from all statistics
    is_test: Mapped[bool] = mapped_column(default=False)

    # only for the flush order: new customers are inserted before the calls that refer to them
    customer: Mapped[Customer | None] = relationship(lazy="raise")

    @property
    def is_running(self) -> bool:
        return self.status in ACTIVE_STATUSES

    @classmethod
    def running(cls) -> ColumnElement[bool]:
        """The condition for calls that are ringing or in progress."""
        return cls.status.in_(ACTIVE_STATUSES)


class CallSearchText(CompanyOwned, db.Model):
    """The searchable text of a call, for the full-text index (FULLTEXT on MariaDB, FTS5 on SQLite)."""

    __tablename__ = "call_search_texts"
    __table_args__ = company_table_args(
        company_foreign_key("call_id", "calls"), Index("uq_call_search_texts_call", "company_id", "call_id", unique=True), referable=False
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    call_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(LongText)
