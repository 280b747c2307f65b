"""A browser's session, stored on the server so that signing out ends it at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db


class WebSession(db.Model):
    __tablename__ = "web_sessions"
    __table_args__ = (Index("ix_web_sessions_seen", "seen_at"), Index("ix_web_sessions_user", "user_id"))

    # SHA-256 of the cookie, so that a copy of this table cannot be used to sign in
    id_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    data: Mapped[str] = mapped_column(EncryptedString)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
