"""Functions about appointments: book_appointment, query_appointments, reschedule_appointment, cancel_appointment."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.tools.argument_parsing import Visit, asks_for, moment_of, read_branch, read_time_of, read_visit
from app.domain.agents.tools.booking_lookup import heard_bookings, meant_booking, order_for, refusal_of, told_data, told_extents
from app.domain.agents.tools.caller_identity import contact_of, person_for
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.holds import find_hold
from app.domain.agents.tools.phrasing import Names, bookings_data, say_booking, say_when
from app.domain.agents.tools.registry import Arguments, tool
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.agents.tools.verification_fallbacks import refusal
from app.domain.bookings.cancel import cancel_booking, terms_of
from app.domain.bookings.create import make_booking
from app.domain.bookings.errors import BookingRefused
from app.domain.bookings.reschedule import move_booking
from app.domain.customers.name_matching import same_name
from app.domain.language.spoken_format import all_of, say_price
from app.domain.scheduling.types import VisitPart
from app.domain.services.matching import get_person
from app.models import Booking, Branch, Customer, Hold
from app.models.booking import ACTIVE_STATUSES


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
    return Visit(tuple(VisitPart(part["service_id"], part["staff_id"]) for part in hold.parts), branch), hold.starts_at


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
        Booking.status.in_(ACTIVE_STATUSES),
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


class Cancellation(Arguments):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")
    time: str | None = Field(None, description="The time of the booking, as said.")
    reason: str | None = Field(None, description="Why, if the caller said so.")


@tool("cancel_appointment", Cancellation, effect=True)
def cancel_appointment(situation: Situation, given: Cancellation) -> Answer:
    """Cancels an appointment of the caller. Only say that it is cancelled when this answers ok."""
    booking = meant_booking(situation, "cancel", booking_id=given.booking_id, date=given.date, time=given.time)
    fee_cents = terms_of(booking).fee_cents if booking.is_standing else 0
    booking = cancel_booking(booking.id, situation.by, why=given.reason)
    say = _("Ihr Termin ist abgesagt.")
    if booking.id in told_extents(situation, [booking]):
        say = _("Ihr Termin %(when)s ist abgesagt.", when=say_booking(situation, booking))
    if fee_cents:
        price = say_price(fee_cents, situation.language)
        say = _("%(done)s, für die kurzfristige Absage werden %(price)s berechnet.", done=say.rstrip("."), price=price)
    return done(say, booking_id=booking.id, status=booking.status, **({"fee_cents": fee_cents} if fee_cents else {}))


@tool("query_appointments")
def query_appointments(situation: Situation, _given: Arguments) -> Answer:
    """Lists the appointments ahead that the caller may hear of; otherwise tells what they must say first, and what else can be done."""
    if not situation.content.tells("appointments"):
        return refused("not_allowed", _("Über Termine darf ich am Telefon keine Auskunft geben."), bookings=[])
    ahead = heard_bookings(situation)
    if not ahead and not situation.caller.hears_all:
        raise refusal(situation, situation.caller.needed_to_hear_all)
    if not ahead:
        return done(_("Ich finde keinen Termin für Sie."), bookings=[])
    said = all_of([say_booking(situation, booking) for booking in ahead], situation.language)
    say = _("Ihr nächster Termin ist %(times)s.", times=said) if len(ahead) == 1 else _("Ihre nächsten Termine sind %(times)s.", times=said)
    return done(say, bookings=told_data(situation, ahead))


class Move(Arguments):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The present day of the booking, as said.")
    new_date: str | None = Field(None, description="The new day, as said or as YYYY-MM-DD.")
    new_time: str | None = Field(None, description="The new time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Another person, if the caller wants one.")


@tool("reschedule_appointment", Move, effect=True)
def reschedule_appointment(situation: Situation, given: Move) -> Answer:
    """Moves an appointment of the caller. Only say that it is moved when this answers ok."""
    if given.new_date is None and given.new_time is None and given.staff is None:
        return refused("missing", asks_for("new_date"), fields=["new_date", "new_time"])
    booking = meant_booking(situation, "change", booking_id=given.booking_id, date=given.date)
    if booking.id not in told_extents(situation, [booking]) and (missing := _unsaid(situation, given)):
        # what stays as it is would be told with the new time
        return refused("missing", asks_for(missing[0]), fields=missing)
    starts_at = _new_start(situation, booking, given)
    if starts_at < now():
        return refused("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    person = get_person(given.staff, branch_id=booking.branch_id) if given.staff else None
    try:
        moved = move_booking(booking.id, situation.by, starts_at=starts_at, staff_id=person.id if person else None)
    except BookingRefused as error:
        visit = Visit((VisitPart(booking.service_id, booking.staff_id),), read_branch(situation, booking.branch_id))
        return refusal_of(situation, visit, error, starts_at)
    when, who = say_booking(situation, moved), Names(staff={moved.staff_id}).staff.get(moved.staff_id, "")
    if person or told_extents(situation, [moved])[moved.id] == "all":
        say = _("Ihr Termin ist jetzt %(when)s bei %(who)s.", when=when, who=who)
    else:
        say = _("Ihr Termin ist jetzt %(when)s.", when=when)
    return done(say, **told_data(situation, [moved])[0])


def _unsaid(situation: Situation, given: Move) -> list[str]:
    """What the words do not name: "nächsten Freitag um halb drei" names both, "zur gleichen Zeit" nothing."""
    when = read_time_of(situation, date=given.new_date, time=given.new_time)
    return [name for name, known in (("new_date", when.day), ("new_time", when.at)) if known is None]


def _new_start(situation: Situation, booking: Booking, given: Move) -> datetime:
    """Day and time as said; the one that was not said stays as it is."""
    local = situation.local(booking.starts_at, booking.zone)
    when = read_time_of(situation, date=given.new_date, time=given.new_time, zone=booking.zone)
    if when.day is None and not when.names_a_day:
        when = read_time_of(situation, date=local.date().isoformat(), time=given.new_time or local.strftime("%H:%M"), zone=booking.zone)
    elif when.at is None and not when.names_a_time:
        when = read_time_of(situation, date=given.new_date, time=local.strftime("%H:%M"), zone=booking.zone)
    return moment_of(situation, when, booking.zone)
