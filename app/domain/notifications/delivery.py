"""Delivers stored messages: claimed, sent with no transaction open, completed; at least once, in order, only while they are true and when
the recipient may be written to. `claim` and `complete` belong in a transaction each, `send` between them in none."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.outbox import MAX_ERROR_LENGTH, Outbox
from app.domain.companies.feature_flags import is_enabled
from app.domain.notifications.marketing_consents import has_consent
from app.domain.notifications.message_kinds import PLANNED_KINDS, get_kind
from app.domain.notifications.message_limits import estimate_cost, exceeds_monthly_cap, find_daily_limit_end
from app.domain.notifications.message_links import ONE_CLICK_PATH, find_unsubscribe_link, hash_own_link, hide_own_links
from app.domain.notifications.message_policies import MessageRules, load_message_policies
from app.domain.notifications.notification_queue import explain_unreachable, find_recipient, is_due_again, set_recipient
from app.domain.notifications.quiet_hours import find_recipient_timezone
from app.domain.notifications.reply_addresses import find_reply_address
from app.domain.notifications.sender_accounts import find_sender
from app.domain.notifications.suppressions import LASTING_REASONS, find_suppressed, lift, suppress
from app.domain.notifications.validity import is_outdated
from app.domain.notifications.writer_protocol import MessageWriter
from app.events import NotificationFailed
from app.models import Booking, Branch, Company, Customer, Notification, SuppressedAddress, WaitlistEntry, WaitlistOffer
from app.providers import open_messenger
from app.providers.http import ResponseTimeout
from app.providers.messaging.base import Channel, MessageRejected, OutgoingMessage, SenderAccount

# longer than one send may take
LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (5, 30, 120, 300, 600, 1800))
# a carrier may be away for a day: until then the last delay repeats
MAX_OUTAGE = timedelta(hours=48)
OUTBOX = Outbox(Notification, lease=LEASE, retry_delays=RETRY_DELAYS)
# delay while the company's messages are switched off
SWITCHED_OFF_DELAY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    notification_id: str
    token: str
    sender: SenderAccount
    message: OutgoingMessage = field(repr=False)


def claim(notification_id: str, writer: MessageWriter | None = None) -> DeliveryAttempt | None:
    """Claim a message that is due, still true and allowed now; None when there is nothing to send now."""
    row = OUTBOX.find_claimable(notification_id)
    if row is None or _has_ended(row, writer) or not _prepare(row, writer):
        return None
    if not is_enabled("messages", row.company_id):
        OUTBOX.postpone(row, SWITCHED_OFF_DELAY)
        row.reason = "switched_off"
        return None
    if hold_if_due(row):
        return None
    answers_at = row.sender_address if row.channel == "sms" else None
    sender = find_sender(row.channel, answers_at=answers_at, is_internal=get_kind(row.kind).is_internal)  # type: ignore[arg-type]
    if sender is None:
        OUTBOX.complete(row, "not_set_up")
        row.reason, row.finished_at = "no_key", now()
        publish(NotificationFailed(row.company_id, row.id))
        return None
    assert row.body is not None
    mail_parts: dict[str, Any] = {"html": writer.lay_out(row), "calendar": writer.attach(row)} if writer and row.channel == "email" else {}
    reply_to = find_reply_address(row.branch_id) if row.channel == "email" and not get_kind(row.kind).is_internal else None
    if row.channel == "email" and get_kind(row.kind).is_marketing and (link := find_unsubscribe_link(row.body)):
        mail_parts["unsubscribe_url"] = f"{link}{ONE_CLICK_PATH}"
    message = OutgoingMessage(row.id, row.recipient, row.body, row.title or "", asked_at=row.first_sent_at, reply_to=reply_to, **mail_parts)
    row.first_sent_at, row.link_hash = row.first_sent_at or now(), hash_own_link(row.body)
    return DeliveryAttempt(row.id, OUTBOX.claim(row), sender, message)


def _has_ended(row: Notification, writer: MessageWriter | None) -> bool:
    """Finish a message that is too late or untrue."""
    if row.expires_at <= now() and row.error is not None:
        _finish(row, "dead", reason=row.reason, error=row.error)
    elif row.expires_at <= now() or (row.body is None and not _is_written_late(row)):
        _finish(row, "expired", reason="too_late")
    elif is_outdated(row) or (writer is not None and writer.is_outdated(row)):
        _finish(row, "expired", reason="overtaken")
    else:
        return False
    return True


def _prepare(row: Notification, writer: MessageWriter | None) -> bool:
    """Address and write a planned message, find another way where it may not go, and count it; False where it ends here."""
    if get_kind(row.kind).is_marketing and not has_consent(row.customer_id, row.channel, row.recipient):
        _finish(row, "expired", reason="no_consent")
        return False
    if row.body is None:
        if not get_kind(row.kind).is_personal:
            set_recipient(row, _find_recipient(row))
        if row.channel == "none":
            _finish(row, "dead", reason=explain_unreachable(_find_customer(row), None))
            return False
        if not _write(row, writer):
            return False
    if (suppressed := _find_suppression(row)) and not _send_otherwise(row):
        _finish(row, "dead", reason=suppressed.reason)
        return False
    if row.body is None and not _write(row, writer):
        return False
    rules = load_message_policies().rules()
    estimate_cost(row, rules)
    if exceeds_monthly_cap(row, rules) and not _send_by_mail(row):
        _finish(row, "dead", reason="monthly_cap")
        return False
    return row.body is not None or _write(row, writer)


def _is_written_late(row: Notification) -> bool:
    """Whether the text is written as the message leaves: always, or because it goes over another channel than it was worded for."""
    return row.kind in PLANNED_KINDS or get_kind(row.kind).is_channel_specific


def _write(row: Notification, writer: MessageWriter | None) -> bool:
    """Write a message that leaves now; it ends where there is nothing to say any more."""
    written = writer.write(row) if writer else None
    if written is None:
        _finish(row, "expired", reason="overtaken")
        return False
    row.title, row.body = written[0][:160], written[1]
    return True


def hold_if_due(row: Notification) -> bool:
    """Put off a message until the recipient's quiet hours end or another one may go to them today; it ends where that is too late."""
    rules = load_message_policies().rules()
    until = _find_quiet_end(row, rules)
    reason = "quiet_hours" if until else "daily_limit"
    until = until or find_daily_limit_end(row, rules)
    if until is None:
        return False
    if until >= row.expires_at:
        _finish(row, "expired" if reason == "quiet_hours" else "dead", reason=reason)
        return True
    OUTBOX.postpone(row, until - now(), attempts=row.attempts)
    # others to the same person that are due before need not wait for it
    row.due_at = row.planned_at = until
    row.reason = reason
    return True


