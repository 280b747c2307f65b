"""Create bookings and holds: find the slot and lock it in one transaction; a conflicting one is refused."""

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings.allocation import allocate, insert_bookings
from app.domain.bookings.booking_request import BookingRequest, validate_request
from app.domain.bookings.errors import BookingNotAllowed, ContactMissing, IdempotencyKeyReused
from app.domain.bookings.holds import consume_hold, insert_hold, publish_released
from app.domain.companies.policies import Rules, load_policies
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData
from app.events import BookingCreated
from app.models import Booking, CustomerIdentifier, Hold


def create_booking(request: BookingRequest) -> Booking:
    """Create the visit's bookings and publish BookingCreated; return the first, `visit_id` links them.

    The same source reference returns the first booking, whatever else the request says; so does the same idempotency key, if it is
    the same request, else it raises IdempotencyKeyReused. The request's hold is consumed while it is open. Raises UnknownService,
    UnknownStaff, ContactMissing, InThePast, Closed, BookingNotAllowed or SlotTaken, the last four with reasons and alternatives.
    Call inside a transaction; an error leaves no rows behind.
    """
    if first := find_idempotent(request):
        return first
    request = validate_request(request)
    policies = load_policies()
    rules = policies.rules(branch_id=request.branch_id, service_id=request.parts[0].service_id)
    check_customer_rules(request, rules)
    if request.call_id and rules.contact_required and not _has_contact(request):
        raise ContactMissing(_("Ohne Rufnummer oder E-Mail-Adresse wird hier nicht gebucht."))
    hold = request.hold if request.hold and request.hold.is_open else None

    def write(plan: AllocationPlan, data: SchedulingData) -> Booking:
        if hold:
            consume_hold(hold)
        bookings = insert_bookings(request, plan, data, policies)
        for booking in bookings:
            publish(BookingCreated(
                booking.company_id, booking.branch_id, booking.id, booking.call_id, request.notify, is_imported=request.is_imported
            ))  # fmt: skip
        if hold:
            publish_released(hold)
        return bookings[0]

    return allocate(request, write, ignoring=frozenset([hold.id] if hold else []), find_existing=lambda: find_idempotent(request))


def create_hold(request: BookingRequest, *, minutes: int | None = None) -> Hold:
    """Create a hold for some minutes (None: by the rules) and publish HoldPlaced.

    Raises what create_booking raises.
    """
    request = validate_request(request)
    rules = load_policies().rules(branch_id=request.branch_id, service_id=request.parts[0].service_id)
    check_customer_rules(request, rules)
    hold_minutes = rules.hold_minutes if minutes is None else minutes
    return allocate(request, lambda plan, data: insert_hold(request, plan, data, minutes=hold_minutes))


def find_idempotent(request: BookingRequest) -> Booking | None:
    """Find the booking already created by this request's idempotency key or source reference. Raises IdempotencyKeyReused."""
    key, conditions = request.idempotency_key, []
    if key:
        conditions.append(Booking.idempotency_key == str(key))
    if request.source_ref:
        conditions.append(Booking.source_ref == request.source_ref)
    if not conditions:
        return None
    first = db.session.scalars(select(Booking).where(or_(*conditions)).order_by(Booking.id).limit(1)).first()
    if first and key and first.idempotency_key == str(key) and first.request_hash not in (None, key.request_hash):
        raise IdempotencyKeyReused(key.name, first)
    return first


def check_customer_rules(request: BookingRequest, rules: Rules) -> None:
    """Raise BookingNotAllowed when the rules do not let this caller book."""
    if not request.is_from_caller:
        return
    if request.is_anonymous and not rules.anonymous_callers:
        raise BookingNotAllowed(_("Wer seine Rufnummer unterdrückt, kann nicht buchen."))
    if rules.open_bookings_per_customer and request.customer_id:
        # the parts of a visit are one appointment
        visits = select(func.count(func.coalesce(Booking.visit_id, Booking.id).distinct()))
        open_visits = db.session.scalar(visits.where(Booking.customer_id == request.customer_id, Booking.upcoming())) or 0
        if open_visits >= rules.open_bookings_per_customer:
            raise BookingNotAllowed(_("Mehr offene Termine sind nicht möglich."))


def _has_contact(request: BookingRequest) -> bool:
    """Whether whoever is booked for can be reached: as said with this booking, or by the record."""
    if request.contact_phone or request.contact_email:
        return True
    recorded = select(CustomerIdentifier.id).where(CustomerIdentifier.customer_id == request.customer_id).limit(1)
    return request.customer_id is not None and db.session.scalar(recorded) is not None
