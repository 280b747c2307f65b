"""Functions that change appointments: book_appointment, reschedule_appointment, cancel_appointment."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.agents.tools.argument_resolution import move_start, parse_time, require_single, resolve_booking_request
from app.domain.agents.tools.availability import offer_part_of_day
from app.domain.agents.tools.back_references import relate_to_latest
from app.domain.agents.tools.booking_lookup import (
    build_disclosed_data,
    get_disclosure_scopes,
    parse_day_and_time,
    resolve_booking,
)
from app.domain.agents.tools.bookings_of_this_call import (
    add_details,
    find_changed,
    is_same_visit,
    list_visits_of_person,
    was_staff_named,
)
from app.domain.agents.tools.caller_contact import find_or_create_customer, resolve_contact
from app.domain.agents.tools.change_sentences import say_cancelled, say_moved
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, ask_for_first_person, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult, reject, succeed
from app.domain.agents.tools.holds import claim_slot, find_fitting_hold, find_hold, is_fitting, release_replaced
from app.domain.agents.tools.phrasing import build_bookings_data, say_visit, say_when
from app.domain.agents.tools.registry import MAX_LENGTHS, ToolArgs, tool
from app.domain.agents.tools.second_appointments import ask_about_second
from app.domain.agents.tools.slot_search import build_booking_rejection
from app.domain.agents.tools.spelled_arguments import add_read_back
from app.domain.agents.tools.verification_fallbacks import VerificationRequired
from app.domain.agents.tools.visit_resolution import build_booking_request, resolve_branch, resolve_staff, resolve_visit
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.cancel import cancel_booking, get_terms
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import BookingError, ContactMissing
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.customers.caller_assurance import filter_same_name
from app.domain.customers.name_matching import find_first_name
from app.domain.language.indifference import is_indifferent
from app.domain.language.party_size import split_names
from app.domain.language.relative_to_appointment import points_to_appointment
from app.domain.language.spoken_format import say_price
from app.domain.scheduling.types import VisitPart
from app.domain.services.staff_matching import StaffSelection
from app.models import Booking, Hold, Service


class BookAppointmentArgs(ToolArgs):
    answers = frozenset({"second"})

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
    second: str | None = Field(None, description="yes, where the caller wants it beside the one of the same time that you asked about.")


@tool("book_appointment", BookAppointmentArgs, has_effect=True, sets_a_time=True)
def book_appointment(context: ToolContext, args: BookAppointmentArgs) -> ToolResult:
    """Books the appointment. Only say that it is booked when this answers ok."""
    hold = find_hold(context, args.hold) if args.hold else None
    if missing := _list_missing_arguments(context, args, hold):
        raise MissingArgument(get_question(missing[0]), fields=missing)
    if hold is None and (offer := offer_part_of_day(context, args)):
        return offer
    request = _resolve_with_hold(context, args, hold) if hold else resolve_booking_request(context, args)
    contact = resolve_contact(context, args.name or "", phone=args.phone, email=args.email)
    if len(people := split_names(contact.name)) > 1:
        raise ClarificationNeeded(ask_for_first_person(), options=people)
    is_known = bool(filter_same_name(contact.name, context.caller.candidates))
    other = contact.name if args.is_for_other or (not is_known and any(each.name for each in context.caller.candidates)) else None
    notes = "\n".join(dict.fromkeys(filter(None, (args.notes, request.notes)))) or None
    request = replace(request, notes=notes, contact_phone=contact.phone, contact_email=contact.email)
    earlier = list_visits_of_person(context, contact.name)
    if same := next((visit for visit in earlier if is_same_visit(visit, request)), None):
        return _build_booked_result(context, add_details(context, same[0], request), other=other)
    if question := ask_about_second(context, request, contact.name, earlier, answer=args.second):
        return question
    if request.starts_at < now():
        return reject("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    fitting = hold if hold and hold.is_open and is_fitting(hold, request) else find_fitting_hold(context, request)

    def create() -> Booking:
        return create_booking(replace(request, hold=fitting, customer_id=find_or_create_customer(context, contact).id))

    try:
        # a rejection leaves no new customer behind
        booking = claim_slot(context, request, create)
    except ContactMissing as error:
        raise MissingArgument(get_question("phone"), fields=["phone"]) from error
    except BookingError as error:
        return build_booking_rejection(context, request, error)
    release_replaced(context, request, used=fitting, named=hold)
    return add_read_back(context, _build_booked_result(context, booking, other=other), args, contact, is_known=is_known)


def _list_missing_arguments(context: ToolContext, args: BookAppointmentArgs, hold: Hold | None) -> list[str]:
    """List what is neither said nor kept by the hold; day and time may stand in either of their arguments."""
    if hold:
        return [] if args.name else ["name"]
    require_single(context, args.date)
    date, time = relate_to_latest(context, args.date, args.time)
    when = parse_time(context, date=date, time=time)
    known = {"service": args.service, "date": args.date or when.names_a_day, "time": args.time or when.names_a_time, "name": args.name}
    return [name for name, value in known.items() if not value]


def _resolve_with_hold(context: ToolContext, args: BookAppointmentArgs, hold: Hold) -> BookingRequest:
    """Resolve what is said; what is not said is as the hold has it: its person where one was wished, or where nothing else changes."""
    starts_at = move_start(context, hold.starts_at, hold.timezone, date=args.date, time=args.time)
    parts = tuple(VisitPart(part["service_id"], part.get("requested_staff_id")) for part in hold.parts)
    excluded = frozenset(staff_id for part in hold.parts for staff_id in part.get("excluded_staff_ids", ()))
    branch_id = resolve_branch(context, args.branch).id if args.branch else hold.branch_id
    remark: str | None = None
    if args.service:
        visit = resolve_visit(context, service=args.service, staff=args.staff, branch=branch_id)
        branch_id, remark = visit.branch.id, visit.remark
        parts = visit.parts if args.staff else _keep_people(visit.parts, parts, visit.excluded_staff)
        excluded = visit.excluded_staff or excluded
    elif args.staff:
        selection = resolve_staff(context, args.staff, branch_id=branch_id)
        parts = tuple(VisitPart(part.service_id, selection.person.id if selection.person else None) for part in parts)
        excluded = frozenset(person.id for person in selection.excluded)
    request = build_booking_request(
        context, parts, starts_at, branch_id=branch_id, excluded_staff=excluded, max_gap=_get_gap(hold) if len(parts) > 1 else 0,
        remark=remark,
    )  # fmt: skip
    held = tuple(VisitPart(part["service_id"], part["staff_id"]) for part in hold.parts)
    return replace(request, parts=held) if is_fitting(hold, request) else request


def _get_gap(hold: Hold) -> int:
    """Get the minutes of waiting that the held visit has between its services."""
    services = {part["service_id"] for part in hold.parts}
    minutes = {service.id: service.minutes for service in db.session.scalars(select(Service).where(Service.id.in_(services)))}
    spent = sum(minutes.get(part["service_id"], 0) for part in hold.parts)
    return max(0, int((hold.ends_at - hold.starts_at).total_seconds()) // 60 - spent)


def _keep_people(parts: tuple[VisitPart, ...], held: tuple[VisitPart, ...], excluded: frozenset[str]) -> tuple[VisitPart, ...]:
    """Keep the wished people of the hold for the services that it has already."""
    wished = {part.service_id: part.staff_id for part in held if part.staff_id not in excluded}
    return tuple(part if part.staff_id else VisitPart(part.service_id, wished.get(part.service_id)) for part in parts)


def _build_booked_result(context: ToolContext, booking: Booking, *, other: str | None = None) -> ToolResult:
    """Say what is booked, when and with whom; `other` is whose appointment it is where it is not the caller's."""
    data = build_bookings_data(context, [booking])[0]
    when, visit = say_when(context, booking.starts_at, booking.timezone), say_visit(context, booking)
    whose = _("Der Termin für %(name)s", name=find_first_name(other) or other) if other else _("Ihr Termin")
    say = (
        _("%(whose)s %(when)s, %(visit)s, ist vorgemerkt und wird noch bestätigt.", whose=whose, when=when, visit=visit)
        if booking.status == "pending"
        else _("%(whose)s %(when)s, %(visit)s, ist eingetragen.", whose=whose, when=when, visit=visit)
    )
    return succeed(say, **data)


