"""Sends what is written down: reserved, handed over with no transaction open, confirmed; at least once, and under one name.

`reserve` and `confirm` belong into a transaction each, `hand_over` between them into none.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.companies.feature_flags import is_on
from app.domain.notifications.channels import SENDERS, sender_of
from app.models import Notification
from app.providers import open_messenger
from app.providers.http import RateLimited, ResponseTimeout
from app.providers.messaging.base import MessageRejected, OutgoingMessage, SenderAccount

log = structlog.get_logger()
# longer than a hand-over may take; whoever is silent for so long has died
LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 300, 600, 1800))
# a job that was sent and is not at it by then got lost
LOST_AFTER = timedelta(seconds=30)
# how long a message waits before it is looked at again while sending is switched off
SWITCHED_OFF = timedelta(seconds=60)
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Errand:
    notification_id: str
    token: str
    provider: str
    sender: SenderAccount
    message: OutgoingMessage = field(repr=False)


def reserve(notification_id: str) -> Errand | None:
    """What is to be handed over now; None when there is nothing to do, or somebody else is at it."""
    row = _locked(notification_id)
    if row is None or row.status != "pending" or row.due_at > now():
        return None
    if row.expires_at <= now() or row.body is None:
        _finish(row, "expired", reason="too_late")
        return None
    if not is_on("messages", row.company_id):
        row.due_at, row.dispatched_at, row.reason = now() + SWITCHED_OFF, None, "switched_off"
        return None
    sender = sender_of(row.channel)  # type: ignore[arg-type]
    if sender is None:
        row.status, row.reason = "not_set_up", "no_key"
        return None
    message = OutgoingMessage(row.id, row.recipient, row.body, row.title or "", asked_at=row.first_sent_at)
    row.first_sent_at = row.first_sent_at or now()
    row.claim_token, row.due_at, row.attempts = new_ulid(), now() + LEASE, row.attempts + 1
    db.session.flush()
    return Errand(row.id, row.claim_token, SENDERS[row.channel], sender, message)  # type: ignore[index]


def hand_over(errand: Errand) -> str | ProviderError:
    """The carrier's name for the message, or what went wrong."""
    try:
        return open_messenger(errand.provider, errand.sender).send(errand.message)
    except ProviderError as error:
        return error


def confirm(errand: Errand, outcome: str | ProviderError) -> None:
    """Writes down what came of it."""
    row = _locked(errand.notification_id)
    if row is None or row.claim_token != errand.token:
        log.warning("notification.claim_lost", notification=errand.notification_id)
        return
    row.claim_token = row.dispatched_at = None
    if isinstance(outcome, str):
        row.provider_ref = outcome[:120]
        _finish(row, "sent")
    elif isinstance(outcome, MessageRejected):
        _finish(row, "dead", reason=outcome.code, error=outcome.message)
    else:
        _try_later(row, outcome)
    db.session.flush()


def try_again(notification_id: str) -> Notification | None:
    """What waits for keys or is dead goes out once more, as long as it has something to say."""
    row = _locked(notification_id)
    if row is not None and row.status in ("not_set_up", "dead") and row.body is not None and row.expires_at > now():
        row.status, row.due_at, row.attempts, row.reason, row.error, row.finished_at = "pending", now(), 0, None, None, None
        db.session.flush()
    return row


def due(limit: int = AT_ONCE) -> list[tuple[str, str]]:
    """(company, notification) of what is due and not known to be with a worker, the oldest first; inside unscoped."""
    lost = or_(Notification.dispatched_at.is_(None), Notification.dispatched_at < now() - LOST_AFTER)
    wanted = select(Notification.company_id, Notification.id).where(Notification.status == "pending", Notification.due_at <= now(), lost)
    return [(row.company_id, row.id) for row in db.session.execute(wanted.order_by(Notification.due_at).limit(limit))]


def mark_woken(notification_ids: list[str]) -> None:
    for row in db.session.scalars(select(Notification).where(Notification.id.in_(notification_ids), Notification.status == "pending")):
        row.dispatched_at = now()


def forget_bodies(limit: int = 500) -> int:
    """What nobody could send and is over says nothing any more; inside unscoped."""
    over = select(Notification).where(Notification.status.in_(("not_set_up", "dead")), Notification.expires_at <= now())
    rows = list(db.session.scalars(over.where(Notification.body.is_not(None)).limit(limit)))
    for row in rows:
        row.body = None
        row.status = "expired" if row.status == "not_set_up" else row.status
    db.session.flush()
    return len(rows)


def _try_later(row: Notification, error: ProviderError) -> None:
    """What was surely not sent is no repeat the next time; asking too fast is nobody's failure."""
    if not isinstance(error, ResponseTimeout) and row.attempts == 1:
        row.first_sent_at = None
    row.reason, row.error = error.code, str(error.message)[:500]
    if isinstance(error, RateLimited):
        row.attempts -= 1
        row.due_at = now() + timedelta(seconds=error.retry_after_s)
    elif row.attempts > len(PAUSES):
        _finish(row, "dead", reason=error.code, error=error.message)
    else:
        row.due_at = now() + PAUSES[row.attempts - 1]


def _finish(row: Notification, status: str, *, reason: str | None = None, error: str | None = None) -> None:
    row.status, row.reason, row.error, row.finished_at = status, reason, error[:500] if error else None, now()
    if status != "dead":
        row.body = None


def _locked(notification_id: str) -> Notification | None:
    wanted = select(Notification).where(Notification.id == notification_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).first()
