"""Delivers stored messages: claimed, sent with no transaction open, completed; at least once, in order, and only while they are true.

`claim` and `complete` belong in a transaction each, `send` between them in none.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import MAX_ERROR_LENGTH, Outbox
from app.domain.companies.feature_flags import is_enabled
from app.domain.notifications.channels import SENDERS, find_sender
from app.domain.notifications.validity import is_outdated
from app.models import Notification
from app.providers import open_messenger
from app.providers.http import ResponseTimeout
from app.providers.messaging.base import MessageRejected, OutgoingMessage, SenderAccount

# longer than one send may take
LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (5, 30, 120, 300, 600, 1800))
OUTBOX = Outbox(Notification, lease=LEASE, retry_delays=RETRY_DELAYS)
# delay while the company's messages are switched off
SWITCHED_OFF_DELAY = timedelta(seconds=60)
# bodies deleted in one go
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    notification_id: str
    token: str
    provider: str
    sender: SenderAccount
    message: OutgoingMessage = field(repr=False)


def claim(notification_id: str) -> DeliveryAttempt | None:
    """Claim a message that is due and still true; None when there is nothing to send now."""
    row = OUTBOX.find_claimable(notification_id)
    if row is None:
        return None
    if row.expires_at <= now() or row.body is None:
        _finish(row, "expired", reason="too_late")
        return None
    if is_outdated(row):
        _finish(row, "expired", reason="overtaken")
        return None
    if not is_enabled("messages", row.company_id):
        OUTBOX.postpone(row, SWITCHED_OFF_DELAY)
        row.reason = "switched_off"
        return None
    sender = find_sender(row.channel)  # type: ignore[arg-type]
    if sender is None:
        OUTBOX.complete(row, "not_set_up")
        row.reason = "no_key"
        return None
    message = OutgoingMessage(row.id, row.recipient, row.body, row.title or "", asked_at=row.first_sent_at)
    row.first_sent_at = row.first_sent_at or now()
    return DeliveryAttempt(row.id, OUTBOX.claim(row), SENDERS[row.channel], sender, message)  # type: ignore[index]


def send(attempt: DeliveryAttempt) -> str | ProviderError:
    """The carrier's id of the message, or the error."""
    try:
        return open_messenger(attempt.provider, attempt.sender).send(attempt.message)
    except ProviderError as error:
        return error


def complete(attempt: DeliveryAttempt, result: str | ProviderError) -> str | None:
    """Store the result; gives the id of the message that waited for this one and is due."""
    row = OUTBOX.find_claimed(attempt.notification_id, attempt.token)
    if row is None:
        return None
    if isinstance(result, str):
        row.provider_ref = result[:120]
        _finish(row, "sent")
    elif isinstance(result, MessageRejected):
        _finish(row, "dead", reason=result.code, error=result.message)
    elif is_outdated(row):
        _finish(row, "expired", reason="overtaken")
    else:
        _retry(row, result)
    db.session.flush()
    return OUTBOX.next_in_order(row)


def resend(notification_id: str) -> Notification | None:
    """Make a message due again that lacked keys or is dead, as long as it is valid."""
    row = OUTBOX.lock(notification_id)
    if row is None or row.status not in ("not_set_up", "dead") or row.body is None or row.expires_at <= now():
        return row
    if is_outdated(row):
        _finish(row, "expired", reason="overtaken")
    else:
        OUTBOX.reopen(row)
        row.finished_at = None
    db.session.flush()
    return row


def delete_expired_bodies(limit: int = BATCH_SIZE) -> int:
    """Delete the text of messages that were never sent and have expired; inside unscoped()."""
    expired = select(Notification).where(Notification.status.in_(("not_set_up", "dead")), Notification.expires_at <= now())
    rows = list(db.session.scalars(expired.where(Notification.body.is_not(None)).limit(limit)))
    for row in rows:
        row.body = None
        row.status = "expired" if row.status == "not_set_up" else row.status
    db.session.flush()
    return len(rows)


def _retry(row: Notification, error: ProviderError) -> None:
    if not isinstance(error, ResponseTimeout) and row.attempts == 1:
        # surely not sent: the next try is no repeat
        row.first_sent_at = None
    if OUTBOX.retry(row, error):
        # others wait for it until it has ended
        row.due_at = min(row.due_at, row.expires_at)
    else:
        _finish(row, "dead", reason=error.code, error=error.message)


def _finish(row: Notification, status: str, *, reason: str | None = None, error: str | None = None) -> None:
    OUTBOX.complete(row, status)
    row.reason, row.error, row.finished_at = reason, error[:MAX_ERROR_LENGTH] if error else None, now()
    if status != "dead":
        row.body = None
