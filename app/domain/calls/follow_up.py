"""What a finished call leaves behind: its booking, or a task for the front desk."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.clock import now
from app.core.errors import AppError
from app.core.extensions import db
from app.core.phone import display
from app.domain.bookings.booking_request import BookingRequest, resolve_parts
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.calls.analysis import Wish, intent_of, wish_of
from app.domain.calls.call_batch import Desk
from app.domain.customers import matching
from app.domain.tasks.lifecycle import create_task
from app.models import Booking, Branch, Call, Customer
from app.providers.voice.base import CallEvent

# fields of a booking tool's arguments, read like an analysis
BOOKING_TOOLS = ("book_appointment", "book_appointment_cal")


def follow_up(desk: Desk, call: Call, event: CallEvent, *, webhook_event_id: int | None) -> None:
    """Makes what the analysis of a call asks for: never twice, and never without a trace when it does not hold."""
    if event.kind != "analyzed" or call.is_test:
        return
    if not call.keeps_words:
        _ask_without_words(call, event)
        return
    branch = desk.branch_of(call)
    wish = _wish(call, event, branch.zone)
    if wish is not None:
        _book_or_ask(desk, call, wish, branch, webhook_event_id=webhook_event_id)
    elif intent_of(event.analysis) == "callback":
        create_task("callback", f"Rückruf: {_who(call, None)}", source_ref=f"callback:{call.id}", call=call, details=call.summary)
    elif intent_of(event.analysis) == "cancel" and call.outcome in ("cancelled", "not_verified"):
        title = f"Absage prüfen: {_who(call, None)}"
        create_task("check_cancellation", title, source_ref=f"cancel:{call.id}", call=call, details=call.summary)


def _ask_without_words(call: Call, event: CallEvent) -> None:
    """What the analysis makes of words that were declined is not used; whoever wanted something and has nothing is called back."""
    if intent_of(event.analysis) in ("book", "callback") and _made_during(call, None) is None:
        create_task("callback", f"Rückruf: {_who(call, None)}", source_ref=f"callback:{call.id}", call=call)


def _wish(call: Call, event: CallEvent, zone: str) -> Wish | None:
    """From the analysis; where that only says "booked", from the arguments of the booking tool that succeeded."""
    today = call.started_at.astimezone(ZoneInfo(zone)).date()
    wish = wish_of(event.analysis, zone=zone, today=today)
    if wish is None or wish.start is not None or wish.words:
        return wish
    for use in reversed(event.tool_uses):
        if use.name in BOOKING_TOOLS and use.arguments:
            return wish_of({**use.arguments, "termin_gebucht": True}, zone=zone, today=today) or wish
    return wish


def _book(desk: Desk, call: Call, wish: Wish) -> Booking:
    """Books what the analysis says; raises AppError when the calendar or the catalogue is against it."""
    if wish.start is None:
        raise AppError("The time cannot be read.", code="no_time")
    if not wish.service:
        raise AppError("The analysis names no service.", code="unknown_service")
    customer = _customer(desk, call, wish.name)
    order = BookingRequest(
        parts=resolve_parts(wish.service, staff=wish.staff, branch_id=call.branch_id),
        starts_at=wish.start,
        branch_id=call.branch_id,
        source="call",
        actor=Actor("caller", "call", call.id),
        customer_id=customer.id if customer else None,
        call_id=call.id,
        notes=wish.notes,
        is_anonymous=call.caller_kind == "withheld",
        source_ref=f"call:{call.id}",
    )
    return create_booking(order)


def _made_during(call: Call, start: datetime | None) -> Booking | None:
    """The booking that the agent made in the call itself: the analysis only tells of it again."""
    mine = select(Booking).where(Booking.call_id == call.id).order_by(Booking.id.desc())
    return db.session.scalars(mine.where(Booking.starts_at == start) if start else mine).first()


def _book_or_ask(desk: Desk, call: Call, wish: Wish, branch: Branch, *, webhook_event_id: int | None) -> None:
    """What the agent promised is either in the calendar or on the front desk's list; her word alone books nothing."""
    try:
        booking = _made_during(call, wish.start) or _book(desk, call, wish)
    except AppError as refusal:
        _ask_front_desk(desk, call, wish, branch, refusal.code, webhook_event_id=webhook_event_id)
        call.outcome = "callback"
        return
    data = {"booking_id": booking.id, "starts_at": booking.starts_at.isoformat()}
    call.outcome = "booked"
    desk.note(call, "booked", at=now(), webhook_event_id=webhook_event_id, data=data)


def _ask_front_desk(desk: Desk, call: Call, wish: Wish, branch: Branch, reason: str, *, webhook_event_id: int | None) -> None:
    when = wish.start.astimezone(ZoneInfo(branch.zone)).strftime("%d.%m.%Y, %H:%M") if wish.start else wish.words or "ohne Zeit"
    task = create_task(
        "check_booking",
        f"Termin klären: {_who(call, wish.name)}, {when}",
        source_ref=f"booking:{call.id}",
        call=call,
        reason=reason,
        details="\n".join(filter(None, (wish.service, wish.staff, wish.notes, call.summary))) or None,
    )
    desk.note(call, "task", at=now(), webhook_event_id=webhook_event_id, data={"task_id": task.id, "kind": task.kind, "reason": reason})


def _customer(desk: Desk, call: Call, name: str | None) -> Customer | None:
    """The person the booking is for: perhaps another one of the family than the number alone names."""
    number = call.from_number if call.caller_kind == "number" else None
    known = desk.callers.setdefault((call.company_id, number), []) if number else []
    if not name:
        return db.session.get(Customer, call.customer_id) if call.customer_id else None
    person = matching.select_customer(known, name)
    if person is None:
        person = matching.create_named_customer(name, number)
        known.append(person)
    person.name = person.name or name
    matching.attach_customer(call, person)
    return person


def _who(call: Call, name: str | None) -> str:
    return name or (display(call.from_number) if call.from_number else "Nummer unterdrückt")
