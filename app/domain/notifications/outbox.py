"""Queues messages to people, in the transaction of the event that causes them; one idempotency key queues one message."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.core import phone
from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.notifications.channels import is_set_up
from app.models import Customer, Notification
from app.providers.messaging.base import Channel

# needed during a call: they wait for no other message
URGENT_KINDS = ("code", "emergency")


@dataclass(frozen=True, slots=True)
class NotificationDraft:
    """A message to be queued. `subject` is what it is about ("booking:<id>"); after `until` it is pointless."""

    kind: str
    subject: str
    idempotency_key: str
    body: str = field(repr=False)
    title: str
    until: datetime
    branch_id: str | None = None


def find_recipient(customer: Customer | None, *, number: str | None = None, email: str | None = None) -> tuple[Channel, str] | None:
    """Channel and address of this customer: SMS to a mobile number, else e-mail; channels that are set up are preferred.

    `number` and `email` were given for this matter and take precedence over the customer's record.
    """
    identities = customer.identities if customer else []
    given: list[tuple[Channel, str | None]] = [("sms", number), ("email", email)]
    recorded: list[tuple[Channel, str | None]] = [
        *(("sms", identity.value) for identity in identities if identity.kind == "phone"),
        *(("email", identity.value) for identity in identities if identity.kind == "email"),
    ]
    recipients = [(channel, to) for channel, to in given + recorded if to and (channel == "email" or phone.may_receive_sms(to))]
    return next((recipient for recipient in recipients if is_set_up(recipient[0])), recipients[0] if recipients else None)


def queue_notification(
    draft: NotificationDraft,
    recipient: tuple[Channel, str] | None,
    *,
    customer_id: str | None,
    delay: timedelta = timedelta(0),
) -> Notification:
    """Store the message; `not_set_up` where no provider is set up for the channel, `dead` without a recipient.

    It leaves after `delay` at the earliest. Inside a transaction.
    """
    same_key = select(Notification).where(Notification.idempotency_key == draft.idempotency_key)
    if existing := db.session.scalars(same_key).first():
        return existing
    status = "dead" if recipient is None else "pending" if is_set_up(recipient[0]) else "not_set_up"
    row = Notification(
        id=new_ulid(), branch_id=draft.branch_id, customer_id=customer_id, kind=draft.kind, subject=draft.subject,
        idempotency_key=draft.idempotency_key, order_key=_get_order_key(draft, customer_id),
        channel=recipient[0] if recipient else "none", recipient=recipient[1] if recipient else "",
        title=draft.title[:160], body=draft.body, status=status, reason=None if recipient else "no_way",
        due_at=now() + delay, expires_at=draft.until,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def withdraw_pending(subjects: Collection[str]) -> list[Notification]:
    """Take back the messages about these subjects that no worker is sending right now, the earliest first."""
    is_unclaimed = or_(Notification.claim_token.is_(None), Notification.due_at <= now())
    pending = select(Notification).where(Notification.subject.in_(subjects), Notification.status == "pending", is_unclaimed)
    rows = list(db.session.scalars(pending.order_by(Notification.created_at, Notification.id).with_for_update()))
    for row in rows:
        row.status, row.reason, row.body, row.claim_token, row.finished_at = "expired", "overtaken", None, None, now()
    db.session.flush()
    return rows


def list_notifications(*subjects: str) -> Sequence[Notification]:
    """All messages about these subjects, the newest first."""
    notifications = select(Notification).where(Notification.subject.in_(subjects))
    return db.session.scalars(notifications.order_by(Notification.created_at.desc(), Notification.id.desc())).all()


def find_link(row: Notification) -> str | None:
    """The link in a message that did not leave, for somebody here to pass on; None without one, or when it has expired."""
    link = re.search(r"https?://\S+$", row.body or "")
    return link[0] if link and row.status in ("not_set_up", "dead") and row.expires_at > now() else None


def _get_order_key(draft: NotificationDraft, customer_id: str | None) -> str:
    """Messages to one customer leave in order; without a customer, those about one subject do."""
    return draft.subject if customer_id is None or draft.kind in URGENT_KINDS else f"customer:{customer_id}"
