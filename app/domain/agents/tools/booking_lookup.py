"""Finds the booking a caller refers to, limits what may be disclosed of it, and builds rejections."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from app.core.errors import NotFound
from app.core.extensions import db
from app.domain.agents.tools.argument_resolution import parse_time
from app.domain.agents.tools.clarification import ClarificationNeeded
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.named_bookings import select_by_service, split_service
from app.domain.agents.tools.phrasing import build_bookings_data, say_booking
from app.domain.agents.tools.represented import is_for_other, list_heard_ids, represents, require_represented
from app.domain.agents.tools.verification_fallbacks import build_verification_error, list_fallbacks, require_permission
from app.domain.customers.caller_assurance import Permission, filter_same_name, is_within_attempts
from app.domain.language.spoken_format import join_or
from app.models import Booking, BookingChange, Call, Customer

MAX_BOOKINGS = 20
# `all`: every field; `time`: only the time, because a caller from this number set nothing else
DisclosureScope = Literal["all", "time"]


def list_disclosable_bookings(context: ToolContext, *, person: Customer | None = None) -> list[Booking]:
    """List upcoming bookings that may be disclosed to the caller; of a visit its first part. `person`: for whom the caller acts."""
    own = [Booking.customer_id == person.id] if person else [*_filter_by_call(context), *_filter_by_caller(context, "hear")]
    ahead = _list_upcoming(*own)
    extents = get_disclosure_scopes(context, ahead)
    return [booking for booking in ahead if booking.id in extents]


def get_disclosure_scopes(context: ToolContext, bookings: Sequence[Booking]) -> dict[str, DisclosureScope]:
    """Get what may be disclosed of each booking: everything at a sufficient level, else what callers from this number said first."""
    caller, call = context.caller, context.call
    heard = {caller.customer.id, *list_heard_ids(context)} if caller.customer and caller.has_permission("hear") else set()
    own_ids = {each.id for each in bookings if each.customer_id in heard}
    extents: dict[str, DisclosureScope] = {booking_id: "all" for booking_id in own_ids if caller.can_hear_all}
    here = _list_calls_from_number(context)
    for booking_id, setters in _list_scheduling_calls([each.id for each in bookings if each.id not in extents]).items():
        last = setters[-1]
        if last == call.id or (last in here and booking_id in own_ids):
            extents[booking_id] = "all" if all(setter in here for setter in setters) else "time"
    return extents


def build_disclosed_data(context: ToolContext, bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Build the bookings' data for the model, limited to what may be disclosed."""
    extents = get_disclosure_scopes(context, bookings)
    data_by_id = {row["booking_id"]: row for row in build_bookings_data(context, [each for each in bookings if each.id in extents])}
    rows = []
    for booking in bookings:
        row = data_by_id.get(booking.id, {})
        if extents.get(booking.id) == "time":
            row = {"starts_at": row["starts_at"]}
        rows.append({**row, "booking_id": booking.id, "status": booking.status})
    return rows


def find_overlapping(context: ToolContext, name: str, starts_at: datetime, ends_at: datetime) -> Booking | None:
    """Find an appointment of the person of this name that takes place meanwhile, and of which the caller may hear the time.

    Of any other it is not told that there is one: whoever tries times would find it.
    """
    caller = context.caller
    if not context.config.can_disclose("appointments"):
        return None
    same = filter_same_name(name, [*caller.candidates, *([caller.customer] if caller.customer and caller.is_verified else [])])
    meanwhile = (Booking.active(), Booking.starts_at < ends_at, Booking.ends_at > starts_at)
    of_person = select(Booking).where(Booking.customer_id.in_({customer.id for customer in same}), *meanwhile)
    found = list(db.session.scalars(of_person.order_by(Booking.starts_at, Booking.id).limit(MAX_BOOKINGS))) if same else []
    if caller.customer is None and not caller.is_locked and len(same) == 1:
        # who shares the number has said who they are, whether there is an appointment or not
        context.record_verification("name", ok=True, customer=same[0])
    scopes = get_disclosure_scopes(context, found)
    return next((booking for booking in found if booking.id in scopes), None)


def resolve_booking(
    context: ToolContext, right: Permission, *, booking_id: str | None, date: str | None, time: str | None = None, name: str | None = None
) -> Booking:
    """Resolve the booking the caller may change; `name`: whose it is, if somebody else's.

    Raises NotFound, ClarificationNeeded, or VerificationRequired before any lookup.
    """
    if booking_id:
        return _get_booking_by_id(context, right, booking_id)
    services, date = split_service(context, date)
    day, at = parse_day_and_time(context, date, time)
    fitting = [booking for booking in _list_upcoming(*_filter_by_call(context)) if matches(booking, day, at)]
    if name and is_for_other(context, name):
        fitting = _filter_by_name(fitting, name) or [
            booking
            for booking in _list_upcoming(Booking.customer_id == require_represented(context, right, name).id)
            if matches(booking, day, at)
        ]
    elif not fitting or context.caller.has_permission(right):
        _require_permission(context, right, day, at)
        _check_guess_limit(context, day, at)
        ahead = _list_upcoming(*_filter_by_call(context), *_filter_by_caller(context, right))
        fitting = [booking for booking in ahead if matches(booking, day, at)]
    if not fitting:
        _record_failed_guess(context, day, at)
        raise _build_not_found(context)
    scopes = get_disclosure_scopes(context, fitting) if services else {}
    if services and all(scopes.get(booking.id) == "all" for booking in fitting):
        fitting = select_by_service(context, fitting, services)
    if len(fitting) > 1:
        raise _build_clarification(context, fitting, has_day=day is not None)
    return fitting[0]


