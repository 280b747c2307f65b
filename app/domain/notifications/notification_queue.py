"""Queues messages to people, in the transaction of the event that causes them; one idempotency key queues one message."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from app.core import phone
from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.notifications.marketing_consents import ConsentMissing, has_consent
from app.domain.notifications.message_kinds import PLANNED_KINDS, MessageKind, get_kind
from app.domain.notifications.message_limits import hash_recipient
from app.domain.notifications.message_links import find_own_link
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.suppressions import find_suppressed, list_suppressed
from app.models import Booking, Customer, Notification
from app.providers.messaging.base import Channel

# why a message that could be sent waits
HOLD_REASONS = ("quiet_hours", "daily_limit", "switched_off")
# an answer to what the recipient has just done is no disturbance for so long
IMMEDIATE_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NotificationDraft:
    """A message to be queued. `subject` is what it is about ("booking:<id>"); after `until` it is pointless.

    `is_reply`: it answers what the recipient has just done, so they wait for it.
    """

    kind: str
    subject: str
    idempotency_key: str
    body: str = field(repr=False)
    title: str
    until: datetime
    branch_id: str | None = None
    is_reply: bool = False
    # the start that it speaks of; None: that of its booking
    appointment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A message that is written when it leaves, at `planned_at`, over `channel` where its recipient has no other preference.

    `immediate_until`: it answers what the recipient has just done, so quiet hours do not hold it until then.
    """

    kind: str
    subject: str
    idempotency_key: str
    planned_at: datetime
    until: datetime
    channel: Channel
    branch_id: str | None = None
    immediate_until: datetime | None = None


def find_recipient(
    customer: Customer | None,
    *,
    number: str | None = None,
    email: str | None = None,
    channel: Channel | None = None,
    only: Collection[Channel] = ("sms", "email"),
) -> tuple[Channel, str] | None:
    """Channel and address of this customer: SMS to a mobile number, else e-mail; channels that are set up are preferred.

    `number` and `email` were given for this matter and take precedence over the customer's record. A suppressed address is none.
    The channel that the customer prefers comes first, else `channel`; other channels than `only` are left out.
    """
    identifiers = customer.identifiers if customer else []
    given: list[tuple[Channel, str | None]] = [("sms", number), ("email", email)]
    recorded: list[tuple[Channel, str | None]] = [
        *(("sms", identifier.value) for identifier in identifiers if identifier.kind == "phone"),
        *(("email", identifier.value) for identifier in identifiers if identifier.kind == "email"),
    ]
    recipients = [(way, to) for way, to in _order_addresses(given, recorded, (customer and customer.preferred_channel) or channel) if to]
    recipients = [(way, to) for way, to in recipients if way in only and (way == "email" or phone.may_receive_sms(to))]
    suppressed = find_suppressed(to for _way, to in recipients)
    recipients = [recipient for recipient in recipients if recipient not in suppressed]
    return next((recipient for recipient in recipients if is_set_up(recipient[0])), recipients[0] if recipients else None)


def _order_addresses(
    given: list[tuple[Channel, str | None]], recorded: list[tuple[Channel, str | None]], preferred: str | None
) -> list[tuple[Channel, str | None]]:
    """Put the preferred channel first, but what was given for this matter before a record that may be another person's."""
    is_own = all(to is None or (way, to) in recorded for way, to in given)
    groups = [given + recorded] if is_own else [given, recorded]
    return [address for group in groups for address in sorted(group, key=lambda address: preferred not in (None, address[0]))]


def queue_notification(
    draft: NotificationDraft,
    recipient: tuple[Channel, str] | None,
    *,
    customer_id: str | None,
    delay: timedelta = timedelta(0),
) -> Notification:
    """Store the message; `not_set_up` where no provider is set up for the channel, `dead` without a recipient: both are final.

    It leaves after `delay` at the earliest. Inside a transaction. Raises ConsentMissing for marketing without consent.
    """
    same_key = select(Notification).where(Notification.idempotency_key == draft.idempotency_key)
    if existing := db.session.scalars(same_key).first():
        return existing
    kind, customer = get_kind(draft.kind), db.session.get(Customer, customer_id) if customer_id else None
    _require_consent(kind, recipient, customer_id)
    status = "dead" if recipient is None else "pending" if is_set_up(recipient[0]) else "not_set_up"
    row = Notification(
        id=new_ulid(), branch_id=draft.branch_id, customer_id=customer_id, kind=draft.kind, subject=draft.subject,
        idempotency_key=draft.idempotency_key, order_key=_get_order_key(draft, customer_id),
        title=draft.title[:160], body=draft.body, status=status, reason=None if recipient else explain_unreachable(customer, None),
        due_at=now() + delay, planned_at=_get_turn(draft.subject, delay),
        expires_at=min(draft.until, now() + kind.lifetime) if kind.lifetime else draft.until,
        finished_at=None if status == "pending" else now(),
        immediate_until=now() + IMMEDIATE_FOR if draft.is_reply else None,
        appointment_at=draft.appointment_at or _find_start(draft.subject),
    )  # fmt: skip
    set_recipient(row, recipient)
    db.session.add(row)
    db.session.flush()
    return row


def _find_start(subject: str) -> datetime | None:
    kind, _colon, booking_id = subject.partition(":")
    return db.session.scalar(select(Booking.starts_at).where(Booking.id == booking_id)) if kind == "booking" else None


