"""A passkey: the public half of a key pair that a user's device keeps, to sign in without a password (WebAuthn)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Blob, Id, Json, UtcDateTime
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid


class Passkey(HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "passkeys"
    __table_args__ = (Index("ix_passkeys_user", "user_id", "created_at"),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    # the device's name of the pair, up to 1023 bytes, and its SHA-256 to find it by
    credential_id: Mapped[bytes] = mapped_column(Blob)
    credential_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # COSE
    public_key: Mapped[bytes] = mapped_column(Blob)
    # how often it has signed, by the device's own count; stays 0 where devices share the pair
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # how the browser reaches the device: internal, hybrid, usb …
    transports: Mapped[list[str]] = mapped_column(Json, default=list)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
