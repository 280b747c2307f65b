"""Writes the messages about bookings: their values, the reminder that leaves now, and the calendar file of a mail."""

from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from app.core.extensions import db
from app.domain.bookings.calendar_file import IcsEvent, build_ics
from app.domain.bookings.message_times import format_when
from app.domain.bookings.self_service_links import create_link_url
from app.domain.notifications.message_policies import load_message_policies
from app.domain.notifications.message_templates import render_message
from app.domain.notifications.sender_accounts import find_sender
from app.models import Booking, Branch, Company, Customer, Notification, Service, StaffMember
from app.providers.messaging.base import CalendarFile

# a code or a link to all appointments is about no entry of a calendar
KINDS_WITH_CALENDAR = ("booking_link", "booking_confirmed", "booking_moved", "booking_cancelled", "booking_reminder")


def write(row: Notification) -> tuple[str, str] | None:
    """Title and text of a reminder that leaves now, with a new link; None where the booking does not stand any more."""
    booking = _find_booking(row)
    if booking is None or not booking.is_active or not _is_still_due(row, booking):
        return None
    company, customer = db.session.get_one(Company, booking.company_id), db.session.get_one(Customer, row.customer_id)
    with force_locale(customer.language or company.language):
        return render_message("reminder", get_values(booking) | {"link": create_link_url(booking)})


def attach(row: Notification) -> CalendarFile | None:
    """The calendar file of the booking as it stands, for a mail; its SEQUENCE is the booking's version, which every change raises."""
    booking = _find_booking(row) if row.kind in KINDS_WITH_CALENDAR else None
    if booking is None:
        return None
    sender = find_sender("email")
    method = "CANCEL" if booking.status == "cancelled" else "REQUEST"
    return CalendarFile(method, build_ics(
        [build_event(booking)], name=db.session.get_one(Company, booking.company_id).name, method=method,
        organizer=sender.address if sender else "", attendee=row.recipient,
    ))  # fmt: skip


def build_event(booking: Booking, *, place: str | None = None) -> IcsEvent:
    """The entry for the whole visit, under the id of its first booking."""
    visit = list_visit(booking)
    service, company = db.session.get_one(Service, booking.service_id), db.session.get_one(Company, booking.company_id)
    return IcsEvent(
        visit[0].id, f"{service.name}, {company.name}", place or format_place(db.session.get_one(Branch, booking.branch_id)),
        visit[0].starts_at, visit[-1].ends_at, booking.updated_at, booking.version, cancelled=booking.status == "cancelled",
    )  # fmt: skip


def get_values(booking: Booking) -> dict[str, Any]:
    """The values of its templates, in the language that is set; the link is the caller's to make, since each is stored."""
    return {
        "company": db.session.get_one(Company, booking.company_id).name,
        "what": db.session.get_one(Service, booking.service_id).name,
        "when": format_when(booking.starts_at, booking.timezone),
        "where": db.session.get_one(Branch, booking.branch_id).name,
        "who": db.session.get_one(StaffMember, booking.staff_id).name,
    }


def list_visit(booking: Booking) -> list[Booking]:
    """The bookings of one visit, in order."""
    if not booking.visit_id:
        return [booking]
    return list(db.session.scalars(select(Booking).where(Booking.visit_id == booking.visit_id).order_by(Booking.starts_at, Booking.id)))


def format_place(branch: Branch) -> str:
    street = ", ".join(filter(None, (branch.street, " ".join(filter(None, (branch.postcode, branch.city))))))
    return street or branch.name


def _is_still_due(row: Notification, booking: Booking) -> bool:
    """Whether the rules still know the reminder, by the minutes at the end of its key; they may have changed since it was planned."""
    minutes = int(row.idempotency_key.rpartition(":")[2])
    return any(rule.minutes == minutes for rule in load_message_policies().rules(booking.service_id).reminders)


def _find_booking(row: Notification) -> Booking | None:
    kind, _colon, booking_id = row.subject.partition(":")
    return db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if kind == "booking" else None
