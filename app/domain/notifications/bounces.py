"""Mails that come back: the message is noted as failed, and an address where nobody is as unreachable.

A report counts where it returns the Message-ID that we gave to a mail and names that mail's own recipient; both are known to none but
those whom the mail passed. `read_new_mails` belongs in no transaction, `apply_batch` in one, inside unscoped().
"""

import hashlib
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select

from app.core import email_address, settings
from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope
from app.domain.notifications.receipts import apply_report
from app.models import BounceMailbox, Notification
from app.providers.messaging.base import DeliveryReport
from app.providers.messaging.delivery_status import Bounce, read_bounces
from app.providers.messaging.imap_mailbox import ImapMailbox, MailBatch, Position

log = structlog.get_logger()
BATCH_SIZE = 50


def find_position() -> Position | None:
    """How far the mailbox was read; None at first."""
    row = db.session.get(BounceMailbox, _hash_address())
    return Position(row.uid_validity, row.last_uid) if row else None


def read_new_mails(after: Position | None) -> MailBatch | None:
    """Read what came after this position; None without a mailbox. Raises ProviderError."""
    url = settings().bounce_mailbox_url
    return ImapMailbox(url).read(after, limit=BATCH_SIZE) if url else None


def apply_batch(batch: MailBatch) -> int:
    """Apply what the mails report, and note how far was read; returns the number of messages that failed. Idempotent."""
    applied = sum(_apply(bounce) for mail in batch.mails for bounce in _parse(mail))
    reached = batch.position
    db.session.merge(BounceMailbox(address_hash=_hash_address(), uid_validity=reached.uid_validity, last_uid=reached.uid, read_at=now()))
    db.session.flush()
    return applied


def _parse(mail: bytes) -> list[Bounce]:
    """Whoever writes to the mailbox decides what stands there: what breaks the parser ends no more than this mail."""
    try:
        return read_bounces(mail)
    except Exception as error:
        log.warning("bounces.unreadable", error=type(error).__name__, bytes=len(mail))
        return []


def _apply(bounce: Bounce) -> bool:
    same_mail = select(Notification).where(Notification.provider_ref == bounce.message_id, Notification.channel == "email")
    row = db.session.scalars(same_mail.with_for_update()).first()
    if row is None or row.status != "sent" or email_address.normalise(row.recipient) not in bounce.addresses:
        return False
    with company_scope(row.company_id):
        apply_report(row, DeliveryReport(bounce.message_id, "failed", bounce.reason))
    return True


def _hash_address() -> str:
    url = urlsplit(settings().bounce_mailbox_url or "")
    return hashlib.sha256(f"{url.username}@{url.hostname}{url.path}".encode()).hexdigest()
