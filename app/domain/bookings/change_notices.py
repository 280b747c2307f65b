"""Messages to customers about bookings that were moved, cancelled or confirmed; what a change makes untrue is withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import force_locale, gettext as _
from sqlalchemy import and_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings import call_tasks
from app.domain.bookings.customers_known_state import get_known_state, matches
from app.domain.bookings.message_time_format import format_when, get_time_values
from app.domain.bookings.message_writer import get_scope, get_values, offer_new_date
from app.domain.bookings.notifications import find_destination, queue_link
from app.domain.bookings.self_service_links import create_link_url
from app.domain.bookings.status import get_rules
from app.domain.notifications.message_kinds import PLANNED_KINDS
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import (
    NotificationDraft,
    is_resent,
    list_notifications,
    queue_notification,
    withdraw_pending,
)
from app.domain.notifications.sender_accounts import is_set_up
from app.domain.notifications.validity import changes_statement
from app.models import Booking, BookingChange, Company, Customer, Notification
from app.providers.messaging.base import Channel

# a change by staff can be undone this long before the customer is notified
UNDO_WINDOW = timedelta(seconds=60)
KIND_BY_ACTION = {"moved": "booking_moved", "cancelled": "booking_cancelled", "confirmed": "booking_confirmed"}


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A visit, by its first booking, with its latest change; `booking_ids` are all that changed with it, `other_count` further visits."""

    booking: Booking
    change: BookingChange
    booking_ids: tuple[str, ...]
    other_count: int = 0
    notify: bool | None = None

    @property
    def idempotency_key(self) -> str:
        return build_change_key(self.change)


def build_change_key(change: BookingChange) -> str:
    """The idempotency key of the message about a change."""
    return f"{change.action}:{change.booking_id}:{change.version}"


def queue_change_notices(bookings: Mapping[str, bool | None]) -> list[Notification]:
    """Queue the messages about bookings that have just been changed: one a visit, and one for a cancelled series.

    The values say whether the customer is told, None: by the company's rules.
    """
    return [row for notice in _load_notices(bookings) if (row := _notify(notice)) is not None]


def _load_notices(bookings: Mapping[str, bool | None]) -> list[ChangeNotice]:
    latest = (
        select(Booking, BookingChange)
        .join(BookingChange, and_(BookingChange.booking_id == Booking.id, BookingChange.version == Booking.version))
        .where(Booking.id.in_(bookings))
        .order_by(Booking.starts_at, Booking.id)
    )
    visits: dict[str, list[tuple[Booking, BookingChange]]] = {}
    for booking, change in db.session.execute(latest):
        visits.setdefault(booking.occupant, []).append((booking, change))
    groups: dict[str, list[list[tuple[Booking, BookingChange]]]] = {}
    for visit in visits.values():
        booking, change = visit[0]
        is_series = booking.series_id and change.action == "cancelled"
        groups.setdefault(booking.series_id or "" if is_series else booking.id, []).append(visit)
    return [
        ChangeNotice(
            *group[0][0],
            booking_ids=tuple(booking.id for visit in group for booking, _change in visit),
            other_count=len(group) - 1,
            notify=bookings[group[0][0][0].id],
        )
        for group in groups.values()
    ]


def _notify(notice: ChangeNotice) -> Notification | None:
    """Withdraw the pending messages that the change makes untrue, and queue the one that replaces them."""
    booking, change = notice.booking, notice.change
    if not changes_statement(change):
        return None
    withdrawn = withdraw_pending([f"booking:{booking_id}" for booking_id in notice.booking_ids])
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    destination = find_destination(booking)
    is_reached = destination is not None and is_set_up(destination[0])
    must_call = not is_reached and booking.starts_at > now() and change.actor_type != "caller" and _is_enabled(notice)
    call_tasks.follow_change(booking, change, must_call=must_call, is_reached=is_reached and _is_enabled(notice))
    call_tasks.close_cancelled(booking_id for booking_id in notice.booking_ids if booking_id != booking.id)
    if customer is None or booking.starts_at <= now() or destination is None:
        return None
    row = _queue_change_notice(notice, customer, destination, withdrawn)
    return row or (_confirm_anew(notice, customer, withdrawn) if is_reached else None)


