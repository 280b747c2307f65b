"""Messages that wait for the end of the quiet hours or of a day: decided on anew by new rules, or sent now since somebody says so."""

from datetime import timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.delivery import OUTBOX, hold_if_due
from app.domain.notifications.notification_queue import IMMEDIATE_FOR
from app.models import Notification


def hold_anew() -> None:
    """Bring what waits in line with the company's rules as they are now: until another time, or not at all."""
    held = select(Notification).where(Notification.status == "pending", Notification.reason.in_(("quiet_hours", "daily_limit")))
    for row in db.session.scalars(held.order_by(Notification.id).with_for_update()).all():
        if not hold_if_due(row):
            _release(row)
    db.session.flush()


def send_now(notification_id: str) -> Notification | None:
    """Let a message go that waits for the end of the quiet hours, since somebody says so; None where it does not wait for that."""
    row = OUTBOX.lock(notification_id)
    if row is None or row.status != "pending" or row.reason != "quiet_hours":
        return None
    row.immediate_until = now() + IMMEDIATE_FOR
    _release(row)
    db.session.flush()
    return row


def _release(row: Notification) -> None:
    OUTBOX.postpone(row, timedelta(0), attempts=row.attempts)
    row.planned_at, row.reason = row.due_at, None
