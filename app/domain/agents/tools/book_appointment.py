"""book_appointment: books, once, whatever is repeated."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.callers import contact_of, person_for
from app.domain.agents.ordering import order_for, refusal_of
from app.domain.agents.situation import Situation
from app.domain.agents.telling import Names, bookings_data, say_when
from app.domain.agents.toolbox import Arguments, tool
from app.domain.agents.tools.release_hold import find_hold
from app.domain.agents.wanting import Visit, asks_for, moment_of, read_time_of, read_visit
from app.domain.bookings.making import make_booking
from app.domain.bookings.refusing import BookingRefused
from app.domain.calendar.facts import Part
from app.domain.customers.naming import same_name
from app.models import Booking, Branch, Customer, Hold
from app.models.booking import STANDING


class NewBooking(Arguments):
    service: str | None = Field(None, description="What is wanted, in the caller's words.")
    date: str | None = Field(None, description="The day, as said or as YYYY-MM-DD.")
    time: str | None = Field(None, description="The time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Who it should be with, if the caller said so.")
    branch: str | None = Field(None, description="Another branch than the one that was called.")
    name: str | None = Field(None, description="For whom: the full name.")
    phone: str | None = Field(None, description="Another number than the one that calls.")
    email: str | None = Field(None, description="An e-mail address, if one was given.")
    notes: str | None = Field(None, description="What the business should know about the visit.")
    hold: str | None = Field(None, description="The hold that hold_slot gave, if a time was kept.")


@tool("book_appointment", NewBooking, effect=True)
def book_appointment(situation: Situation, given: NewBooking) -> Answer:
    """Books the appointment. Only say that it is booked when this answers ok."""
    hold = find_hold(situation, given.hold) if given.hold else None
    needed = ("name",) if hold else ("service", "date", "time", "name")
    missing = [field for field in given.missing(*needed) if field != "time" or not _has_time(situation, given)]
    if missing:
        return refused("missing", asks_for(missing[0]), fields=missing)
    visit, starts_at = _held(situation, hold) if hold else _asked(situation, given)
    if booked := _booked_already(situation, visit, starts_at, given.name or ""):
        return _told(situation, booked)
    if starts_at < now():
        return refused("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    contact = contact_of(situation, phone=given.phone, email=given.email)
    kept = hold if hold and hold.status == "open" and hold.expires_at > now() else _own_hold(situation, visit, starts_at)
    try:
        # a refusal leaves no new customer behind
        with db.session.begin_nested():
            customer = person_for(situation, given.name or "", contact)
            order = order_for(situation, visit, starts_at, customer=customer, contact=contact, notes=given.notes)
            booking = make_booking(order, hold=kept)
    except BookingRefused as error:
        return refusal_of(situation, visit, error, starts_at)
    return _told(situation, booking)


def _asked(situation: Situation, given: NewBooking) -> tuple[Visit, datetime]:
    visit = read_visit(situation, given.service, given.staff, given.branch)
    when = read_time_of(situation, date=given.date, time=given.time, zone=visit.branch.zone)
    return visit, moment_of(situation, when, visit.branch.zone)


def _held(situation: Situation, hold: Hold) -> tuple[Visit, datetime]:
    branch = db.session.scalars(select(Branch).where(Branch.id == hold.branch_id)).one()
    return Visit(tuple(Part(part["service_id"], part["staff_id"]) for part in hold.parts), branch), hold.starts_at


def _own_hold(situation: Situation, visit: Visit, starts_at: datetime) -> Hold | None:
    """The time that this call has kept for just this: it must not stand in its own way."""
    wanted = select(Hold).where(
        Hold.call_id == situation.call.id, Hold.status == "open", Hold.expires_at > now(), Hold.starts_at == starts_at,
        Hold.branch_id == visit.branch.id,
    )  # fmt: skip
    return db.session.scalars(wanted).first()


def _has_time(situation: Situation, given: NewBooking) -> bool:
    """ "nächsten Freitag um halb drei" names both."""
    return given.date is not None and read_time_of(situation, date=given.date, time=None).at is not None


def _booked_already(situation: Situation, visit: Visit, starts_at: datetime, name: str) -> Booking | None:
    """The booking that this call has made of just this: an answer may have been lost on its way."""
    wanted = select(Booking).where(
        Booking.call_id == situation.call.id, Booking.starts_at == starts_at, Booking.service_id == visit.parts[0].service_id,
        Booking.status.in_(STANDING),
    )  # fmt: skip
    for booking in db.session.scalars(wanted.order_by(Booking.id)):
        customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
        if customer is not None and customer.name and same_name(name, customer.name):
            return booking
    return None


def _told(situation: Situation, booking: Booking) -> Answer:
    told = bookings_data(situation, [booking])[0]
    when = say_when(situation, booking.starts_at, booking.zone)
    who = Names(staff={booking.staff_id}).staff.get(booking.staff_id, "")
    say = (
        _("Ihr Termin %(when)s bei %(who)s ist vorgemerkt und wird noch bestätigt.", when=when, who=who)
        if booking.status == "pending"
        else _("Ihr Termin %(when)s bei %(who)s ist eingetragen.", when=when, who=who)
    )
    return done(say, **told)
