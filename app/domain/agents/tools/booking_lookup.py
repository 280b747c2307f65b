"""Finds the booking that a caller means, and turns a wish into a booking request with alternatives where it is refused."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.agents.tools.argument_parsing import AskBack, Visit, read_time_of
from app.domain.agents.tools.caller_identity import Contact
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.phrasing import Names, bookings_data, say_booking, say_free, slots_data
from app.domain.agents.tools.result import Answer, refused as refused_answer
from app.domain.agents.tools.slot_search import Found, around
from app.domain.agents.tools.verification_fallbacks import check_right, refusal
from app.domain.bookings.booking_request import Order
from app.domain.bookings.errors import BookingRefused, SlotTaken
from app.domain.bookings.unmet_demand import keep_refused
from app.domain.customers.caller_assurance import Right, may_try, note_proof
from app.domain.language.spoken_format import one_of
from app.models import Booking, BookingChange, Call, Customer
from app.models.booking import ACTIVE_STATUSES

MOST = 20
# `all`: whatever stands there; `time`: when it is, because a caller of this number has set that and nothing else
Extent = Literal["all", "time"]


def heard_bookings(situation: Situation) -> list[Booking]:
    """What stands ahead and may be told at all; of a visit its first part."""
    ahead = _ahead(*_of_this_call(situation), *_of_the_caller(situation, "hear"))
    extents = told_extents(situation, ahead)
    return [booking for booking in ahead if booking.id in extents]


def told_extents(situation: Situation, bookings: Sequence[Booking]) -> dict[str, Extent]:
    """How much may be told of which: to who is sure enough everything of theirs, else what callers of this number have said first."""
    caller, call = situation.caller, situation.call
    theirs = {each.id for each in bookings if caller.customer and each.customer_id == caller.customer.id and caller.may("hear")}
    extents: dict[str, Extent] = {booking_id: "all" for booking_id in theirs if caller.hears_all}
    here = _calls_of_this_number(situation)
    for booking_id, setters in _setters([each.id for each in bookings if each.id not in extents]).items():
        last = setters[-1]
        if last == call.id or (last in here and booking_id in theirs):
            extents[booking_id] = "all" if all(setter in here for setter in setters) else "time"
    return extents


def told_data(situation: Situation, bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """The bookings as data for the model, each as far as it may be told."""
    extents = told_extents(situation, bookings)
    told = {row["booking_id"]: row for row in bookings_data(situation, [each for each in bookings if each.id in extents])}
    rows = []
    for booking in bookings:
        row = told.get(booking.id, {})
        if extents.get(booking.id) == "time":
            row = {"starts_at": row["starts_at"]}
        rows.append({**row, "booking_id": booking.id, "status": booking.status})
    return rows


def meant_booking(situation: Situation, right: Right, *, booking_id: str | None, date: str | None, time: str | None = None) -> Booking:
    """The one that is meant, and that the caller may change so. Raises NotFound, AskBack, or NotVerified before anything is looked at."""
    if booking_id:
        return _by_id(situation, right, booking_id)
    day, at = _said(situation, date, time)
    fitting = [booking for booking in _ahead(*_of_this_call(situation)) if _fits(booking, day, at)]
    if not fitting or situation.caller.may(right):
        check_right(situation, right)
        _check_guess(situation, day, at)
        ahead = _ahead(*_of_this_call(situation), *_of_the_caller(situation, right))
        fitting = [booking for booking in ahead if _fits(booking, day, at)]
    if not fitting:
        _note_guess(situation, day, at)
        raise _nothing_found()
    if len(fitting) > 1:
        raise _which(situation, fitting, is_day_said=day is not None)
    return fitting[0]


def _by_id(situation: Situation, right: Right, booking_id: str) -> Booking:
    """Of this call, or of the very person who is recognised: another's is not there, whoever of the family it is."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if booking_id.isascii() else None
    if booking is not None and booking.call_id == situation.call.id:
        return booking
    check_right(situation, right)
    customer = situation.caller.customer
    if booking is None or customer is None or booking.customer_id != customer.id:
        raise _nothing_found()
    return booking


def _of_this_call(situation: Situation) -> list[ColumnElement[bool]]:
    return [Booking.call_id == situation.call.id]


def _of_the_caller(situation: Situation, right: Right) -> list[ColumnElement[bool]]:
    caller = situation.caller
    return [Booking.customer_id == caller.customer.id] if caller.customer is not None and caller.may(right) else []


