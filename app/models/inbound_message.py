"""A message that a person wrote to the business: stored once and whole, then answered in the order of its sender's messages."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OrderedOutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

STATUSES = ("pending", "handled", "dead")


class InboundMessage(CompanyOwned, HasUlid, HasCreatedAt, OrderedOutboxRow, db.Model):
    __tablename__ = "inbound_messages"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("customer_id", "customers"),
        company_foreign_key("booking_id", "bookings"),
        company_foreign_key("notification_id", "notifications"),
        UniqueConstraint("company_id", "provider_ref"),
        Index("ix_inbound_messages_due", "status", "due_at"),
        Index("ix_inbound_messages_order", "company_id", "order_key", "status"),
        Index("ix_inbound_messages_sender", "company_id", "sender_index", "received_at"),
        Index("ix_inbound_messages_customer", "company_id", "customer_id"),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    # None where several people have the number and it is open who wrote
    customer_id: Mapped[str | None] = mapped_column(Id)
    # what it is about, and the message that it answers
    booking_id: Mapped[str | None] = mapped_column(Id)
    notification_id: Mapped[str | None] = mapped_column(Id)
    # sms
    channel: Mapped[str] = mapped_column(AsciiString(8))
    # the carrier's id of the message
    provider_ref: Mapped[str] = mapped_column(CaseSensitiveString(64))
    # E.164, and its keyed hash as at notifications.recipient_index
    sender: Mapped[str] = mapped_column(EncryptedString)
    sender_index: Mapped[str] = mapped_column(AsciiString(64))
    # the number of ours that it was written to, from which it is answered
    line: Mapped[str | None] = mapped_column(AsciiString(20))
    body: Mapped[str] = mapped_column(EncryptedString)
    media_count: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # how it was read (domain/replies/intent), and what came of it (domain/replies/dialogue)
    intent: Mapped[str | None] = mapped_column(AsciiString(16))
    result: Mapped[str | None] = mapped_column(AsciiString(16))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
