"""Takes in what others booked in a calendar elsewhere: as a booking of ours, unless it is one already or its time is taken here."""

from datetime import datetime

from sqlalchemy import select

from app.core import phone
from app.core.clock import now
from app.core.errors import AppError, InvalidInput
from app.core.extensions import db
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.create import create_booking
from app.domain.calendar_sync import state as standing
from app.domain.calendar_sync.mapping import load_mappings, person_of
from app.domain.calendar_sync.state import BY_CALENDAR
from app.domain.customers.contacts import find_or_create
from app.domain.customers.name_matching import is_same_name
from app.domain.scheduling.types import VisitPart
from app.domain.tasks.lifecycle import make_task
from app.models import Booking, BookingSync, CalendarMapping, Connection, Customer
from app.models.booking import ACTIVE_STATUSES
from app.providers.calendar.base import AttendeeContact, RemoteBooking

NAMELESS = "Ohne Namen"


def take_in(connection: Connection, there: RemoteBooking) -> str:
    """made, linked (it stood here too, unconnected), refused (a task asks the desk), unmapped, or none for what is over."""
    mapping = load_mappings(connection.id).inward(there.event_type, there.hosts)
    if mapping is None:
        standing.name(connection.id, there.uid, "unmapped")
        return "unmapped"
    if there.starts_at is None or (there.ends_at or there.starts_at) <= now():
        return "none"
    person = person_of(mapping, there.hosts)
    booking = _twin(there, there.starts_at, mapping, person)
    word = "linked" if booking else "made"
    if booking is None:
        try:
            with db.session.begin_nested():
                booking = _book(there, there.starts_at, mapping, person)
        except AppError as refused:
            return _refuse(connection, there, there.starts_at, mapping, refused)
    sync = _sync_for(booking, connection)
    standing.stand(sync, there)
    standing.agree(sync, booking, there)
    standing.be_in_step(sync, booking)
    return word


def _book(there: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, person: str | None) -> Booking:
    customer = _customer(there.contact)
    order = BookingRequest(
        (VisitPart(mapping.service_id, person),), starts_at, mapping.branch_id, "calcom", BY_CALENDAR,
        customer_id=customer.id if customer else None, notes=there.notes, ignore_rules=True, source_ref=f"calcom:{there.uid}"[:128],
    )  # fmt: skip
    return create_booking(order)


def _sync_for(booking: Booking, connection: Connection) -> BookingSync:
    known = db.session.scalars(select(BookingSync).where(BookingSync.booking_id == booking.id)).first()
    if known is not None:
        return known
    sync = BookingSync(booking_id=booking.id, connection_id=connection.id, action="make", version=booking.version, status="synced")
    db.session.add(sync)
    db.session.flush()
    return sync


def _twin(there: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, person: str | None) -> Booking | None:
    """The same appointment, written into both calendars by hand before they were connected."""
    rows = db.session.execute(
        select(Booking, BookingSync.uid)
        .outerjoin(BookingSync, BookingSync.booking_id == Booking.id)
        .where(Booking.starts_at == starts_at, Booking.service_id == mapping.service_id, Booking.status.in_(ACTIVE_STATUSES))
        .order_by(Booking.id)
    ).all()
    for booking, uid in rows:
        if uid is None and person in (None, booking.staff_id) and booking.session_id is None and _is_same(booking, there.contact):
            return booking
    return None


def _is_same(booking: Booking, contact: AttendeeContact | None) -> bool:
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    if customer is None or contact is None:
        return False
    if customer.name and contact.name:
        return is_same_name(customer.name, contact.name)
    return any(identity.value in (contact.email, _number(contact)) for identity in customer.identities)


def _customer(contact: AttendeeContact | None) -> Customer | None:
    """Who comes; a way to reach them that we cannot use is left out."""
    if contact is None:
        return None
    who = contact.name or NAMELESS
    for email in (contact.email, None):
        try:
            return find_or_create(who, number=_number(contact), email=email)
        except InvalidInput:
            continue
    return None


def _number(contact: AttendeeContact) -> str | None:
    number = phone.normalise(contact.phone, source="e164") if contact.phone else None
    return number.e164 if number and number.valid else None


def _refuse(connection: Connection, there: RemoteBooking, starts_at: datetime, mapping: CalendarMapping, refused: AppError) -> str:
    """It stands there and cannot stand here: whoever is at the desk calls one of the two."""
    row = standing.name(connection.id, there.uid, "refused")
    who = there.contact.name if there.contact else NAMELESS
    zone = there.contact.zone if there.contact else "Europe/Berlin"
    reached = [way for way in (there.contact.phone, there.contact.email) if way] if there.contact else []
    task = make_task(
        "check_booking",
        f"Termin klären: {who}, {standing.in_words(starts_at, zone)}: im anderen Kalender gebucht, hier nicht frei",
        source_ref=f"calendar:{row.uid}"[:128],
        reason="no_room_here",
        details="\n".join([refused.message, *reached]),
        due_at=now(),
    )
    task.branch_id = task.branch_id or mapping.branch_id
    return "refused"
