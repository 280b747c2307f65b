"""Writes messages down, in the transaction in which that happens which they tell of; the same cause writes one."""

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

# somebody waits for these on the phone: they overtake what is stuck
URGENT_KINDS = ("code", "emergency")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said: `subject` is what it is about ("booking:<id>"), `cause` makes it once, later than `until` it is pointless."""

    kind: str
    subject: str
    idempotency_key: str
    body: str = field(repr=False)
    title: str
    until: datetime
    branch_id: str | None = None


def way_to(customer: Customer | None, *, number: str | None = None, email: str | None = None) -> tuple[Channel, str] | None:
    """How this customer is reached: by SMS where a number is a mobile one, else by e-mail; a way that is set up goes before.

    `number` and `email` are good for one matter alone and go before those of the record.
    """
    identities = customer.identities if customer else []
    said: list[tuple[Channel, str | None]] = [("sms", number), ("email", email)]
    known: list[tuple[Channel, str | None]] = [
        (channel, one.value) for channel, kind in (("sms", "phone"), ("email", "email")) for one in identities if one.kind == kind
    ]  # type: ignore[misc]
    ways = [(channel, to) for channel, to in said + known if to and (channel == "email" or phone.may_receive_sms(to))]
    return next((way for way in ways if is_set_up(way[0])), ways[0] if ways else None)


def write(letter: Letter, way: tuple[Channel, str] | None, *, customer_id: str | None, wait: timedelta = timedelta(0)) -> Notification:
    """The row; `not_set_up` where nobody can carry it, and `dead` where there is no way to the person: pages say so.

    It leaves after `wait` at the earliest. To be called inside a transaction.
    """
    known = select(Notification).where(Notification.idempotency_key == letter.idempotency_key)
    if first := db.session.scalars(known).first():
        return first
    status = "dead" if way is None else "pending" if is_set_up(way[0]) else "not_set_up"
    row = Notification(
        id=new_ulid(), branch_id=letter.branch_id, customer_id=customer_id, kind=letter.kind, subject=letter.subject,
        idempotency_key=letter.idempotency_key, order_key=_get_order_key(letter, customer_id),
        channel=way[0] if way else "none", recipient=way[1] if way else "",
        title=letter.title[:160], body=letter.body, status=status, reason=None if way else "no_way",
        due_at=now() + wait, expires_at=letter.until,
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


def messages_about(*subjects: str) -> Sequence[Notification]:
    """What was written about these, the newest first."""
    mine = select(Notification).where(Notification.subject.in_(subjects))
    return db.session.scalars(mine.order_by(Notification.created_at.desc(), Notification.id.desc())).all()


def link_of(row: Notification) -> str | None:
    """The link that a message carries which did not leave, for somebody here to pass on; None when there is none, or it is over."""
    found = re.search(r"https?://\S+$", row.body or "")
    return found[0] if found and row.status in ("not_set_up", "dead") and row.expires_at > now() else None


def _get_order_key(letter: Letter, customer_id: str | None) -> str:
    """Messages to one customer leave in order; without a customer, those about one subject do."""
    return letter.subject if customer_id is None or letter.kind in URGENT_KINDS else f"customer:{customer_id}"
