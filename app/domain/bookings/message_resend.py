"""Sends a message about a booking once more: the same kind, and only what still holds and would reach somebody."""

from collections.abc import Collection, Sequence

from flask_babel import force_locale
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings.message_writer import find_booking, get_scope, get_values
from app.domain.bookings.notifications import find_destination
from app.domain.bookings.self_service_links import create_link_url
from app.domain.notifications import delivery
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.notification_queue import NotificationDraft, build_resent_key, is_due_again, queue_notification
from app.domain.notifications.sender_accounts import list_set_up
from app.domain.notifications.validity import STATED_FIELDS, contradicts
from app.models import Booking, BookingChange, Company, Customer, Notification

# kinds that are written anew once their text is gone; a cancellation is sent again only while its own is there
REWRITTEN_KINDS = ("booking_link", "booking_confirmed", "booking_moved", "booking_reminder")


def list_resendable(rows: Collection[Notification]) -> set[str]:
    """List the ids of those of these messages that may be sent once more."""
    ended = [row for row in rows if row.subject.startswith("booking:") and row.reason != "opted_out" and _is_unanswered_end(row)]
    if not ended:
        return set()
    bookings = {row.id: row for row in db.session.scalars(select(Booking).where(Booking.id.in_({_get_id(row) for row in ended})))}
    changes: dict[str, list[BookingChange]] = {booking_id: [] for booking_id in bookings}
    for change in db.session.scalars(select(BookingChange).where(BookingChange.booking_id.in_(bookings))):
        changes[change.booking_id].append(change)
    keys = {build_resent_key(row) for row in ended}
    sent = set(db.session.scalars(select(Notification.idempotency_key).where(Notification.idempotency_key.in_(keys))))
    channels = list_set_up()
    return {
        row.id
        for row in ended
        if (booking := bookings.get(_get_id(row))) is not None
        and booking.starts_at > now()
        and (row.channel in channels or (row.channel == "none" and channels))
        and (is_due_again(row) or (row.kind in REWRITTEN_KINDS and build_resent_key(row) not in sent))
        and not contradicts(row, booking, changes[booking.id])
    }


def resend(row: Notification) -> Notification | None:
    """Send the message again, or, where its text is not kept, the same written anew; gives what leaves now, None where nothing does."""
    if row.id not in list_resendable([row]):
        return None
    reopened = delivery.resend(row.id)
    if reopened is not None and reopened.status == "pending":
        return reopened
    booking = find_booking(row)
    customer = db.session.get(Customer, booking.customer_id) if booking and booking.customer_id else None
    destination = find_destination(booking) if booking else None
    if booking is None or customer is None or destination is None or row.kind not in REWRITTEN_KINDS:
        return None
    title, body = _write(row.kind, booking, customer)
    key, until = build_resent_key(row), booking.starts_at
    draft = NotificationDraft(row.kind, row.subject, key, body, title, until, booking.branch_id, is_reply=True)
    written = queue_notification(draft, destination, customer_id=customer.id)
    return written if written.status == "pending" else None


def _write(kind: str, booking: Booking, customer: Customer) -> tuple[str, str]:
    company = db.session.get_one(Company, booking.company_id)
    with force_locale(customer.language or company.language):
        values = get_values(booking) | {"link": create_link_url(booking)}
        return render_message(_get_template(kind, booking), values, get_scope(booking))


def _get_template(kind: str, booking: Booking) -> str:
    match kind:
        case "booking_link":
            return "requested" if booking.status == "pending" else "booked"
        case "booking_moved":
            return "moved" if _is_latest_change_of_time(booking) else "reassigned"
        case "booking_reminder":
            return "reminder"
    return "confirmed"


def _is_latest_change_of_time(booking: Booking) -> bool:
    """Whether the latest change that was told is one of time or place; else somebody else does it."""
    changes = select(BookingChange).where(BookingChange.booking_id == booking.id).order_by(BookingChange.version.desc())
    told: Sequence[BookingChange] = db.session.scalars(changes).all()
    before = next((change.before for change in told if not STATED_FIELDS.isdisjoint(change.before or {})), None)
    return not {"starts_at", "branch_id"}.isdisjoint(before or {})


def _is_unanswered_end(row: Notification) -> bool:
    return row.status in ("dead", "not_set_up") or (row.status == "sent" and row.answered_at is None)


def _get_id(row: Notification) -> str:
    return row.subject.partition(":")[2]
