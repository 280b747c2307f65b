"""Reminders: when they leave by the rules of the company or the service, and what they say as they leave."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.bookings.message_writer import find_booking, render_planned
from app.domain.bookings.notifications import find_destination
from app.domain.notifications.message_policies import MessageRules, ReminderRule, load_message_policies
from app.domain.notifications.notification_queue import PlannedMessage
from app.domain.notifications.quiet_hours import LEAD, QuietHours, find_recipient_timezone
from app.models import Booking, Notification

KIND = "booking_reminder"
MINUTES_PER_DAY = 1440


def list_planned(booking: Booking, rules: MessageRules) -> list[PlannedMessage]:
    """List the reminders of a booking by the rules, the earliest first; each is worth sending until the next one is due."""
    due: list[tuple[datetime, ReminderRule]] = []
    for rule in rules.reminders:
        quiet = rules.get_quiet_hours(find_recipient_timezone(find_destination(booking, channel=rule.channel), booking.timezone))
        due_at = find_due(rule, booking.starts_at, booking.timezone, quiet=quiet, quiet_rule=rules.quiet_reminders)
        if due_at is not None:
            due.append((due_at, rule))
    planned: list[PlannedMessage] = []
    until = booking.starts_at
    for due_at, rule in sorted(due, key=lambda each: each[0], reverse=True):
        # two that are moved before the same quiet hours are one
        if due_at < until:
            key = _build_key(booking, rule)
            planned.insert(0, PlannedMessage(KIND, f"booking:{booking.id}", key, due_at, until, rule.channel, booking.branch_id))
            until = due_at
    return planned


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text of a reminder that leaves now; None where its booking does not stand any more, or its rule is gone."""
    booking = find_booking(row)
    return render_planned("reminder", row, booking) if booking and booking.is_active and _is_still_due(row, booking) else None


def find_due(rule: ReminderRule, starts_at: datetime, timezone: str, *, quiet: QuietHours, quiet_rule: str) -> datetime | None:
    """Find when the reminder leaves; in quiet hours it leaves before them, or not at all, by the rule."""
    due_at = subtract_span(starts_at, rule.minutes, timezone)
    if not quiet.includes(due_at):
        return due_at
    earlier = quiet.get_start(due_at) - LEAD
    return None if quiet_rule == "drop" or quiet.includes(earlier) else earlier


def subtract_span(starts_at: datetime, minutes: int, timezone: str) -> datetime:
    """Go back whole days on the clock of the branch, the rest in real time: "the day before" is the same hour, whatever the clocks did."""
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    if days:
        zone = ZoneInfo(timezone)
        wall_clock = starts_at.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(days=days)
        starts_at = wall_clock.replace(tzinfo=zone)
    return starts_at.astimezone(UTC) - timedelta(minutes=rest)


def _is_still_due(row: Notification, booking: Booking) -> bool:
    """Whether the rules still know the reminder, by the minutes at the end of its key; they may have changed since it was planned."""
    minutes = int(row.idempotency_key.rpartition(":")[2])
    return any(rule.minutes == minutes for rule in load_message_policies().rules(booking.service_id).reminders)


def _build_key(booking: Booking, rule: ReminderRule) -> str:
    """One reminder for one start, however often the booking is moved to and fro."""
    return f"reminder:{booking.id}:{int(booking.starts_at.timestamp())}:{rule.minutes}"