def find_hold_end(row: Notification) -> datetime | None:
    """Until when a message that is due would be held: by quiet hours, or since so much has gone there today; None where it leaves."""
    rules = load_message_policies().rules()
    return _find_quiet_end(row, rules) or find_daily_limit_end(row, rules)


def _find_quiet_end(row: Notification, rules: MessageRules) -> datetime | None:
    if not get_kind(row.kind).heeds_quiet_hours or (row.immediate_until and now() < row.immediate_until):
        return None
    quiet = rules.get_quiet_hours(find_recipient_timezone((row.channel, row.recipient), _get_own_timezone(row)))
    return quiet.get_end(now()) if quiet.includes(now()) else None


def _get_own_timezone(row: Notification) -> str:
    branch = db.session.get(Branch, row.branch_id) if row.branch_id else None
    return branch.timezone if branch else db.session.get_one(Company, row.company_id).timezone


def send(attempt: DeliveryAttempt) -> str | ProviderError:
    """The carrier's id of the message, or the error."""
    try:
        return open_messenger(attempt.sender).send(attempt.message)
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
        _handle_rejection(row, result)
    elif is_outdated(row):
        _finish(row, "expired", reason="overtaken")
    else:
        _retry(row, result)
    db.session.flush()
    return OUTBOX.next_in_order(row)


