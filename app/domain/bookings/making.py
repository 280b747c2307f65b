"""Makes bookings: the time is looked up, written down and guarded in one transaction; the second one for it is refused."""

from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from app.core.announcements import announce
from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings import occupying
from app.domain.bookings.holding import find_hold, use_hold
from app.domain.bookings.ordering import Order, check_parts
from app.domain.bookings.refusing import BookingRefused, NotBookable, SlotTaken, refusal
from app.domain.bookings.writing import SeatsGone, write_plan
from app.domain.calendar.alternatives import alternatives
from app.domain.calendar.explaining import Reason, why_not
from app.domain.calendar.facts import Facts, Question, without_rules
from app.domain.calendar.loading import load_facts
from app.domain.calendar.planning import plans
from app.domain.companies.policies import Rules, load_policies
from app.events import BookingMade, HoldReleased
from app.models import Booking
from app.models.booking import STANDING

# who loses a race looks again and takes the next person who is free; more than this many lost races mean that nothing is
ATTEMPTS = 25
REACH = timedelta(days=7)


def make_booking(order: Order) -> Booking:
    """Books the visit and announces BookingMade; of several services the first one's booking comes back, `visit_id` ties them.

    The same idempotency key or source reference gives back the first booking, whatever else the order says. Raises UnknownService,
    UnknownStaff, InThePast, Closed, NotBookable or SlotTaken, the last four with reasons and alternatives. To be called inside a
    transaction; a refusal leaves nothing behind.
    """
    if first := find_same(order):
        return first
    check_parts(order.parts)
    policies = load_policies()
    check_customer(order, policies.rules(branch_id=order.branch_id, service_id=order.parts[0].service_id))
    hold = find_hold(order.hold) if order.hold else None
    question = question_of(order, ignoring=frozenset([hold.id] if hold else []))
    for _attempt in range(ATTEMPTS):
        facts = _facts_for(order, question)
        ways = plans(question, facts, order.starts_at)
        if not ways:
            raise refused(question, facts, order)
        try:
            with db.session.begin_nested():
                if hold:
                    use_hold(hold)
                bookings = write_plan(order, ways[0], facts, policies)
        except (IntegrityError, SeatsGone) as error:
            if isinstance(error, IntegrityError) and not occupying.was_taken(error):
                raise
            if first := find_same(order):
                return first
            continue
        for booking in bookings:
            announce(BookingMade(booking.company_id, booking.branch_id, booking.id, booking.call_id))
        if hold:
            announce(HoldReleased(hold.company_id, hold.branch_id, hold.id, hold.call_id))
        return bookings[0]
    raise SlotTaken(_("Diese Zeit ist gerade vergeben worden."))


def question_of(order: Order, *, ignoring: frozenset[str] = frozenset()) -> Question:
    """The order as a question about its very minute."""
    present = min(now(), order.starts_at) if order.outside_rules else now()
    return Question(
        order.parts, order.starts_at, order.starts_at + timedelta(minutes=1), present, branch_id=order.branch_id,
        seats=order.seats, max_gap=order.max_gap, ignoring=ignoring, any_start=True,
    )  # fmt: skip


def find_same(order: Order) -> Booking | None:
    """The booking that this very order has made before."""
    keys = {Booking.idempotency_key: order.idempotency_key, Booking.source_ref: order.source_ref}
    same = [column == key for column, key in keys.items() if key]
    if not same:
        return None
    return db.session.scalars(select(Booking).where(or_(*same)).order_by(Booking.id).limit(1)).first()


def refused(question: Question, facts: Facts, order: Order) -> BookingRefused:
    """Why not, and what is free near it."""
    reasons = why_not(question, facts, order.starts_at) or [Reason("booked", order.branch_id)]
    wanted = max(order.starts_at, question.now)
    around = replace(question, starts_from=max(wanted - REACH, question.now), starts_before=wanted + REACH, any_start=False)
    wide = load_facts(around, for_callers=order.from_a_caller, everywhere=True)
    return refusal(reasons, alternatives(around, wide, wanted, reach=REACH), facts)


def check_customer(order: Order, rules: Rules) -> None:
    """Raises NotBookable when the rules do not let this caller book by themselves."""
    if not order.from_a_caller:
        return
    if order.anonymous and not rules.anonymous_callers:
        raise NotBookable(_("Wer seine Rufnummer unterdrückt, kann nicht buchen."))
    if rules.open_bookings_per_customer and order.customer_id:
        mine = (Booking.customer_id == order.customer_id, Booking.status.in_(STANDING), Booking.starts_at > now())
        if (db.session.scalar(select(func.count()).select_from(Booking).where(*mine)) or 0) >= rules.open_bookings_per_customer:
            raise NotBookable(_("Mehr offene Termine sind nicht möglich."))


def _facts_for(order: Order, question: Question) -> Facts:
    facts = load_facts(question, for_callers=order.from_a_caller)
    return without_rules(facts) if order.outside_rules else facts