def _require_permission(context: ToolContext, right: Permission, day: date | None, at: time | None) -> None:
    """Raise VerificationRequired; of an appointment that the caller may hear of it is told at once where no proof leads further."""
    may_hear = not context.caller.has_permission(right) and context.config.can_disclose("appointments")
    is_told = may_hear and any(matches(booking, day, at) for booking in list_disclosable_bookings(context))
    require_permission(context, right, is_told=is_told)


def _get_booking_by_id(context: ToolContext, right: Permission, booking_id: str) -> Booking:
    """Get a booking of this call or of the identified customer; others, relatives' included, are not found."""
    booking = db.session.scalars(select(Booking).where(Booking.id == booking_id)).first() if booking_id.isascii() else None
    if booking is not None and booking.call_id == context.call.id:
        return booking
    require_permission(context, right)
    customer = context.caller.customer
    is_theirs = booking is not None and customer is not None and booking.customer_id == customer.id
    if booking is None or not (is_theirs or represents(context, booking, right)):
        raise _build_not_found(context)
    return booking


def _filter_by_name(bookings: list[Booking], name: str) -> list[Booking]:
    """Those of this call that it has made for the person of this name."""
    ids = {booking.customer_id for booking in bookings if booking.customer_id}
    people = filter_same_name(name, db.session.scalars(select(Customer).where(Customer.id.in_(ids))).all()) if ids else []
    return [booking for booking in bookings if booking.customer_id in {person.id for person in people}]


def _filter_by_call(context: ToolContext) -> list[ColumnElement[bool]]:
    return [Booking.call_id == context.call.id]


def _filter_by_caller(context: ToolContext, right: Permission) -> list[ColumnElement[bool]]:
    caller = context.caller
    return [Booking.customer_id == caller.customer.id] if caller.customer is not None and caller.has_permission(right) else []


def _list_upcoming(*filters: ColumnElement[bool]) -> list[Booking]:
    statement = select(Booking).where(or_(*filters), Booking.upcoming())
    first: dict[str, Booking] = {}
    for booking in db.session.scalars(statement.order_by(Booking.starts_at, Booking.id).limit(MAX_BOOKINGS)):
        first.setdefault(booking.occupant, booking)
    return list(first.values())


def _list_scheduling_calls(booking_ids: Sequence[str]) -> dict[str, list[str | None]]:
    """List for each booking who set its time, in order: the call id, or None for staff, API, calendar or link."""
    rows = select(BookingChange).where(BookingChange.booking_id.in_(booking_ids), BookingChange.action.in_(("made", "moved")))
    setters: dict[str, list[str | None]] = {}
    for change in db.session.scalars(rows.order_by(BookingChange.id)) if booking_ids else ():
        in_a_call = change.actor_type == "caller" and change.channel == "call"
        setters.setdefault(change.booking_id, []).append(change.actor_id if in_a_call else None)
    return setters


def _list_calls_from_number(context: ToolContext) -> set[str | None]:
    """List this call and all from the same number; a withheld number has only this one."""
    call = context.call
    if call.caller_kind != "number" or not call.from_number:
        return {call.id}
    return {call.id, *db.session.scalars(select(Call.id).where(Call.from_number == call.from_number, Call.caller_kind == "number"))}


def parse_day_and_time(context: ToolContext, day_words: str | None, time_words: str | None) -> tuple[date | None, time | None]:
    """Parse the day and time of a booking, as far as they are said."""
    if not day_words and not time_words:
        return None, None
    when = parse_time(context, date=day_words, time=time_words)
    return when.day, when.at


def matches(booking: Booking, day: date | None, at: time | None) -> bool:
    local = booking.starts_at.astimezone(ZoneInfo(booking.timezone))
    return day in (None, local.date()) and at in (None, local.time())


def _check_guess_limit(context: ToolContext, day: date | None, at: time | None) -> None:
    """Raise VerificationRequired after too many guessed days below level `verified`."""
    caller = context.caller
    if (day or at) and caller.customer and not caller.is_verified and not is_within_attempts(caller.customer):
        raise build_verification_error(context, "verified")


def _record_failed_guess(context: ToolContext, day: date | None, at: time | None) -> None:
    if (day or at) and not context.caller.is_verified:
        context.record_verification("booking", ok=False, customer=context.caller.customer)


def _build_clarification(context: ToolContext, bookings: Sequence[Booking], *, has_day: bool) -> ClarificationNeeded:
    """Build the question which booking is meant; names them where all may be disclosed."""
    if len(get_disclosure_scopes(context, bookings)) < len(bookings):
        question = _("Um wie viel Uhr ist der Termin?") if has_day else _("An welchem Tag ist der Termin, den Sie meinen?")
        return ClarificationNeeded(question, options=[])
    named = join_or(say_bookings(context, bookings), context.language)
    return ClarificationNeeded(_("Welchen Termin meinen Sie: %(times)s?", times=named), options=[booking.id for booking in bookings])


def say_bookings(context: ToolContext, bookings: Sequence[Booking]) -> list[str]:
    """Say when each is; of several what is done there, too, as far as it may be told."""
    scopes = get_disclosure_scopes(context, bookings) if len(bookings) > 1 else {}
    return [say_booking(context, booking, with_services=scopes.get(booking.id) == "all") for booking in bookings]


def _build_not_found(context: ToolContext) -> NotFound:
    """Build the error for words that fit no booking of the caller; the message names the fallbacks."""
    ways = list_fallbacks(context)
    if not ways:
        return NotFound(_("Dazu finde ich keinen Termin."), ways=[])
    say = _("Dazu finde ich keinen Termin, aber ich kann %(ways)s.", ways=join_or(list(ways.values()), context.language))
    return NotFound(say, ways=list(ways))
