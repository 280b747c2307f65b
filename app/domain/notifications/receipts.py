"""What became of messages that were sent: the carrier's reports, and the recipients' answers."""

from collections.abc import Collection
from typing import Literal

from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.link_tokens import hash_token
from app.domain.notifications.suppressions import LASTING_REASONS, suppress
from app.events import NotificationUndelivered
from app.models import Notification
from app.providers.messaging.base import DeliveryReport

Answer = Literal["confirmed", "moved", "cancelled", "declined"]


def apply_report(row: Notification, report: DeliveryReport) -> None:
    """Note that a message arrived, or that it did not and why; what has been reported is not taken back. Idempotent.

    A message that did not arrive is published, so that its subject may be told another way.
    """
    if row.delivered_at is not None or row.status != "sent":
        return
    if report.status == "delivered":
        row.delivered_at = now()
    elif report.status == "failed":
        row.status, row.reason = "dead", report.reason or "undelivered"
        if row.reason in LASTING_REASONS:
            suppress(row.channel, row.recipient, row.reason)
        publish(NotificationUndelivered(row.company_id, row.id))
    db.session.flush()


def mark_answered(subjects: Collection[str], answer: Answer | None = None, *, token: str = "") -> Notification | None:
    """Note at a message about these subjects that it was answered, and what came of it; gives the message.

    That is the one whose link with this token was used; the latest, where no link was, or its message is not known any more.
    """
    sent = select(Notification).where(Notification.subject.in_(subjects), Notification.status == "sent")
    latest = sent.order_by(Notification.finished_at.desc(), Notification.id.desc()).limit(1)
    of_link = latest.where(Notification.link_hash == hash_token(token)) if token else None
    row = (db.session.scalars(of_link).first() if of_link is not None else None) or db.session.scalars(latest).first()
    if row is not None:
        row.answered_at, row.answer = row.answered_at or now(), answer or row.answer
        db.session.flush()
    return row
