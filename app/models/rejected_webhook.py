"""Webhooks whose signature was refused: one row per account, sender's address and hour, with a count and the last one as example."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, BigId, Id, Json, UtcDateTime
from app.core.extensions import db


class RejectedWebhook(db.Model):
    """Not company-owned: nobody proved who sent it. Company and number are what the address and the body claim."""

    __tablename__ = "rejected_webhooks"
    __table_args__ = (
        Index("ix_rejected_webhooks_last", "last_at"),
        Index("ix_rejected_webhooks_company", "company_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # hash of the fields below up to the hour: a further one only raises the count
    fingerprint: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    provider: Mapped[str] = mapped_column(AsciiString(32))
    # the connection in the URL; None for the platform's account
    connection_id: Mapped[str | None] = mapped_column(Id)
    # the dialled number, only if it is one of ours
    to_number: Mapped[str | None] = mapped_column(AsciiString(20))
    # IPv4, or the /64 of IPv6; None for all further senders of an hour that had too many
    address: Mapped[str | None] = mapped_column(AsciiString(45))
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    # the company of the connection, else of the number
    company_id: Mapped[str | None] = mapped_column(Id)
    # of the last one: unsigned, unreadable, expired, mismatch, unknown_connection, no_secret
    reason: Mapped[str] = mapped_column(AsciiString(24))
    # of the last one, without its body and signature: {path, size, event?, call?, user_agent?, signed_at?}
    example: Mapped[dict[str, Any] | None] = mapped_column(Json)
    rejection_count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
