"""Limits of what is sent: messages to one recipient within a day, and the cost of a month's text messages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.core.clock import now
from app.core.encryption import keyring
from app.core.extensions import db
from app.domain.notifications.message_kinds import KINDS
from app.domain.notifications.message_policies import MessageRules
from app.domain.notifications.sms_segments import count_segments
from app.models import Company, Notification

WINDOW = timedelta(days=1)
LIMITED_KINDS = tuple(kind.name for kind in KINDS.values() if kind.is_limited)


def hash_recipient(channel: str, recipient: str) -> str:
    return keyring().blind_index(f"recipient:{channel}:{recipient}")


def find_daily_limit_end(row: Notification, rules: MessageRules) -> datetime | None:
    """Find when the next message may go to the recipient; None: now."""
    if row.kind not in LIMITED_KINDS:
        return None
    sent = select(Notification.finished_at).where(
        Notification.recipient_index == row.recipient_index,
        Notification.finished_at > now() - WINDOW,
        Notification.status == "sent",
        Notification.kind.in_(LIMITED_KINDS),
    )
    latest = db.session.scalars(sent.order_by(Notification.finished_at.desc()).limit(rules.max_per_day)).all()
    return latest[-1] + WINDOW if len(latest) >= rules.max_per_day and latest[-1] else None


def exceeds_monthly_cap(row: Notification, rules: MessageRules) -> bool:
    """Whether this text message would cost more than is left of the month, and the rules then end it."""
    if not rules.monthly_cap_cents or row.channel != "sms" or row.kind not in LIMITED_KINDS or rules.cap_action == "none":
        return False
    if rules.cap_action == "reminders" and KINDS[row.kind].is_essential:
        return False
    return get_spent_tenth_cents(row.company_id) + (row.cost_tenth_cents or 0) > rules.monthly_cap_cents * 10


def estimate_cost(row: Notification, rules: MessageRules) -> None:
    """Note the parts of a text message, and what they cost by the company's price."""
    row.segments = count_segments(row.body or "") if row.channel == "sms" else None
    row.cost_tenth_cents = row.segments * rules.segment_tenth_cents if row.segments else None


def get_spent_tenth_cents(company_id: str) -> int:
    """Get what the text messages sent in this month of the company's calendar cost, those that did not arrive included."""
    spent = select(func.coalesce(func.sum(Notification.cost_tenth_cents), 0)).where(
        Notification.finished_at >= get_month_start(company_id), Notification.channel == "sms", Notification.provider_ref.is_not(None)
    )  # fmt: skip
    return int(db.session.scalar(spent) or 0)


def get_month_start(company_id: str) -> datetime:
    zone = ZoneInfo(db.session.get_one(Company, company_id).timezone)
    return now().astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
