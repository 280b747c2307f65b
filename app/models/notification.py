"""A notification: a message to a person, stored with the event that causes it, and its delivery."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, CaseSensitiveString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OrderedOutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args

STATUSES = ("pending", "not_set_up", "sent", "dead", "expired")


class Notification(CompanyOwned, HasUlid, HasCreatedAt, OrderedOutboxRow, db.Model):
    __tablename__ = "notifications"
    __table_args__ = company_table_args(
        company_foreign_key("branch_id", "branches"),
        company_foreign_key("customer_id", "customers"),
        UniqueConstraint("company_id", "idempotency_key"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_notifications_due", "status", "due_at"),
        Index("ix_notifications_order", "company_id", "order_key", "status"),
        Index("ix_notifications_company_subject", "company_id", "subject"),
        Index("ix_notifications_customer", "company_id", "customer_id"),
    )

    branch_id: Mapped[str | None] = mapped_column(Id)
    customer_id: Mapped[str | None] = mapped_column(Id)
    # waitlist_offer, booking_link, booking_moved, booking_cancelled, booking_confirmed, code
    kind: Mapped[str] = mapped_column(AsciiString(32))
    # what it is about, "booking:<id>"; and the event behind it: the same key writes it once
    subject: Mapped[str] = mapped_column(AsciiString(64))
    idempotency_key: Mapped[str] = mapped_column(AsciiString(96))
    # sms, email
    channel: Mapped[str] = mapped_column(AsciiString(8))
    recipient: Mapped[str] = mapped_column(EncryptedString)
    title: Mapped[str | None] = mapped_column(String(160))
    # forgotten when it is sent or over: links and codes rest nowhere
    body: Mapped[str | None] = mapped_column(EncryptedString)
    # since then the carrier may have it; None while it surely has not
    first_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # afterwards the message is pointless
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the carrier's id of the message
    provider_ref: Mapped[str | None] = mapped_column(CaseSensitiveString(120))
