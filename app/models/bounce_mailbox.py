"""How far the mailbox of undeliverable mails has been read."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.column_types import AsciiString, UtcDateTime
from app.core.extensions import db


class BounceMailbox(db.Model):
    """One row for each mailbox that was ever set; the position is that of IMAP (RFC 3501, 2.3.1.1)."""

    __tablename__ = "bounce_mailboxes"

    # SHA-256 of user, host and folder
    address_hash: Mapped[str] = mapped_column(AsciiString(64), primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
