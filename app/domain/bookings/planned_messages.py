"""Messages that are planned with a booking: planned anew as it changes, and taken back when it does not stand any more.

Each kind is a module beside this one, and says in `list_planned` what it wants by the rules as they are.
"""

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings import reminders
from app.domain.bookings.message_writer import list_visit
from app.domain.bookings.notifications import find_destination
from app.domain.bookings.status import get_rules
from app.domain.notifications.message_policies import MessagePolicies, MessageRules, load_message_policies
from app.domain.notifications.notification_queue import PlannedMessage, is_resent, lock_pending, plan_notification, withdraw
from app.models import Booking, Notification

# bookings whose messages are planned anew in one transaction
BATCH_SIZE = 100


class PlannedKind(Protocol):
    """What a kind of these messages is: a module."""

    @property
    def KIND(self) -> str:
        """Its name in domain/notifications/message_kinds."""
        ...

    def list_planned(self, booking: Booking, rules: MessageRules) -> list[PlannedMessage]:
        """List the messages of a booking that stands, by the rules; a key stays the same for the same start."""
        ...

    def write(self, row: Notification) -> tuple[str, str] | None:
        """Title and text of one that leaves now; None where there is nothing to say any more."""
        ...


KINDS: dict[str, PlannedKind] = {kind.KIND: kind for kind in (reminders,)}


def plan_messages(booking_ids: Iterable[str]) -> list[Notification]:
    """Bring the planned messages of these bookings in line with what holds now: one visit, one booking. Idempotent."""
    bookings = db.session.scalars(select(Booking).where(Booking.id.in_(list(booking_ids))).order_by(Booking.starts_at, Booking.id)).all()
    policies = load_message_policies() if bookings else None
    visits = {booking.occupant: booking for booking in reversed(bookings)}
    return [row for booking in visits.values() if policies for row in _plan_visit(list_visit(booking), policies)]


def plan_upcoming(after: str | None = None) -> str | None:
    """Plan a batch of the company's upcoming bookings anew, after its rules changed; gives the id after which to go on, None at the end."""
    upcoming = select(Booking.id).where(Booking.upcoming(), *([Booking.id > after] if after else ())).order_by(Booking.id)
    booking_ids = list(db.session.scalars(upcoming.limit(BATCH_SIZE)))
    plan_messages(booking_ids)
    return booking_ids[-1] if len(booking_ids) == BATCH_SIZE else None


def _plan_visit(visit: list[Booking], policies: MessagePolicies) -> list[Notification]:
    first = visit[0]
    plans = {plan.idempotency_key: plan for plan in _list_standing(first, policies)}
    pending = [row for row in lock_pending([f"booking:{booking.id}" for booking in visit]) if row.kind in KINDS and not is_resent(row)]
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
    if booking.status != "confirmed" or booking.starts_at <= now() or booking.customer_id is None or not _is_ours(booking):
        return []
    rules = policies.rules(booking.service_id)
    return [plan for kind in KINDS.values() for plan in kind.list_planned(booking, rules)]


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
