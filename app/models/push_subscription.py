"""Devices on which people of a company get notices by push, what is to be sent to them, and the key that we sign it with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import CompanyOwned, HasCreatedAt, HasUlid, company_foreign_key, company_table_args


class PushSubscription(CompanyOwned, HasUlid, HasCreatedAt, db.Model):
    """One browser of one person; who signs in there next and asks for notices takes it over."""

    __tablename__ = "push_subscriptions"
    __table_args__ = company_table_args(UniqueConstraint("endpoint_hash"), Index("ix_push_subscriptions_user", "company_id", "user_id"))

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    # the address at the browser's push service; whoever knows it may send there
    endpoint: Mapped[str] = mapped_column(EncryptedString)
    # SHA-256
    endpoint_hash: Mapped[str] = mapped_column(AsciiString(64))
    # the browser's public key and shared secret (RFC 8291), base64url
    p256dh: Mapped[str] = mapped_column(AsciiString(100))
    auth: Mapped[str] = mapped_column(EncryptedString)
    # "Firefox, Windows"
    device: Mapped[str] = mapped_column(String(80))
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PushDelivery(CompanyOwned, HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """A notice on its way to one device. Statuses: pending, sent, dead, expired."""

    __tablename__ = "push_deliveries"
    __table_args__ = company_table_args(
        company_foreign_key("notice_id", "staff_notices", ondelete="CASCADE"),
        company_foreign_key("subscription_id", "push_subscriptions", ondelete="CASCADE"),
        UniqueConstraint("company_id", "notice_id", "subscription_id"),
        Index("ix_push_deliveries_due", "status", "due_at"),
        Index("ix_push_deliveries_created", "created_at"),
        referable=False,
    )

    # none: a test that the person asked for
    notice_id: Mapped[str | None] = mapped_column(Id)
    subscription_id: Mapped[str] = mapped_column(Id)


class VapidKey(db.Model):
    """The one key pair by which push services know us (RFC 8292), made at its first use; another one would end all subscriptions."""

    __tablename__ = "vapid_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # base64url of the private number
    private_key: Mapped[str] = mapped_column(EncryptedString)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
