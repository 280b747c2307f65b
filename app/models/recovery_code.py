"""A recovery code: replaces the code of the authenticator app once, for whoever has lost it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, Id, UtcDateTime
from app.core.extensions import db
from app.models.base import HasCreatedAt, HasUlid


class RecoveryCode(HasUlid, HasCreatedAt, db.Model):
    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    # keyed with the application's key, so that a copy of the table alone allows no guessing
    code_hash: Mapped[str] = mapped_column(AsciiString(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