def _queue_change_notice(
    notice: ChangeNotice, customer: Customer, destination: tuple[Channel, str], withdrawn: list[Notification]
) -> Notification | None:
    booking, change = notice.booking, notice.change
    unsent_move = next((row for row in withdrawn if row.kind == "booking_moved" and not is_resent(row)), None)
    # an attempt without a response: the state known to the customer is uncertain
    rows = list_notifications(f"booking:{booking.id}")
    is_uncertain = any(row.first_sent_at and row.status != "sent" and row.kind not in PLANNED_KINDS for row in rows)
    known_state = get_known_state(booking, _get_version(unsent_move)) if unsent_move and not is_uncertain else change.before or {}
    if not _is_enabled(notice) or (change.action == "moved" and not is_uncertain and matches(booking, known_state)):
        return None
    company = db.session.get_one(Company, booking.company_id)
    known_start = datetime.fromisoformat(known_state["starts_at"]) if "starts_at" in known_state else booking.starts_at
    with force_locale(customer.language or company.language):
        title, body = _build_texts(notice, known_state, known_start)
    letter = NotificationDraft(
        KIND_BY_ACTION[change.action], f"booking:{booking.id}", notice.idempotency_key, body, title, booking.starts_at, booking.branch_id,
        is_reply=change.actor_type == "caller", appointment_at=known_start if change.action == "cancelled" else None,
    )  # fmt: skip
    wait = UNDO_WINDOW if change.actor_type == "user" and change.action == "moved" else timedelta(0)
    return queue_notification(letter, destination, customer_id=customer.id, delay=wait)


def _confirm_anew(notice: ChangeNotice, customer: Customer, withdrawn: list[Notification]) -> Notification | None:
    """A confirmation that the customer never got is queued again with what is true now; None where there is none to replace."""
    booking, confirmations = notice.booking, ("booking_link", "booking_confirmed")
    if not booking.is_active:
        return None
    rows = [row for row in list_notifications(f"booking:{booking.id}") if row.kind not in PLANNED_KINDS or row.status == "sent"]
    was_told = any(row.status in ("sent", "pending") for row in rows)
    was_withdrawn = any(row.kind in confirmations and row.reason == "overtaken" for row in rows)
    if any(row.kind in confirmations for row in withdrawn) or (was_withdrawn and not was_told):
        cause = f"booked:{booking.id}:{notice.change.version}"
        return queue_link(booking, customer, cause=cause, is_reply=notice.change.actor_type == "caller")
    return None


def _is_enabled(notice: ChangeNotice) -> bool:
    booking, change = notice.booking, notice.change
    if change.action not in KIND_BY_ACTION or booking.source == "simulator":
        return False
    if change.action == "confirmed" and (change.before or {}).get("status") != "pending":
        return False
    if notice.notify is not None:
        return notice.notify
    rules = get_rules(booking)
    if change.actor_type == "program":
        return rules.notify_program_changes
    if change.actor_type == "calendar" or booking.source == "calcom":
        return rules.notify_calendar_changes
    return rules.notify_self_service_changes if change.actor_type == "caller" else rules.notify_staff_changes


def _get_version(withdrawn: Notification) -> int:
    """Get the version of the change that a withdrawn message was about."""
    return int(withdrawn.idempotency_key.rpartition(":")[2])


def _build_texts(notice: ChangeNotice, known_state: dict[str, str], known_start: datetime) -> tuple[str, str]:
    """Title and text, in the language that is set."""
    booking, action = notice.booking, notice.change.action
    values, scope = get_values(booking), get_scope(booking)
    if action == "cancelled":
        values |= get_time_values(known_start, booking.timezone)
        values |= {"count": notice.other_count + 1, "rebook": offer_new_date(booking.branch_id)}
        return render_message("series_cancelled" if notice.other_count else "cancelled", values, scope)
    values["link"] = create_link_url(booking)
    if action == "confirmed":
        return render_message("confirmed", values, scope)
    values["instead"] = None if known_start == booking.starts_at else _("statt %(when)s", when=format_when(known_start, booking.timezone))
    is_same_time = known_start == booking.starts_at and "branch_id" not in known_state
    return render_message("reassigned" if is_same_time else "moved", values, scope)
