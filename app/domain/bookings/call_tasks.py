"""Tasks to call customers on a landline whom no message reaches: one for an appointment, kept in line with it, closed when it ends."""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import force_locale, gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.phone import display, may_be_called_back, may_receive_sms
from app.domain.bookings.customers_known_state import get_known_state, matches
from app.domain.bookings.message_time_format import format_when
from app.domain.notifications.message_kinds import get_kind
from app.domain.notifications.message_policies import load_message_policies
from app.domain.tasks.lifecycle import complete_task, create_task
from app.events import TaskUpdated
from app.models import Booking, BookingChange, Company, Customer, Notification, Service, StaffTask

KIND = "call_customer"
DUE_AFTER = timedelta(hours=4)
BATCH_SIZE = 200
MAX_TITLE_LENGTH = 200


def ask_about_message(notification_id: str) -> StaffTask | None:
    """Ask for the call in place of a message that reached nobody; None where it is not wanted, or has become untrue."""
    row = db.session.get_one(Notification, notification_id)
    kind = get_kind(row.kind)
    subject, _colon, booking_id = row.subject.partition(":")
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if subject == "booking" else None
    if booking is None or kind.call_reason is None or (booking.status == "cancelled") != kind.announces_cancellation:
        return None
    return _ask(booking, kind.call_reason) if booking.starts_at > now() else None


def follow_change(booking: Booking, change: BookingChange, *, must_call: bool, is_reached: bool) -> None:
    """Ask for a call about the change where one must be made, and bring an open task in line with it."""
    task = _find_open(booking)
    if task is None:
        if must_call:
            _ask(booking, change.action)
    elif is_reached or _is_settled(booking, change, task):
        complete_task(task.id, branch_ids=[])
    else:
        _update(task, booking, change.action)


def close_cancelled(booking_ids: Iterable[str]) -> None:
    """Close the open tasks about those of these bookings that do not stand any more; one task tells of all of them."""
    for booking in db.session.scalars(select(Booking).where(Booking.id.in_(list(booking_ids)), ~Booking.active())):
        if (task := _find_open(booking)) is not None:
            complete_task(task.id, branch_ids=[])


def close_ended() -> int:
    """Close the open tasks of the current company whose appointment is over; returns their number."""
    tasks = list(db.session.scalars(select(StaffTask).where(StaffTask.kind == KIND, StaffTask.status == "open").limit(BATCH_SIZE)))
    ended = select(Booking.id).where(Booking.id.in_({_get_booking_id(task) for task in tasks}), Booking.ends_at <= now())
    ended_ids = set(db.session.scalars(ended)) if tasks else set()
    closed = [complete_task(task.id, branch_ids=[]) for task in tasks if _get_booking_id(task) in ended_ids]
    return len(closed)


def list_companies_with_tasks() -> list[str]:
    """List the companies that have such tasks open; inside unscoped()."""
    statement = select(StaffTask.company_id).where(StaffTask.kind == KIND, StaffTask.status == "open")
    return sorted(set(db.session.scalars(statement)))


def find_landline(booking: Booking) -> str | None:
    """Find the number to call: a landline that was given for this booking, else one on record."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    recorded = [identifier.value for identifier in customer.identifiers if identifier.kind == "phone"] if customer else []
    numbers = [booking.contact_phone, *recorded]
    return next((number for number in numbers if number and may_be_called_back(number) and not may_receive_sms(number)), None)


def _ask(booking: Booking, action: str) -> StaffTask | None:
    if not load_message_policies().rules().call_tasks or find_landline(booking) is None:
        return None
    if (task := _find_open(booking)) is not None:
        _update(task, booking, action)
        return task
    # one call for all reminders of a start, and one for each change
    cause = int(booking.starts_at.timestamp()) if action == "reminder" else booking.version
    title, details = _write(booking, action)
    due_at = min(now() + DUE_AFTER, booking.starts_at)
    return create_task(KIND, title, source_ref=f"{KIND}:{booking.id}:{action}:{cause}", details=details, due_at=due_at, booking=booking)


def _update(task: StaffTask, booking: Booking, action: str) -> None:
    _kind, _id, asked, cause = (task.source_ref or "").split(":")
    if asked == "reminder" and booking.is_active and cause == str(int(booking.starts_at.timestamp())):
        action = asked
    task.title, task.details = _write(booking, action)
    task.due_at = min(task.due_at or booking.starts_at, booking.starts_at)
    db.session.flush()
    publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))


def _is_settled(booking: Booking, change: BookingChange, task: StaffTask) -> bool:
    """Whether there is nothing to call about any more: the customer cancelled or came, or it is again as they know it."""
    if not booking.is_active:
        return booking.status != "cancelled" or change.actor_type == "caller"
    _kind, _id, asked, cause = (task.source_ref or "").split(":")
    return asked == "moved" and matches(booking, get_known_state(booking, int(cause)))


def _find_open(booking: Booking) -> StaffTask | None:
    tasks = select(StaffTask).where(StaffTask.source_ref.startswith(f"{KIND}:{booking.id}:"), StaffTask.status == "open")
    return db.session.scalars(tasks.order_by(StaffTask.id.desc()).with_for_update()).first()


def _get_booking_id(task: StaffTask) -> str:
    return (task.source_ref or "::").split(":")[1]


def _write(booking: Booking, action: str) -> tuple[str, str]:
    """Title and details, in the company's language."""
    company, number = db.session.get_one(Company, booking.company_id), find_landline(booking)
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    service = db.session.get_one(Service, booking.service_id)
    with force_locale(company.language):
        who = (customer.name if customer else None) or display(number or "")
        when = format_when(booking.starts_at, booking.timezone)
        titles = {
            "reminder": _("Anrufen: %(who)s, Erinnerung an den Termin am %(when)s", who=who, when=when),
            "moved": _("Anrufen: %(who)s, Termin verschoben auf %(when)s", who=who, when=when),
            "cancelled": _("Anrufen: %(who)s, Termin am %(when)s abgesagt", who=who, when=when),
        }
        title = titles.get(action) or _("Anrufen: %(who)s, Termin am %(when)s bestätigt", who=who, when=when)
        reason = _("Keine Nachricht erreicht diesen Anschluss.")
    return title[:MAX_TITLE_LENGTH], "\n".join(filter(None, (service.name, display(number) if number else None, reason)))
