"""A webhook as it came in: stored before it is answered, worked through once."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, CaseSensitiveString, Id, RawEncryptedBytes, UtcDateTime
from app.core.extensions import db

WAITING = ("pending", "unassigned")


class WebhookEvent(db.Model):
    """Not company-owned: whose it is comes out when it is worked through."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("provider", "dedupe_key"),
        Index("ix_webhook_events_status_due", "status", "due_at", "id"),
        Index("ix_webhook_events_status_received", "status", "received_at"),
        Index("ix_webhook_events_call", "provider_call_id", "status"),
        Index("ix_webhook_events_dialled", "status", "dialled"),
        Index("ix_webhook_events_company", "company_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider: Mapped[str] = mapped_column(AsciiString(32))
    # the connection's id and what makes the event one of a kind, hashed
    dedupe_key: Mapped[str] = mapped_column(AsciiString(64))
    # the vendor's name of it
    event: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # events of one call are worked through one after the other
    provider_call_id: Mapped[str | None] = mapped_column(CaseSensitiveString(128))
    # the business's number as it came; what the unassigned tray groups by
    dialled: Mapped[str | None] = mapped_column(CaseSensitiveString(64))
    connection_id: Mapped[str | None] = mapped_column(Id)
    # zstd, sealed (core/bodies); of a call whose caller declined it holds no word any more
    body: Mapped[bytes] = mapped_column(RawEncryptedBytes)
    size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # pending, unassigned, handled, ignored, dead
    status: Mapped[str] = mapped_column(AsciiString(16), default="pending")
    # not before this time: pauses between tries, and the lease of whoever works on it
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claim_token: Mapped[str | None] = mapped_column(Id)
    # how often somebody began, and how often that ended in an error
    claims: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    # why it waits, was ignored or is dead
    reason: Mapped[str | None] = mapped_column(Text)
    company_id: Mapped[str | None] = mapped_column(Id)
    call_id: Mapped[str | None] = mapped_column(Id)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pushed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