class CancelAppointmentArgs(ToolArgs):
    # as the history of a booking takes it
    max_lengths = MAX_LENGTHS | {"reason": 250}

    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    name: str | None = Field(None, description="Whose booking it is, if somebody else's than the caller's: the full name.")
    date: str | None = Field(None, description="The day of the booking, as said.")
    time: str | None = Field(None, description="The time of the booking, as said.")
    reason: str | None = Field(None, description="Why, if the caller said so.")


@tool("cancel_appointment", CancelAppointmentArgs, has_effect=True)
def cancel_appointment(context: ToolContext, args: CancelAppointmentArgs) -> ToolResult:
    """Cancels an appointment of the caller. Only say that it is cancelled when this answers ok."""
    try:
        booking = resolve_booking(context, "cancel", booking_id=args.booking_id, date=args.date, time=args.time, name=args.name)
    except (NotFound, VerificationRequired):
        # the answer to the first request may have been lost
        if (cancelled := find_changed(context, "cancelled", *parse_day_and_time(context, args.date, args.time))) is None:
            raise
        booking = cancelled
    fee_cents = get_terms(booking).fee_cents if booking.is_active else 0
    booking = cancel_booking(booking.id, context.actor, reason=args.reason)
    say = say_cancelled(context, booking)
    if fee_cents:
        price = say_price(fee_cents, context.language)
        say = _("%(done)s, für die kurzfristige Absage werden %(price)s berechnet.", done=say.rstrip("."), price=price)
    return succeed(say, booking_id=booking.id, status=booking.status, **({"fee_cents": fee_cents} if fee_cents else {}))


