"""Delivers notices to devices: claimed, sent with no transaction open, completed; at least once, and only while they are news.

`claim` and `complete` belong in a transaction each, `send` between them in none.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from flask_babel import force_locale, gettext as _
from sqlalchemy import func, select

from app.core.clock import now
from app.core.errors import ProviderError
from app.core.extensions import db
from app.core.outbox import Outbox
from app.domain.staff_notices.notice_kinds import KINDS
from app.domain.staff_notices.notice_texts import NoticeTexts
from app.domain.staff_notices.push_subscriptions import list_devices, load_device_ids
from app.domain.staff_notices.vapid_keys import load_sender
from app.models import PushDelivery, PushSubscription, StaffNotice, User
from app.providers.push.web_push import PushMessage, PushSender, PushTarget, SubscriptionGone, send_push

# longer than one send may take
LEASE = timedelta(seconds=60)
RETRY_DELAYS = tuple(timedelta(seconds=delay) for delay in (10, 60, 300, 900, 3600))
OUTBOX = Outbox(PushDelivery, lease=LEASE, retry_delays=RETRY_DELAYS)
# beyond so many in so short a time, an import for example, they stand in the list only; what is urgent comes all the same
MAX_PUSHES, PUSH_WINDOW = 10, timedelta(minutes=10)
# a device that comes back later finds the notice in the list
LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class ClaimedPush:
    delivery_id: str
    token: str
    target: PushTarget
    message: PushMessage = field(repr=False)
    sender: PushSender
    started_at: datetime


def queue_pushes(notices: Collection[StaffNotice]) -> list[str]:
    """Store a delivery for each device of each notice's person; returns their ids. Inside the transaction of the notices."""
    devices = load_device_ids({notice.user_id for notice in notices}) if notices else {}
    pairs = [(notice.id, device_id) for notice in notices for device_id in devices.get(notice.user_id, ())]
    rows = [PushDelivery(notice_id=notice_id, subscription_id=device_id) for notice_id, device_id in pairs]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def queue_test(user: User) -> list[str]:
    """Store a test for each of the person's devices; returns their ids."""
    rows = [PushDelivery(subscription_id=device.id) for device in list_devices(user)]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def claim(delivery_id: str) -> ClaimedPush | None:
    """Claim a delivery that is due and still news; None when there is nothing to send."""
    row = OUTBOX.find_claimable(delivery_id)
    if row is None:
        return None
    device = db.session.get_one(PushSubscription, row.subscription_id)
    user, notice = db.session.get_one(User, device.user_id), db.session.get(StaffNotice, row.notice_id) if row.notice_id else None
    remaining_s = int((row.created_at + LIFETIME - now()).total_seconds())
    if remaining_s <= 0 or not user.is_active or (notice is not None and notice.read_at is not None):
        OUTBOX.complete(row, "expired")
        return None
    is_urgent = notice is not None and KINDS[notice.kind].is_urgent
    if notice is not None and not is_urgent and _count_recent(device) >= MAX_PUSHES:
        OUTBOX.complete(row, "expired")
        row.reason = "too_many"
        return None
    message = PushMessage(notice.id if notice else row.id, _write_payload(user, notice), remaining_s, is_urgent)
    target = PushTarget(device.endpoint, device.p256dh, device.auth)
    return ClaimedPush(row.id, OUTBOX.claim(row), target, message, load_sender(), now())


def send(attempt: ClaimedPush) -> ProviderError | None:
    """The error, or None where the push service has taken it."""
    try:
        send_push(attempt.target, attempt.message, attempt.sender, sent_at=attempt.started_at)
    except ProviderError as error:
        return error
    return None


def complete(attempt: ClaimedPush, error: ProviderError | None) -> None:
    """Store the result; a device that is gone is forgotten with all that was on its way there."""
    row = OUTBOX.find_claimed(attempt.delivery_id, attempt.token)
    if row is None:
        return
    device = db.session.get_one(PushSubscription, row.subscription_id)
    if error is None:
        OUTBOX.complete(row, "sent")
        device.last_sent_at = now()
    elif isinstance(error, SubscriptionGone):
        db.session.expunge(row)
        db.session.delete(device)
    elif not (error.retryable and OUTBOX.retry(row, error)):
        OUTBOX.complete(row, "dead")
        row.record_error(error)
    db.session.flush()


def _count_recent(device: PushSubscription) -> int:
    recent = (
        select(func.count())
        .select_from(PushDelivery)
        .where(PushDelivery.subscription_id == device.id, PushDelivery.status == "sent", PushDelivery.created_at > now() - PUSH_WINDOW)
    )
    return db.session.scalar(recent) or 0


def _write_payload(user: User, notice: StaffNotice | None) -> bytes:
    """What stands on a lock screen, where anybody may read it: what happened, when and where, and no person."""
    with force_locale(user.language):
        if notice is None:
            title, body, path = _("Push funktioniert"), _("So sehen Ihre Benachrichtigungen auf diesem Gerät aus."), "/account/notices"
        else:
            text = NoticeTexts([notice]).write(notice)
            title, body, path = text.title, text.neutral, f"/notices/{notice.id}"
    return orjson.dumps({"title": title, "body": body, "path": path, "tag": notice.id if notice else "test", "lang": user.language})
