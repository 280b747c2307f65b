"""A mail to a user about their own account; it is written as it leaves, so no link rests here."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import AsciiString, EncryptedString, Id, UtcDateTime
from app.core.extensions import db
from app.core.outbox import OutboxRow
from app.models.base import HasCreatedAt, HasUlid

STATUSES = ("pending", "not_set_up", "sent", "dead", "expired")


class AccountMail(HasUlid, HasCreatedAt, OutboxRow, db.Model):
    """Of no company: its people read the messages of a company, and nobody but the user may read these."""

    __tablename__ = "account_mails"
    __table_args__ = (Index("ix_account_mails_due", "status", "due_at"), Index("ix_account_mails_created", "created_at"))

    # none: somebody asked for a new password, and whether the address is anybody's is found out as the mail leaves
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    # a name of domain/notifications/account_mail_texts
    kind: Mapped[str] = mapped_column(AsciiString(32))
    recipient: Mapped[str] = mapped_column(EncryptedString)
    # the change of address that it asks to confirm
    token_id: Mapped[str | None] = mapped_column(Id)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