def _ahead(*whose: ColumnElement[bool]) -> list[Booking]:
    wanted = select(Booking).where(or_(*whose), Booking.status.in_(ACTIVE_STATUSES), Booking.starts_at > now())
    first: dict[str, Booking] = {}
    for booking in db.session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(MOST)):
        first.setdefault(booking.occupant, booking)
    return list(first.values())


def _setters(booking_ids: Sequence[str]) -> dict[str, list[str | None]]:
    """Who set the time of each, one after the other: the call, or None for the desk, a program, a calendar or a link."""
    rows = select(BookingChange).where(BookingChange.booking_id.in_(booking_ids), BookingChange.action.in_(("made", "moved")))
    setters: dict[str, list[str | None]] = {}
    for change in db.session.scalars(rows.order_by(BookingChange.id)) if booking_ids else ():
        in_a_call = change.by_kind == "caller" and change.way == "call"
        setters.setdefault(change.booking_id, []).append(change.by_id if in_a_call else None)
    return setters


def _calls_of_this_number(situation: Situation) -> set[str | None]:
    """This call and all from the same number; a withheld one has no others."""
    call = situation.call
    if call.caller_kind != "number" or not call.from_number:
        return {call.id}
    return {call.id, *db.session.scalars(select(Call.id).where(Call.from_number == call.from_number, Call.caller_kind == "number"))}


def _said(situation: Situation, day_words: str | None, time_words: str | None) -> tuple[date | None, time | None]:
    if not day_words and not time_words:
        return None, None
    when = read_time_of(situation, date=day_words, time=time_words)
    return when.day, when.at


def _fits(booking: Booking, day: date | None, at: time | None) -> bool:
    local = booking.starts_at.astimezone(ZoneInfo(booking.zone))
    return day in (None, local.date()) and at in (None, local.time())


def _check_guess(situation: Situation, day: date | None, at: time | None) -> None:
    """Below verified a day that is said may be a guess: after too many nothing is looked at any more."""
    caller = situation.caller
    if (day or at) and caller.customer and not caller.is_verified and not may_try(caller.customer):
        raise refusal(situation, "verified")


def _note_guess(situation: Situation, day: date | None, at: time | None) -> None:
    if (day or at) and not situation.caller.is_verified:
        note_proof(situation.call, "booking", ok=False, customer=situation.caller.customer)


def _which(situation: Situation, bookings: Sequence[Booking], *, is_day_said: bool) -> AskBack:
    """Asks by naming them, where all may be named."""
    if len(told_extents(situation, bookings)) < len(bookings):
        question = _("Um wie viel Uhr ist der Termin?") if is_day_said else _("An welchem Tag ist der Termin, den Sie meinen?")
        return AskBack(question, options=[])
    named = one_of([say_booking(situation, booking) for booking in bookings], situation.language)
    return AskBack(_("Welchen Termin meinen Sie: %(times)s?", times=named), options=[booking.id for booking in bookings])


def _nothing_found() -> NotFound:
    return NotFound(_("Dazu finde ich keinen Termin."))


NO_CONTACT = Contact()


def order_for(
    situation: Situation,
    visit: Visit,
    starts_at: datetime,
    *,
    customer: Customer | None = None,
    contact: Contact = NO_CONTACT,
    notes: str | None = None,
) -> Order:
    return Order(
        visit.parts,
        starts_at,
        visit.branch.id,
        "call",
        situation.by,
        customer_id=customer.id if customer else None,
        call_id=situation.call.id,
        notes=notes,
        contact_phone=contact.phone,
        contact_email=contact.email,
        anonymous=situation.call.caller_kind == "withheld",
        max_gap=visit.max_gap,
    )


def refusal_of(situation: Situation, visit: Visit, error: BookingRefused, starts_at: datetime) -> Answer:
    """The reason and what is free near it; what could not be had is kept as a wish."""
    if not situation.call.is_test:
        stamp = f"wish:{situation.call.id}:{visit.parts[0].service_id}:{starts_at.isoformat()}"
        keep_refused(order_for(situation, visit, starts_at), error, source_ref=stamp)
    found = Found(error.alternatives.best())
    if not found.slots and isinstance(error, SlotTaken):
        found = around(visit, starts_at)
    slots = slots_data(situation, found.slots, found.facts) if found.slots else []
    if not slots:
        return refused_answer(error.code, error.message, slots=[])
    asked_for = Names(staff={visit.staff_id}).staff.get(visit.staff_id or "")
    say = _("%(why)s, frei ist es %(times)s.", why=error.message.rstrip("."), times=say_free(situation, slots, staff=asked_for))
    return refused_answer(error.code, say, slots=slots)