class RescheduleAppointmentArgs(ToolArgs):
    keeps_indifference = frozenset({"staff"})

    booking_id: str | None = Field(None, description="The booking, as query_appointments gave it.")
    name: str | None = Field(None, description="Whose booking it is, if somebody else's than the caller's: the full name.")
    date: str | None = Field(None, description="The present day of the booking, as said.")
    time: str | None = Field(None, description="The present time of the booking, as said.")
    new_date: str | None = Field(None, description="The new day, as said or as YYYY-MM-DD.")
    new_time: str | None = Field(None, description="The new time, as said or as HH:MM.")
    staff: str | None = Field(None, description="Another person, if the caller wants one.")
    branch: str | None = Field(None, description="Another branch, if the caller wants one.")


@tool("reschedule_appointment", RescheduleAppointmentArgs, has_effect=True, sets_a_time=True)
def reschedule_appointment(context: ToolContext, args: RescheduleAppointmentArgs) -> ToolResult:
    """Moves an appointment of the caller. Only say that it is moved when this answers ok."""
    wished_staff = args.staff if args.staff and not is_indifferent(args.staff) else None
    if not any((args.new_date, args.new_time, wished_staff, args.branch)):
        return reject("missing", get_question("new_date"), fields=["new_date", "new_time"])
    try:
        booking = resolve_booking(context, "change", booking_id=args.booking_id, date=args.date, time=args.time, name=args.name)
    except (NotFound, VerificationRequired):
        if (moved := _find_moved(context, args)) is None:
            raise
        return _build_moved_result(context, moved, is_other_person=False, is_named=bool(wished_staff or args.branch))
    if booking.id not in get_disclosure_scopes(context, [booking]) and (missing := _list_missing_fields(context, args)):
        # the unchanged part would be disclosed with the new time
        return reject("missing", get_question(missing[0]), fields=missing)
    starts_at = move_start(context, booking.starts_at, booking.timezone, date=args.new_date, time=args.new_time)
    if starts_at < now():
        return reject("in_the_past", _("Dieser Zeitpunkt ist schon vorbei. Welcher Tag passt Ihnen?"), slots=[])
    branch = resolve_branch(context, args.branch) if args.branch else None
    selection = resolve_staff(context, args.staff, branch_id=branch.id if branch else booking.branch_id)
    before = booking.staff_id
    move = partial(_move, context, booking, starts_at, branch_id=branch.id if branch else None)
    try:
        moved = move(selection=selection, may_change=args.staff is not None)
    except BookingError as error:
        parts = (VisitPart(booking.service_id, selection.person.id if selection.person else booking.staff_id),)
        request = build_booking_request(context, parts, starts_at, branch_id=branch.id if branch else booking.branch_id)
        return build_booking_rejection(context, request, error)
    return _build_moved_result(context, moved, is_other_person=moved.staff_id != before, is_named=bool(selection.person or branch))


def _find_moved(context: ToolContext, args: RescheduleAppointmentArgs) -> Booking | None:
    """Find the booking that this call has moved just so: the answer to the first request may have been lost."""
    moved = find_changed(context, "moved", *parse_day_and_time(context, args.date, args.time))
    if moved is None or not moved.is_active:
        return None
    asked = move_start(context, moved.starts_at, moved.timezone, date=args.new_date, time=args.new_time)
    return moved if asked == moved.starts_at else None


def _move(
    context: ToolContext, booking: Booking, starts_at: datetime, *, branch_id: str | None, selection: StaffSelection, may_change: bool
) -> Booking:  # fmt: skip
    """Move with the person who was named; else with the same one if free, and otherwise with anybody who is not excluded.

    Where the same person was wished in this call, and nothing else since (`may_change`), it is that one or nobody.
    """
    excluded = frozenset(person.id for person in selection.excluded)
    move = partial(reschedule_booking, booking.id, context.actor, starts_at=starts_at, branch_id=branch_id, excluded_staff=excluded)
    if selection.person:
        return move(staff_id=selection.person.id)
    if booking.staff_id in excluded:
        return move(any_staff=True)
    try:
        with db.session.begin_nested():
            return move()
    except BookingError:
        if not may_change and was_staff_named(context, booking.staff_id, branch_id=booking.branch_id):
            raise
        return move(any_staff=True)


def _build_moved_result(context: ToolContext, moved: Booking, *, is_other_person: bool, is_named: bool) -> ToolResult:
    say = say_moved(context, moved, is_other_person=is_other_person, is_named=is_named)
    return succeed(say, **build_disclosed_data(context, [moved])[0])


def _list_missing_fields(context: ToolContext, args: RescheduleAppointmentArgs) -> list[str]:
    """List the fields the words do not name: "zur gleichen Zeit" names neither day nor time."""
    told = {name: None if points_to_appointment(words) else words for name, words in (("date", args.new_date), ("time", args.new_time))}
    when = parse_time(context, **told)
    return [name for name, known in (("new_date", when.day), ("new_time", when.at)) if known is None]