def resend(notification_id: str) -> Notification | None:
    """Make a message due again that lacked keys or is dead, as long as it is valid."""
    row = OUTBOX.lock(notification_id)
    if row is None or not is_due_again(row):
        return row
    if row.reason == "unreachable":
        # somebody says that the address is right all the same
        lift(row.channel, row.recipient)
    if is_outdated(row):
        _finish(row, "expired", reason="overtaken")
    else:
        OUTBOX.reopen(row)
        row.finished_at = None
    db.session.flush()
    return row


def _handle_rejection(row: Notification, rejection: MessageRejected) -> None:
    """What the carrier says for good holds for later messages, too; this one goes the other way, if there is one."""
    if rejection.code in LASTING_REASONS:
        suppress(row.channel, row.recipient, rejection.code)
        if _send_otherwise(row):
            OUTBOX.reopen(row)
            return
    _finish(row, "dead", reason=rejection.code, error=rejection.message)


def _find_suppression(row: Notification) -> SuppressedAddress | None:
    """An alarm is tried all the same."""
    return None if get_kind(row.kind).recipient == "staff" else find_suppressed([row.recipient]).get((row.channel, row.recipient))


def _send_otherwise(row: Notification) -> bool:
    """Address the message anew: to another number or by the other channel. A code or a link to somebody's own page stays where it was."""
    recipient = _find_recipient(row)
    if recipient is None or find_sender(recipient[0]) is None:
        return False
    row.first_sent_at = None
    _readdress(row, recipient)
    return True


def _send_by_mail(row: Notification) -> bool:
    """Address a text message to the mail address that the booking or the person has, where mails are sent at all."""
    recipient = _find_recipient(row, only=("email",))
    if recipient is None or find_sender("email") is None:
        return False
    row.first_sent_at = row.segments = row.cost_tenth_cents = None
    _readdress(row, recipient)
    return True


def _readdress(row: Notification, recipient: tuple[Channel, str]) -> None:
    if get_kind(row.kind).is_channel_specific and recipient[0] != row.channel:
        row.body = None
    set_recipient(row, recipient)


def _find_recipient(row: Notification, *, only: Collection[Channel] = ("sms", "email")) -> tuple[Channel, str] | None:
    """Find the best address that may be written to now; None for messages that are tied to the one they were written for."""
    kind, _colon, subject_id = row.subject.partition(":")
    owner = _find_subject(kind, subject_id)
    if owner is None or get_kind(row.kind).is_personal:
        return None
    channel = cast(Channel | None, row.preferred_channel)
    return find_recipient(_find_customer(row), number=owner.contact_phone, email=owner.contact_email, channel=channel, only=only)


def _find_customer(row: Notification) -> Customer | None:
    return db.session.get(Customer, row.customer_id) if row.customer_id else None


def _find_subject(kind: str, subject_id: str) -> Booking | WaitlistEntry | None:
    """The booking or the waiting person that the message is about; both may have contact data of their own."""
    if kind == "booking":
        return db.session.scalars(select(Booking).where(Booking.id == subject_id)).first()
    if kind == "offer":
        entry = select(WaitlistEntry).join(WaitlistOffer, WaitlistOffer.entry_id == WaitlistEntry.id)
        return db.session.scalars(entry.where(WaitlistOffer.id == subject_id)).first()
    return None


def _retry(row: Notification, error: ProviderError) -> None:
    if not isinstance(error, ResponseTimeout) and row.attempts == 1:
        # surely not sent: the next try is no repeat
        row.first_sent_at = None
    # a planned message has an end of its own
    if OUTBOX.retry(row, error) or row.kind in PLANNED_KINDS or now() < row.created_at + MAX_OUTAGE:
        # others wait for it until it has ended
        row.due_at = min(row.due_at, row.expires_at)
    else:
        _finish(row, "dead", reason=error.code, error=error.message)


def _finish(row: Notification, status: str, *, reason: str | None = None, error: str | None = None) -> None:
    OUTBOX.complete(row, status)
    row.reason, row.error, row.finished_at = reason, error[:MAX_ERROR_LENGTH] if error else None, now()
    if status == "dead":
        publish(NotificationFailed(row.company_id, row.id))
    elif not get_kind(row.kind).keeps_body:
        row.sent_text = hide_own_links(row.body or "") if status == "sent" and get_kind(row.kind).keeps_sent_text else None
        row.body = None
