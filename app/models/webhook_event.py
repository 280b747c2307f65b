"""A received webhook: stored before it is answered, processed once."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, RawEncryptedBytes, UtcDateTime
from app.core.extensions import db

WAITING = ("pending", "unassigned")


class WebhookEvent(db.Model):
    """Not company-owned: the company is determined when it is processed."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("provider", "dedupe_key"),
        Index("ix_webhook_events_status_due", "status", "due_at", "id"),
        Index("ix_webhook_events_status_received", "status", "received_at"),
        Index("ix_webhook_events_call", "provider_call_id", "status"),
        Index("ix_webhook_events_to_number", "status", "to_number"),
        Index("ix_webhook_events_company", "company_id", "received_at"),
        Index("ix_webhook_events_number_received", "to_number", "received_at"),
        Index("ix_webhook_events_received", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(AsciiString(32))
    # unique: hash of the connection's id and the event's identity
    dedupe_key: Mapped[str] = mapped_column(AsciiString(64))
    # the vendor's event name
    event_name: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # events of one call are processed in sequence
    provider_call_id: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    # the business's number as received; the unassigned tray groups by it
    to_number: Mapped[str | None] = mapped_column(CaseSensitiveString(64))
    connection_id: Mapped[str | None] = mapped_column(Id)
    # compressed and encrypted (core/payload_compression); its transcript is removed if the caller declined
    body: Mapped[bytes] = mapped_column(RawEncryptedBytes)
    size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # pending, unassigned, handled, ignored, dead
    status: Mapped[str] = mapped_column(AsciiString(16), default="pending")
    # not before this time: the delay between tries, and the lease of the worker
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claim_token: Mapped[str | None] = mapped_column(Id)
    # number of claims, and of errors among them
    claim_count: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    # reason for its status: unassigned, ignored or dead
    reason: Mapped[str | None] = mapped_column(Text)
    # to which it was applied; while it is not, whose number was dialled
    company_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pushed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
