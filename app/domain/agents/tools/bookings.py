"""Functions about appointments: book_appointment, query_appointments, reschedule_appointment, cancel_appointment."""

from datetime import datetime

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.agents.tools.argument_parsing import ServiceSelection, get_question, parse_time, resolve_branch, resolve_slot, to_instant
from app.domain.agents.tools.booking_lookup import (
    build_booking_rejection,
    build_booking_request,
    build_disclosed_data,
    get_disclosure_scopes,
    list_disclosable_bookings,
    resolve_booking,
)
from app.domain.agents.tools.caller_identity import find_or_create_customer, resolve_contact
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.holds import find_hold
from app.domain.agents.tools.phrasing import DisplayNames, build_bookings_data, say_booking, say_when
from app.domain.agents.tools.registry import ToolArgs, tool
from app.domain.agents.tools.result import ToolResult, reject, succeed
from app.domain.agents.tools.verification_fallbacks import build_verification_error
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import BookingError
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.name_matching import is_same_name
from app.domain.language.spoken_format import join_and, say_price
from app.domain.scheduling.types import VisitPart
from app.domain.services.matching import get_staff
from app.models import Booking, Branch, Customer, Hold


class BookAppointmentArgs(ToolArgs):
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


@tool("book_appointment", BookAppointmentArgs, has_effect=True)
def book_appointment(context: ToolContext, args: BookAppointmentArgs) -> ToolResult:
    """Books the appointment. Only say that it is booked when this answers ok."""
    hold = find_hold(context, args.hold) if args.hold else None
    needed = ("name",) if hold else ("service", "date", "time", "name")
    missing = [field for field in args.list_missing(*needed) if field != "time" or not _date_contains_time(context, args)]
    if missing:
        return reject("missing", get_question(missing[0]), fields=missing)
    visit, starts_at = _resolve_hold(hold) if hold else resolve_slot(context, args)
    if booked := _find_existing_booking(context, visit, starts_at, args.name or ""):
        return _build_booked_result(context, booked)
    if starts_at < now():
        return reject("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    contact = resolve_contact(context, phone=args.phone, email=args.email)
    kept = hold if hold and hold.status == "open" and hold.expires_at > now() else _find_own_hold(context, visit, starts_at)
    try:
        # a rejection leaves no new customer behind
        with db.session.begin_nested():
            customer = find_or_create_customer(context, args.name or "", contact)
            order = build_booking_request(context, visit, starts_at, customer=customer, contact=contact, notes=args.notes)
            booking = create_booking(order, hold=kept)
    except BookingError as error:
        return build_booking_rejection(context, visit, error, starts_at)
    return _build_booked_result(context, booking)


def _resolve_hold(hold: Hold) -> tuple[ServiceSelection, datetime]:
    branch = db.session.scalars(select(Branch).where(Branch.id == hold.branch_id)).one()
    return ServiceSelection(tuple(VisitPart(part["service_id"], part["staff_id"]) for part in hold.parts), branch), hold.starts_at


def _find_own_hold(context: ToolContext, visit: ServiceSelection, starts_at: datetime) -> Hold | None:
    """Find this call's own hold of the slot, which must not block its booking."""
    statement = select(Hold).where(
        Hold.call_id == context.call.id, Hold.active(), Hold.starts_at == starts_at,
        Hold.branch_id == visit.branch.id,
    )  # fmt: skip
    return db.session.scalars(statement).first()


def _date_contains_time(context: ToolContext, args: BookAppointmentArgs) -> bool:
    """Check whether the date also names a time: "nächsten Freitag um halb drei"."""
    return args.date is not None and parse_time(context, date=args.date, time=None).at is not None


def _find_existing_booking(context: ToolContext, visit: ServiceSelection, starts_at: datetime, name: str) -> Booking | None:
    """Find the booking this call has already made of it: the previous response may have been lost."""
    statement = select(Booking).where(
        Booking.call_id == context.call.id, Booking.starts_at == starts_at, Booking.service_id == visit.parts[0].service_id,
        Booking.active(),
    )  # fmt: skip
    for booking in db.session.scalars(statement.order_by(Booking.id)):
        customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
        if customer is not None and customer.name and is_same_name(name, customer.name):
            return booking
    return None


def _build_booked_result(context: ToolContext, booking: Booking) -> ToolResult:
    told = build_bookings_data(context, [booking])[0]
    when = say_when(context, booking.starts_at, booking.zone)
    who = DisplayNames(staff={booking.staff_id}).staff.get(booking.staff_id, "")
    say = (
        _("Ihr Termin %(when)s bei %(who)s ist vorgemerkt und wird noch bestätigt.", when=when, who=who)
        if booking.status == "pending"
        else _("Ihr Termin %(when)s bei %(who)s ist eingetragen.", when=when, who=who)
    )
    return succeed(say, **told)


class CancelAppointmentArgs(ToolArgs):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The day of the booking, as said.")
    time: str | None = Field(None, description="The time of the booking, as said.")
    reason: str | None = Field(None, description="Why, if the caller said so.")


@tool("cancel_appointment", CancelAppointmentArgs, has_effect=True)
def cancel_appointment(context: ToolContext, args: CancelAppointmentArgs) -> ToolResult:
    """Cancels an appointment of the caller. Only say that it is cancelled when this answers ok."""
    booking = resolve_booking(context, "cancel", booking_id=args.booking_id, date=args.date, time=args.time)
    fee_cents = get_terms(booking).fee_cents if booking.is_active else 0
    booking = cancel_booking(booking.id, context.actor, reason=args.reason)
    say = _("Ihr Termin ist abgesagt.")
    if booking.id in get_disclosure_scopes(context, [booking]):
        say = _("Ihr Termin %(when)s ist abgesagt.", when=say_booking(context, booking))
    if fee_cents:
        price = say_price(fee_cents, context.language)
        say = _("%(done)s, für die kurzfristige Absage werden %(price)s berechnet.", done=say.rstrip("."), price=price)
    return succeed(say, booking_id=booking.id, status=booking.status, **({"fee_cents": fee_cents} if fee_cents else {}))


@tool("query_appointments")
def query_appointments(context: ToolContext, _args: ToolArgs) -> ToolResult:
    """Lists the appointments ahead that the caller may hear of; otherwise tells what they must say first, and what else can be done."""
    if not context.config.can_disclose("appointments"):
        return reject("not_allowed", _("Über Termine darf ich am Telefon keine Auskunft geben."), bookings=[])
    ahead = list_disclosable_bookings(context)
    if not ahead and not context.caller.can_hear_all:
        raise build_verification_error(context, context.caller.level_to_hear_all)
    if not ahead:
        return succeed(_("Ich finde keinen Termin für Sie."), bookings=[])
    said = join_and([say_booking(context, booking) for booking in ahead], context.language)
    say = _("Ihr nächster Termin ist %(times)s.", times=said) if len(ahead) == 1 else _("Ihre nächsten Termine sind %(times)s.", times=said)
    return succeed(say, bookings=build_disclosed_data(context, ahead))


class RescheduleAppointmentArgs(ToolArgs):
    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    date: str | None = Field(None, description="The present day of the booking, as said.")
    new_date: str | None = Field(None, description="The new day, as said or as YYYY-MM-DD.")
    new_time: str | None = Field(None, description="The new time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Another person, if the caller wants one.")


@tool("reschedule_appointment", RescheduleAppointmentArgs, has_effect=True)
def reschedule_appointment(context: ToolContext, args: RescheduleAppointmentArgs) -> ToolResult:
    """Moves an appointment of the caller. Only say that it is moved when this answers ok."""
    if args.new_date is None and args.new_time is None and args.staff is None:
        return reject("missing", get_question("new_date"), fields=["new_date", "new_time"])
    booking = resolve_booking(context, "change", booking_id=args.booking_id, date=args.date)
    if booking.id not in get_disclosure_scopes(context, [booking]) and (missing := _list_missing_fields(context, args)):
        # the unchanged part would be disclosed with the new time
        return reject("missing", get_question(missing[0]), fields=missing)
    starts_at = _resolve_new_start(context, booking, args)
    if starts_at < now():
        return reject("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    person = get_staff(args.staff, branch_id=booking.branch_id) if args.staff else None
    try:
        moved = reschedule_booking(booking.id, context.actor, starts_at=starts_at, staff_id=person.id if person else None)
    except BookingError as error:
        visit = ServiceSelection((VisitPart(booking.service_id, booking.staff_id),), resolve_branch(context, booking.branch_id))
        return build_booking_rejection(context, visit, error, starts_at)
    when, who = say_booking(context, moved), DisplayNames(staff={moved.staff_id}).staff.get(moved.staff_id, "")
    if person or get_disclosure_scopes(context, [moved])[moved.id] == "all":
        say = _("Ihr Termin ist jetzt %(when)s bei %(who)s.", when=when, who=who)
    else:
        say = _("Ihr Termin ist jetzt %(when)s.", when=when)
    return succeed(say, **build_disclosed_data(context, [moved])[0])


def _list_missing_fields(context: ToolContext, args: RescheduleAppointmentArgs) -> list[str]:
    """List the fields the words do not name: "zur gleichen Zeit" names neither day nor time."""
    when = parse_time(context, date=args.new_date, time=args.new_time)
    return [name for name, known in (("new_date", when.day), ("new_time", when.at)) if known is None]


def _resolve_new_start(context: ToolContext, booking: Booking, args: RescheduleAppointmentArgs) -> datetime:
    """Resolve the new start; an unnamed day or time stays as it is."""
    local = context.to_local(booking.starts_at, booking.zone)
    when = parse_time(context, date=args.new_date, time=args.new_time, zone=booking.zone)
    if when.day is None and not when.names_a_day:
        when = parse_time(context, date=local.date().isoformat(), time=args.new_time or local.strftime("%H:%M"), zone=booking.zone)
    elif when.at is None and not when.names_a_time:
        when = parse_time(context, date=args.new_date, time=local.strftime("%H:%M"), zone=booking.zone)
    return to_instant(when, booking.zone)
