"""What this call has kept, booked, moved and cancelled already: a repeated request gets it again, another wish does not."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import and_, false, or_, select

from app.core.errors import AppError
from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.registry import ToolArgs
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.status import edit_notes
from app.domain.customers.name_matching import is_same_name
from app.domain.services.staff_matching import select_staff
from app.models import Booking, BookingChange, Call, Customer, Hold, Service, WaitlistOffer

MAX_PARTS = 10
# one visit: its bookings in order
Visit = list[Booking]


class StaffArgs(ToolArgs):
    staff: str | None = None


class ServiceArgs(ToolArgs):
    service: str | None = None


def list_open_holds(context: ToolContext) -> list[Hold]:
    """List this call's open holds, and those that an earlier call from the same number left when it broke off, oldest first.

    What is held for an offer of the waitlist is answered there.
    """
    call = context.call
    is_known = call.direction == "inbound" and call.caller_kind == "number"
    earlier = and_(Call.from_number == call.from_number, Call.direction == "inbound", ~Call.running()) if is_known else false()
    calls = select(Call.id).where(or_(Call.id == call.id, earlier))
    offered = select(WaitlistOffer.hold_id).where(WaitlistOffer.hold_id.is_not(None))
    statement = select(Hold).where(Hold.call_id.in_(calls), Hold.active(), Hold.id.not_in(offered))
    return list(db.session.scalars(statement.order_by(Hold.created_at, Hold.id)))


def list_visits_of_person(context: ToolContext, name: str) -> list[Visit]:
    """List the standing visits that this call has booked for the person of this name."""
    statement = select(Booking, Customer.name).join(Customer, Customer.id == Booking.customer_id)
    rows = db.session.execute(statement.where(Booking.call_id == context.call.id, Booking.active()).order_by(Booking.starts_at, Booking.id))
    visits: dict[str, Visit] = defaultdict(list)
    for booking, customer_name in rows:
        if customer_name and is_same_name(name, customer_name):
            visits[booking.occupant].append(booking)
    return list(visits.values())


def find_latest_start(context: ToolContext) -> datetime | None:
    """Find the start of what this call has booked last, else of what it keeps."""
    latest = find_latest_times(context)
    return latest[0] if latest else None


def find_latest_times(context: ToolContext) -> tuple[datetime, datetime] | None:
    """Find when the visit that this call has booked last begins and ends, else what it keeps."""
    statement = (
        select(Booking).where(Booking.call_id == context.call.id, Booking.active()).order_by(Booking.created_at.desc(), Booking.id.desc())
    )
    bookings = list(db.session.scalars(statement.limit(MAX_PARTS)))
    if visit := [booking for booking in bookings if booking.occupant == bookings[0].occupant]:
        return min(booking.starts_at for booking in visit), max(booking.ends_at for booking in visit)
    holds = list_open_holds(context)
    return (holds[-1].starts_at, holds[-1].ends_at) if holds else None


def is_same_visit(visit: Visit, request: BookingRequest) -> bool:
    """Check whether the visit is just what is requested: time, branch, services, and nobody who is not wanted."""
    return (visit[0].starts_at, visit[0].branch_id, len(visit)) == (request.starts_at, request.branch_id, len(request.parts)) and all(
        booking.service_id == part.service_id
        and part.staff_id in (None, booking.staff_id)
        and booking.staff_id not in request.excluded_staff
        for booking, part in zip(visit, request.parts, strict=True)
    )


def overlaps(visit: Visit, request: BookingRequest) -> bool:
    """Check whether the visit takes place while the requested one would."""
    return visit[0].starts_at < get_latest_end(request) and visit[-1].ends_at > request.starts_at


def get_latest_end(request: BookingRequest) -> datetime:
    """Get when the requested visit is over at the latest."""
    services = db.session.scalars(select(Service).where(Service.id.in_({part.service_id for part in request.parts})))
    minutes = {service.id: service.minutes for service in services}
    return request.starts_at + timedelta(minutes=sum(minutes.get(part.service_id, 0) + request.max_gap for part in request.parts))


def add_details(context: ToolContext, booking: Booking, request: BookingRequest) -> Booking:
    """Add the notes and contact details that a repeated request has brought along."""
    if request.notes and request.notes not in (booking.notes or "").splitlines():
        edit_notes(booking.id, "\n".join(filter(None, (booking.notes, request.notes))), context.actor)
    booking.contact_phone = request.contact_phone or booking.contact_phone
    booking.contact_email = request.contact_email or booking.contact_email
    return booking


def has_changed_own(context: ToolContext) -> bool:
    """Check whether this call has booked something that does not stand any more."""
    booked = select(Booking.id).where(Booking.call_id == context.call.id)
    return db.session.scalar(booked.where(~Booking.active()).limit(1)) is not None


def find_changed(context: ToolContext, action: Literal["moved", "cancelled"], day: date | None, at: time | None) -> Booking | None:
    """Find the booking that this call has moved or cancelled last and that was on this day, at this time, before."""
    if day is None and at is None:
        return None
    statement = select(BookingChange, Booking).join(Booking, Booking.id == BookingChange.booking_id)
    rows = db.session.execute(
        statement.where(
            BookingChange.action == action, BookingChange.actor_type == "caller", BookingChange.actor_id == context.call.id
        ).order_by(BookingChange.id.desc())
    )
    for change, booking in rows:
        before = (change.before or {}).get("starts_at")
        local = context.to_local(datetime.fromisoformat(before) if before else booking.starts_at, booking.timezone)
        if day in (None, local.date()) and at in (None, local.time()):
            return booking
    return None


def find_latest_service(context: ToolContext) -> str | None:
    """Find the words for the service that this call has spoken of last, and that was understood."""
    said = (ServiceArgs.model_validate(use.arguments or {}).service for use in reversed(context.earlier_uses) if use.ok)
    return next(filter(None, said), None)


def has_asked(context: ToolContext, question: Mapping[str, str]) -> bool:
    """Check whether an answer of this call holds this in its data."""
    results = [use.result for use in context.earlier_uses]
    return any(isinstance(result, dict) and question.items() <= (result.get("data") or {}).items() for result in results)


def was_staff_named(context: ToolContext, staff_id: str, *, branch_id: str) -> bool:
    """Check whether the caller has wished for this person in an earlier use of this call."""
    for use in context.earlier_uses:
        with suppress(AppError):
            staff = StaffArgs.model_validate(use.arguments or {}).staff
            if staff and (person := select_staff(staff, branch_id=branch_id).person) and person.id == staff_id:
                return True
    return False
