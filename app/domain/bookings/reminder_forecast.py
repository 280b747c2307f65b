"""How many reminders rules would plan for the appointments that are booked already, and about what they cost; before they are saved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.reminders import KIND, find_due
from app.domain.notifications.message_policies import MessageRules, load_message_policies
from app.domain.notifications.sender_accounts import list_set_up
from app.models import Booking, Notification


@dataclass(frozen=True, slots=True)
class ReminderForecast:
    """At most so many: who cannot be reached gets none. `added`: so many more than are planned now."""

    sms: int = 0
    emails: int = 0
    added: int = 0

    @property
    def total(self) -> int:
        return self.sms + self.emails


def forecast_reminders(rules: MessageRules, service_id: str | None) -> ReminderForecast:
    """Forecast the reminders of upcoming appointments by these rules: of one service, or of all that have no own."""
    channels = list_set_up()
    if not channels:
        return ReminderForecast()
    counts = dict.fromkeys(channels, 0)
    visits = _list_visits(service_id)
    for starts_at, timezone in visits.values():
        quiet = rules.get_quiet_hours(timezone)
        for rule in rules.reminders:
            due_at = find_due(rule, starts_at, timezone, quiet=quiet, quiet_rule=rules.quiet_reminders)
            if due_at is not None and due_at > now():
                counts[rule.channel if rule.channel in channels else channels[0]] += 1
    planned = _count_planned([f"booking:{booking_id}" for booking_id in visits])
    return ReminderForecast(counts.get("sms", 0), counts.get("email", 0), max(0, sum(counts.values()) - planned))


def _list_visits(service_id: str | None) -> dict[str, tuple[datetime, str]]:
    """Start and zone by the id of the first booking of each visit."""
    policies = load_message_policies()
    statement = select(Booking.id, Booking.visit_id, Booking.service_id, Booking.starts_at, Booking.timezone).where(Booking.upcoming())
    first: dict[str, tuple[str, datetime, str]] = {}
    for row in db.session.execute(statement.order_by(Booking.starts_at, Booking.id)):
        is_meant = row.service_id == service_id if service_id else not policies.has_own_reminders(row.service_id)
        if is_meant:
            first.setdefault(row.visit_id or row.id, (row.id, row.starts_at, row.timezone))
    return {booking_id: (starts_at, timezone) for booking_id, starts_at, timezone in first.values()}


def _count_planned(subjects: list[str]) -> int:
    planned = select(Notification.subject, func.count()).where(Notification.kind == KIND, Notification.status == "pending")
    counts = {row[0]: row[1] for row in db.session.execute(planned.group_by(Notification.subject))}
    return sum(counts.get(subject, 0) for subject in subjects)
