"""Makes bookings and holds: the time is looked up, written down and guarded in one transaction; the second one for it is refused."""

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.bookings.allocation import settle, write_plan
from app.domain.bookings.booking_request import Order, checked
from app.domain.bookings.errors import NotBookable
from app.domain.bookings.holds import find_hold, tell_released, use_hold, write_hold
from app.domain.companies.policies import Rules, load_policies
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData
from app.events import BookingCreated
from app.models import Booking, Hold
from app.models.booking import ACTIVE_STATUSES


def make_booking(order: Order, *, hold: Hold | None = None) -> Booking:
    """Books the visit and announces BookingCreated; of several services the first one's booking comes back, `visit_id` ties them.

    The same idempotency key or source reference gives back the first booking, whatever else the order says. The order's hold (or
    `hold`, for those who have the row) gives way to the booking. Raises UnknownService, UnknownStaff, InThePast, Closed, NotBookable
    or SlotTaken, the last four with reasons and alternatives. To be called inside a transaction; a refusal leaves nothing behind.
    """
    if first := find_same(order):
        return first
    order = checked(order)
    policies = load_policies()
    check_customer(order, policies.rules(branch_id=order.branch_id, service_id=order.parts[0].service_id))
    held = hold or (find_hold(order.hold) if order.hold else None)

    def write(plan: AllocationPlan, facts: SchedulingData) -> Booking:
        if held:
            use_hold(held)
        bookings = write_plan(order, plan, facts, policies)
        for booking in bookings:
            publish(BookingCreated(booking.company_id, booking.branch_id, booking.id, booking.call_id))
        if held:
            tell_released(held)
        return bookings[0]

    return settle(order, write, ignoring=frozenset([held.id] if held else []), same=lambda: find_same(order))


def place_hold(order: Order, *, minutes: int | None = None) -> tuple[Hold, str]:
    """Keeps the time for some minutes (None: as the rules say) and announces HoldPlaced; gives the hold and its token.

    Raises what make_booking raises.
    """
    order = checked(order)
    rules = load_policies().rules(branch_id=order.branch_id, service_id=order.parts[0].service_id)
    check_customer(order, rules)
    kept = rules.hold_minutes if minutes is None else minutes
    return settle(order, lambda plan, facts: write_hold(order, plan, facts, minutes=kept))


def find_same(order: Order) -> Booking | None:
    """The booking that this very order has made before."""
    keys = {Booking.idempotency_key: order.idempotency_key, Booking.source_ref: order.source_ref}
    same = [column == key for column, key in keys.items() if key]
    if not same:
        return None
    return db.session.scalars(select(Booking).where(or_(*same)).order_by(Booking.id).limit(1)).first()


def check_customer(order: Order, rules: Rules) -> None:
    """Raises NotBookable when the rules do not let this caller book by themselves."""
    if not order.from_a_caller:
        return
    if order.anonymous and not rules.anonymous_callers:
        raise NotBookable(_("Wer seine Rufnummer unterdrückt, kann nicht buchen."))
    if rules.open_bookings_per_customer and order.customer_id:
        mine = (Booking.customer_id == order.customer_id, Booking.status.in_(ACTIVE_STATUSES), Booking.starts_at > now())
        if (db.session.scalar(select(func.count()).select_from(Booking).where(*mine)) or 0) >= rules.open_bookings_per_customer:
            raise NotBookable(_("Mehr offene Termine sind nicht möglich."))
