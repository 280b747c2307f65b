"""Secrets of an account that are accepted once: of links in mails, and the challenges of passkeys."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid


class AccountToken(HasUlid, HasCreatedAt, db.Model):
    """Deleted as it is used; of the secret itself only a hash is kept."""

    __tablename__ = "account_tokens"
    __table_args__ = (Index("ix_account_tokens_user", "user_id", "purpose"), Index("ix_account_tokens_expires", "expires_at"))

    # none: nobody is signed in yet
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    # password_reset, email_change, passkey_registration, passkey_sign_in
    purpose: Mapped[str] = mapped_column(AsciiString(24))
    token_hash: Mapped[str] = mapped_column(AsciiString(64), unique=True)
    # the address that it changes to
    email: Mapped[str | None] = mapped_column(AsciiString(190))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
