"""Follow up a finished call: create its booking, or a task for the front desk."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core import email_address
from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.core.phone import display, normalise
from app.domain.bookings.booking_request import BookingRequest, resolve_parts
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.calls.analysis_parser import ReportedBooking, detect_intent, parse_requested_booking
from app.domain.calls.call_unit_of_work import CallUnitOfWork
from app.domain.customers import matching
from app.domain.services.requested_services import get_services
from app.domain.services.staff_matching import StaffSelection, select_staff
from app.domain.tasks.lifecycle import create_task
from app.models import Booking, Branch, Call, Customer, Hold
from app.providers.voice.call_webhook_reader import ProviderCallEvent

# fields of a booking tool's arguments, read like an analysis
BOOKING_TOOLS = ("book_appointment", "book_appointment_cal")


def follow_up(batch: CallUnitOfWork, call: Call, event: ProviderCallEvent, *, webhook_event_id: int | None) -> None:
    """Create the booking or task requested by a call's analysis, once; a request that fails becomes a task."""
    if event.kind != "analyzed" or call.is_test:
        return
    if not call.keeps_words:
        _create_task_without_transcript(call, event)
        return
    branch = batch.get_branch(call)
    requested = _find_requested_booking(call, event, branch.timezone)
    if requested is not None:
        _book_or_create_task(batch, call, requested, branch, webhook_event_id=webhook_event_id)
    elif detect_intent(event.analysis) == "callback":
        create_task(
            "callback", f"Rückruf: {_get_caller_name(call, None)}", source_ref=f"callback:{call.id}", call=call, details=call.summary
        )
    elif detect_intent(event.analysis) == "cancel" and call.outcome in ("cancelled", "not_verified"):
        title = f"Absage prüfen: {_get_caller_name(call, None)}"
        create_task("check_cancellation", title, source_ref=f"cancel:{call.id}", call=call, details=call.summary)


def _create_task_without_transcript(call: Call, event: ProviderCallEvent) -> None:
    """Without stored words the analysis is not used; a caller with an open request gets a callback task."""
    if detect_intent(event.analysis) in ("book", "callback") and _find_booking_of_call(call, None) is None:
        create_task("callback", f"Rückruf: {_get_caller_name(call, None)}", source_ref=f"callback:{call.id}", call=call)


def _find_requested_booking(call: Call, event: ProviderCallEvent, timezone: str) -> ReportedBooking | None:
    """Find the requested booking in the analysis; if that has only "booked", in the arguments of the successful booking tool."""
    today = call.started_at.astimezone(ZoneInfo(timezone)).date()
    requested = parse_requested_booking(event.analysis, timezone=timezone, today=today)
    if requested is None or requested.start is not None or requested.words:
        return requested
    for use in reversed(event.tool_uses):
        if use.name in BOOKING_TOOLS and use.arguments:
            return parse_requested_booking({**use.arguments, "termin_gebucht": True}, timezone=timezone, today=today) or requested
    return requested


def _book(batch: CallUnitOfWork, call: Call, requested: ReportedBooking) -> Booking:
    """Book the appointment of the analysis; raises AppError if the calendar or the catalogue does not allow it."""
    if requested.start is None:
        raise AppError("The time cannot be read.", code="no_time")
    if not requested.service:
        raise AppError("The analysis names no service.", code="unknown_service")
    number, email = _parse_contact(call, requested)
    customer = _find_customer(batch, call, requested.name)
    services = get_services(requested.service)
    staff = select_staff(requested.staff, branch_id=call.branch_id) if requested.staff else StaffSelection()
    order = BookingRequest(
        parts=resolve_parts(services, staff.person),
        starts_at=requested.start,
        branch_id=call.branch_id,
        source="call",
        actor=Actor("caller", "call", call.id),
        customer_id=customer.id if customer else None,
        call_id=call.id,
        notes=requested.notes,
        contact_phone=number,
        contact_email=email,
        is_anonymous=call.caller_kind == "withheld",
        source_ref=f"call:{call.id}",
        excluded_staff=frozenset(person.id for person in staff.excluded),
        hold=_find_hold(call, requested.start),
    )
    return create_booking(order)


def _find_hold(call: Call, start: datetime) -> Hold | None:
    """The time as the call holds it, which would be in its own way."""
    return db.session.scalars(select(Hold).where(Hold.call_id == call.id, Hold.starts_at == start, Hold.active())).first()


def _find_booking_of_call(call: Call, start: datetime | None) -> Booking | None:
    """The booking created during the call by a tool; the analysis only repeats it."""
    statement = select(Booking).where(Booking.call_id == call.id).order_by(Booking.id.desc())
    return db.session.scalars(statement.where(Booking.starts_at == start) if start else statement).first()


def _book_or_create_task(
    batch: CallUnitOfWork, call: Call, requested: ReportedBooking, branch: Branch, *, webhook_event_id: int | None
) -> None:
    """Book the requested appointment, or create a front desk task when it cannot be booked."""
    try:
        booking = _find_booking_of_call(call, requested.start) or _book(batch, call, requested)
    except AppError as refusal:
        _create_front_desk_task(batch, call, requested, branch, refusal.code, webhook_event_id=webhook_event_id)
        call.outcome = "callback"
        return
    data = {"booking_id": booking.id, "starts_at": booking.starts_at.isoformat()}
    call.outcome = "booked"
    batch.add_event(call, "booked", at=now(), webhook_event_id=webhook_event_id, data=data)


def _parse_contact(call: Call, requested: ReportedBooking) -> tuple[str | None, str | None]:
    """Parse number and address; the calling number is none of its own. Raises AppError for a detail that cannot be read."""
    number = normalise(requested.phone, source="human").e164 if requested.phone else None
    email = email_address.normalise(requested.email) if requested.email else None
    if (requested.phone and not number) or (requested.email and not email):
        raise AppError("The contact cannot be read.", code="unreadable_contact")
    return None if number == call.from_number else number, email


def _create_front_desk_task(
    batch: CallUnitOfWork, call: Call, requested: ReportedBooking, branch: Branch, reason: str, *, webhook_event_id: int | None
) -> None:
    when = (
        requested.start.astimezone(ZoneInfo(branch.timezone)).strftime("%d.%m.%Y, %H:%M")
        if requested.start
        else requested.words or "ohne Zeit"
    )
    details = (requested.service, requested.staff, requested.phone, requested.email, requested.notes, call.summary)
    task = create_task(
        "check_booking",
        f"Termin klären: {_get_caller_name(call, requested.name)}, {when}",
        source_ref=f"booking:{call.id}",
        call=call,
        reason=reason,
        details="\n".join(filter(None, details)) or None,
    )
    batch.add_event(
        call, "task", at=now(), webhook_event_id=webhook_event_id, data={"task_id": task.id, "kind": task.kind, "reason": reason}
    )


def _find_customer(batch: CallUnitOfWork, call: Call, name: str | None) -> Customer | None:
    """The person the booking is for: perhaps another one of the family than the number alone names."""
    number = call.from_number if call.caller_kind == "number" else None
    candidates = batch.callers.setdefault((call.company_id, number), []) if number else []
    if not name:
        return db.session.get(Customer, call.customer_id) if call.customer_id else None
    person = matching.select_customer(candidates, name)
    if person is None:
        person = matching.create_named_customer(name, number)
        candidates.append(person)
    person.name = person.name or name
    matching.attach_customer(call, person)
    return person


def _get_caller_name(call: Call, name: str | None) -> str:
    return name or (display(call.from_number) if call.from_number else "Nummer unterdrückt")
