"""Imports events of the external calendar as bookings, unless they are bookings already or their time is taken here."""

from datetime import datetime

from sqlalchemy import select

from app.core import email_address, phone
from app.core.clock import now
from app.core.errors import AppError, InvalidInput
from app.core.extensions import db
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking
from app.domain.calendar_sync import state
from app.domain.calendar_sync.inbound_result import ChangeResult
from app.domain.calendar_sync.mapping import find_staff_id, load_mappings
from app.domain.calendar_sync.state import BY_CALENDAR
from app.domain.customers.contacts import find_or_create
from app.domain.customers.name_matching import is_same_name
from app.domain.scheduling.types import VisitPart
from app.domain.tasks.lifecycle import create_task
from app.models import Booking, BookingSync, Branch, CalendarMapping, Company, Connection, Customer
from app.providers.calendar.base import AttendeeContact, RemoteBooking

UNNAMED = "Ohne Namen"


def import_booking(connection: Connection, remote: RemoteBooking, *, is_old: bool = False) -> ChangeResult:
    """Create or link the booking; skip past events, and create a task for the front desk if the time is taken.

    `is_old`: it was made there long before.
    """
    mapping = load_mappings(connection.id).find_inbound(remote.event_type, remote.hosts)
    if mapping is None:
        state.record_external_event(connection.id, remote.uid, "unmapped")
        return ChangeResult.UNMAPPED
    if remote.starts_at is None or (remote.ends_at or remote.starts_at) <= now():
        return ChangeResult.NOTHING_TO_DO
    staff_id = find_staff_id(mapping, remote.hosts)
    booking = _find_duplicate(remote, remote.starts_at, mapping, staff_id)
    result = ChangeResult.LINKED if booking else ChangeResult.CREATED
    if booking is None:
        try:
            with db.session.begin_nested():
                booking = _create_booking(remote, remote.starts_at, mapping, staff_id, is_old=is_old)
        except AppError as rejection:
            return _reject(connection, remote, remote.starts_at, mapping, rejection)
    sync = _find_or_create_sync(booking, connection)
    state.link(sync, remote)
    state.confirm_status(sync, booking, remote)
    state.mark_synced(sync, booking)
    return result


def _create_booking(remote: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, staff_id: str | None, *, is_old: bool) -> Booking:
    customer = _find_or_create_customer(remote.contact)
    order = BookingRequest(
        (VisitPart(mapping.service_id, staff_id),), starts_at, mapping.branch_id, "calcom", BY_CALENDAR,
        customer_id=customer.id if customer else None, notes=_add_unreadable_contact(remote), ignore_rules=True,
        source_ref=f"calcom:{remote.uid}"[:128], is_imported=is_old,
    )  # fmt: skip
    return create_booking(order)


def _find_or_create_sync(booking: Booking, connection: Connection) -> BookingSync:
    existing = db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking.id)).first()
    if existing is not None:
        return existing
    sync = BookingSync(booking_id=booking.id, connection_id=connection.id, action="create", version=booking.version, status="synced")
    db.session.add(sync)
    db.session.flush()
    return sync


def _find_duplicate(remote: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, staff_id: str | None) -> Booking | None:
    """The same appointment, entered by hand in both calendars before they were connected."""
    rows = db.session.execute(
        select(Booking, BookingSync.uid)
        .outerjoin(BookingSync, BookingSync.booking_id == Booking.id)
        .where(Booking.starts_at == starts_at, Booking.service_id == mapping.service_id, Booking.active())
        .order_by(Booking.id)
    ).all()
    for booking, uid in rows:
        is_free = uid is None and booking.session_id is None
        if is_free and staff_id in (None, booking.staff_id) and _is_same_customer(booking, remote.contact):
            return booking
    return None


def _is_same_customer(booking: Booking, contact: AttendeeContact | None) -> bool:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    if customer is None or contact is None:
        return False
    if customer.name and contact.name:
        return is_same_name(customer.name, contact.name)
    return any(identifier.value in (contact.email, _to_e164(contact)) for identifier in customer.identifiers)


def _find_or_create_customer(contact: AttendeeContact | None) -> Customer | None:
    """The attendee; contact details that cannot be read stand in the notes instead."""
    if contact is None:
        return None
    who = contact.name or UNNAMED
    for email in (contact.email, None):
        try:
            return find_or_create(who, number=_to_e164(contact), email=email)
        except InvalidInput:
            continue
    return None


def _add_unreadable_contact(remote: RemoteBooking) -> str | None:
    """The notes, with what was entered as number or address and is neither: for the desk to ask."""
    contact = remote.contact
    number = contact.phone if contact and contact.phone and not _to_e164(contact) else None
    email = contact.email if contact and contact.email and email_address.normalise(contact.email) is None else None
    return "\n".join(filter(None, (remote.notes, number, email))) or None


def _to_e164(contact: AttendeeContact) -> str | None:
    number = phone.normalise(contact.phone, source="e164") if contact.phone else None
    return number.e164 if number and number.valid else None


def _reject(
    connection: Connection, remote: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, rejection: AppError
) -> ChangeResult:
    """Mark the event as refused for lack of a free slot, and create a task for the front desk to call one of the two customers."""
    row = state.record_external_event(connection.id, remote.uid, "refused")
    who = remote.contact.name if remote.contact else UNNAMED
    timezone = _get_timezone(mapping)
    reached = [way for way in (remote.contact.phone, remote.contact.email) if way] if remote.contact else []
    task = create_task(
        "check_booking",
        f"Termin klären: {who}, {state.format_time(starts_at, timezone)}: im anderen Kalender gebucht, hier nicht frei",
        source_ref=f"calendar:{row.uid}"[:128],
        reason="no_room_here",
        details="\n".join([rejection.message, *reached]),
        due_at=now(),
    )
    task.branch_id = task.branch_id or mapping.branch_id
    return ChangeResult.NO_ROOM


def _get_timezone(mapping: CalendarMapping) -> str:
    """The clock by which the desk finds the time: the branch's, or the company's for a mapping of all branches."""
    if mapping.branch_id:
        return db.session.scalars(select(Branch.timezone).where(Branch.id == mapping.branch_id)).one()
    return db.session.scalars(select(Company.timezone).where(Company.id == mapping.company_id)).one()
