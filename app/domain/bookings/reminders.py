"""Reminders: planned with the booking, planned anew when it is moved, and taken back when it does not stand any more."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_writer import list_visit
from app.domain.bookings.notifications import find_destination
from app.domain.bookings.status import get_rules
from app.domain.notifications.message_policies import MessagePolicies, MessageRules, ReminderRule, load_message_policies
from app.domain.notifications.notification_queue import PlannedMessage, lock_pending, plan_notification, withdraw
from app.domain.notifications.quiet_hours import LEAD, QuietHours, find_recipient_timezone
from app.models import Booking, Notification

KIND = "booking_reminder"
MINUTES_PER_DAY = 1440
# bookings whose reminders are planned anew in one transaction
BATCH_SIZE = 100


def plan_reminders(booking_ids: Iterable[str]) -> list[Notification]:
    """Bring the planned reminders of these bookings in line with what holds now: one visit, one booking. Idempotent."""
    bookings = db.session.scalars(select(Booking).where(Booking.id.in_(list(booking_ids))).order_by(Booking.starts_at, Booking.id)).all()
    policies = load_message_policies() if bookings else None
    visits = {booking.occupant: booking for booking in reversed(bookings)}
    return [row for booking in visits.values() if policies for row in _plan_visit(list_visit(booking), policies)]


def plan_upcoming(after: str | None = None) -> str | None:
    """Plan a batch of the company's upcoming bookings anew, after its rules changed; gives the id after which to go on, None at the end."""
    upcoming = select(Booking.id).where(Booking.upcoming(), *([Booking.id > after] if after else ())).order_by(Booking.id)
    booking_ids = list(db.session.scalars(upcoming.limit(BATCH_SIZE)))
    plan_reminders(booking_ids)
    return booking_ids[-1] if len(booking_ids) == BATCH_SIZE else None


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


def _plan_visit(visit: list[Booking], policies: MessagePolicies) -> list[Notification]:
    first = visit[0]
    plans = {plan.idempotency_key: plan for plan in _list_standing(first, policies)}
    pending = [row for row in lock_pending([f"booking:{booking.id}" for booking in visit]) if row.kind == KIND]
    kept = {row.idempotency_key for row in pending if _is_kept(row, plans.get(row.idempotency_key))}
    withdraw(row for row in pending if row.idempotency_key not in kept)
    for row in pending:
        if row.idempotency_key in kept:
            _renew(row, plans[row.idempotency_key])
    new = [plan for key, plan in plans.items() if key not in kept and plan.planned_at > now()]
    return [
        plan_notification(plan, find_destination(first, channel=plan.channel), customer_id=first.customer_id)
        for plan in new
        if first.customer_id
    ]


def _list_standing(booking: Booking, policies: MessagePolicies) -> list[PlannedMessage]:
    stands = booking.status == "confirmed" and booking.starts_at > now() and booking.customer_id is not None
    return list_planned(booking, policies.rules(booking.service_id)) if stands and _is_ours(booking) else []


def _is_ours(booking: Booking) -> bool:
    """Whether we write about this booking: programs and connected calendars may do so themselves, by the company's rules."""
    if booking.source == "calcom":
        return get_rules(booking).notify_calendar_changes
    return booking.source != "simulator" and (booking.source != "api" or get_rules(booking).notify_program_changes)


def _is_kept(row: Notification, plan: PlannedMessage | None) -> bool:
    return plan is not None and (plan.planned_at > now() or _has_begun(row))


def _has_begun(row: Notification) -> bool:
    """Whether its time had come: it is tried, or held back until the morning."""
    return row.first_sent_at is not None or row.attempts > 0 or row.reason is not None or row.due_at <= now()


def _renew(row: Notification, plan: PlannedMessage) -> None:
    """What changed before this instant is no reason any more to drop it."""
    row.created_at, row.expires_at, row.branch_id, row.preferred_channel = now(), plan.until, plan.branch_id, plan.channel
    if not _has_begun(row):
        row.due_at = row.planned_at = plan.planned_at


def _build_key(booking: Booking, rule: ReminderRule) -> str:
    """One reminder for one start, however often the booking is moved to and fro."""
    return f"reminder:{booking.id}:{int(booking.starts_at.timestamp())}:{rule.minutes}"
