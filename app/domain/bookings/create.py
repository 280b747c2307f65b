"""Create bookings and holds: find the slot and lock it in one transaction; a conflicting one is refused."""

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings.allocation import allocate, insert_bookings
from app.domain.bookings.booking_request import BookingRequest, validate_request
from app.domain.bookings.errors import BookingNotAllowed
from app.domain.bookings.holds import consume_hold, find_hold, insert_hold, publish_released
from app.domain.companies.policies import Rules, load_policies
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData
from app.events import BookingCreated
from app.models import Booking, Hold


def create_booking(request: BookingRequest, *, hold: Hold | None = None) -> Booking:
    """Create the visit's bookings and publish BookingCreated; return the first, `visit_id` links them.

    The same idempotency key or source reference returns the first booking, whatever else the request says. The request's hold (or
    `hold`, if the row is loaded) is consumed. Raises UnknownService, UnknownStaff, InThePast, Closed, BookingNotAllowed
    or SlotTaken, the last four with reasons and alternatives. Call inside a transaction; an error leaves no rows behind.
    """
    if first := find_idempotent(request):
        return first
    request = validate_request(request)
    policies = load_policies()
    check_customer_rules(request, policies.rules(branch_id=request.branch_id, service_id=request.parts[0].service_id))
    held = hold or (find_hold(request.hold) if request.hold else None)

    def write(plan: AllocationPlan, data: SchedulingData) -> Booking:
        if held:
            consume_hold(held)
        bookings = insert_bookings(request, plan, data, policies)
        for booking in bookings:
            publish(BookingCreated(booking.company_id, booking.branch_id, booking.id, booking.call_id))
        if held:
            publish_released(held)
        return bookings[0]

    return allocate(request, write, ignoring=frozenset([held.id] if held else []), find_existing=lambda: find_idempotent(request))


def create_hold(request: BookingRequest, *, minutes: int | None = None) -> tuple[Hold, str]:
    """Create a hold for some minutes (None: by the rules) and publish HoldPlaced; return the hold and its token.

    Raises what create_booking raises.
    """
    request = validate_request(request)
    rules = load_policies().rules(branch_id=request.branch_id, service_id=request.parts[0].service_id)
    check_customer_rules(request, rules)
    hold_minutes = rules.hold_minutes if minutes is None else minutes
    return allocate(request, lambda plan, data: insert_hold(request, plan, data, minutes=hold_minutes))


def find_idempotent(request: BookingRequest) -> Booking | None:
    """Find the booking already created by this request's idempotency key or source reference."""
    keys = {Booking.idempotency_key: request.idempotency_key, Booking.source_ref: request.source_ref}
    conditions = [column == key for column, key in keys.items() if key]
    if not conditions:
        return None
    return db.session.scalars(select(Booking).where(or_(*conditions)).order_by(Booking.id).limit(1)).first()


def check_customer_rules(request: BookingRequest, rules: Rules) -> None:
    """Raise BookingNotAllowed when the rules do not let this caller book."""
    if not request.is_from_caller:
        return
    if request.is_anonymous and not rules.anonymous_callers:
        raise BookingNotAllowed(_("Wer seine Rufnummer unterdrückt, kann nicht buchen."))
    if rules.open_bookings_per_customer and request.customer_id:
        conditions = (Booking.customer_id == request.customer_id, Booking.upcoming())
        if (db.session.scalar(select(func.count()).select_from(Booking).where(*conditions)) or 0) >= rules.open_bookings_per_customer:
            raise BookingNotAllowed(_("Mehr offene Termine sind nicht möglich."))