def _get_turn(subject: str, delay: timedelta) -> datetime | None:
    """Get when the message is planned to leave: after its delay, but not before an earlier one about the same subject.

    One that is held until the morning does not count: whoever asks for a link in the night gets it, and others are held as well.
    """
    earlier = select(func.max(Notification.planned_at)).where(
        Notification.subject == subject, Notification.status == "pending", Notification.kind.not_in(PLANNED_KINDS),
        func.coalesce(Notification.reason, "").not_in(HOLD_REASONS),
    )  # fmt: skip
    turn = max(filter(None, (now() + delay, db.session.scalar(earlier))))
    return turn if turn > now() else None


def plan_notification(plan: PlannedMessage, recipient: tuple[Channel, str] | None, *, customer_id: str | None) -> Notification:
    """Store a message that is written when it leaves; one that was withdrawn before any try is planned anew. Inside a transaction."""
    row = db.session.scalars(select(Notification).where(Notification.idempotency_key == plan.idempotency_key)).first()
    if row is not None and not _may_be_planned_anew(row):
        return row
    _require_consent(get_kind(plan.kind), recipient, customer_id)
    appointment_at = _find_start(plan.subject)
    if row is None:
        row = Notification(id=new_ulid(), kind=get_kind(plan.kind).name, idempotency_key=plan.idempotency_key)
        db.session.add(row)
    row.subject, row.branch_id, row.customer_id = plan.subject, plan.branch_id, customer_id
    row.order_key, row.immediate_until = f"customer:{customer_id}" if customer_id else plan.subject, plan.immediate_until
    row.created_at, row.due_at, row.planned_at, row.expires_at = now(), plan.planned_at, plan.planned_at, plan.until
    row.status, row.reason, row.error, row.finished_at, row.attempts = "pending", None, None, None, 0
    row.title, row.preferred_channel, row.appointment_at = "", plan.channel, appointment_at
    set_recipient(row, recipient)
    db.session.flush()
    return row


def _require_consent(kind: MessageKind, recipient: tuple[Channel, str] | None, customer_id: str | None) -> None:
    """Raise ConsentMissing for marketing to whoever has not agreed to it at this address; it is checked again as the message leaves."""
    if kind.is_marketing and (recipient is None or not has_consent(customer_id, *recipient)):
        raise ConsentMissing("Marketing messages need consent.")


def _may_be_planned_anew(row: Notification) -> bool:
    return row.status == "expired" and row.reason == "overtaken" and row.first_sent_at is None


def set_recipient(row: Notification, recipient: tuple[Channel, str] | None) -> None:
    row.channel, row.recipient = recipient or ("none", "")
    row.recipient_index = hash_recipient(*recipient) if recipient else None


def explain_unreachable(customer: Customer | None, recipient: tuple[Channel, str] | None) -> str | None:
    """Why nothing reaches the customer: no address is known, what is known is suppressed, or the channel is not set up."""
    if recipient:
        return None if is_set_up(recipient[0]) else "not_set_up"
    suppressed = list_suppressed(customer) if customer else []
    return suppressed[0].reason if suppressed else "no_way"


def is_due_again(row: Notification) -> bool:
    """Whether the message itself can be sent once more: it did not leave, its text is there and it is not too late."""
    return row.status in ("not_set_up", "dead") and row.body is not None and row.expires_at > now()


def build_resent_key(row: Notification) -> str:
    """The idempotency key under which a message is written anew, once."""
    return f"resent:{row.id}"


def is_resent(row: Notification) -> bool:
    return row.idempotency_key.startswith("resent:")


def withdraw_pending(subjects: Collection[str]) -> list[Notification]:
    """Take back the messages about these subjects that no worker is sending right now, the earliest first; planned ones stay."""
    return withdraw(row for row in lock_pending(subjects) if row.kind not in PLANNED_KINDS)


def lock_pending(subjects: Collection[str]) -> list[Notification]:
    """Lock the pending messages about these subjects that no worker is sending right now, the earliest first."""
    is_unclaimed = or_(Notification.claim_token.is_(None), Notification.due_at <= now())
    pending = select(Notification).where(Notification.subject.in_(subjects), Notification.status == "pending", is_unclaimed)
    return list(db.session.scalars(pending.order_by(Notification.created_at, Notification.id).with_for_update()))


def withdraw(rows: Iterable[Notification]) -> list[Notification]:
    """Take back these messages, which are no longer true."""
    withdrawn = list(rows)
    for row in withdrawn:
        row.status, row.reason, row.body, row.claim_token, row.finished_at = "expired", "overtaken", None, None, now()
    db.session.flush()
    return withdrawn


def list_notifications(*subjects: str) -> Sequence[Notification]:
    """All messages about these subjects, the newest first."""
    notifications = select(Notification).where(Notification.subject.in_(subjects))
    return db.session.scalars(notifications.order_by(Notification.created_at.desc(), Notification.id.desc())).all()


def find_link(row: Notification) -> str | None:
    """Find the link in an unsent message, for staff to pass on; None without one or after its expiry."""
    return find_own_link(row.body or "") if row.status in ("not_set_up", "dead") and row.expires_at > now() else None


def _get_order_key(draft: NotificationDraft, customer_id: str | None) -> str:
    """Get the key by which messages are sent in order: the customer, else the subject."""
    return draft.subject if customer_id is None or get_kind(draft.kind).is_urgent else f"customer:{customer_id}"
