"""Finds a way to have an order and writes it; who loses the race for it looks again, and at last is told why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.domain.bookings import occupying
from app.domain.bookings.ordering import Order
from app.domain.bookings.refusing import BookingRefused, SlotTaken, refusal
from app.domain.bookings.writing import SeatsGone
from app.domain.calendar.alternatives import Alternatives, alternatives
from app.domain.calendar.explaining import Reason, why_not
from app.domain.calendar.facts import Facts, Question, without_rules
from app.domain.calendar.loading import load_facts
from app.domain.calendar.planning import Plan, plans

T = TypeVar("T")
# each lost race is somebody else's booking, and the next person who is free is tried; beyond this the time counts as sold
ATTEMPTS = 25
REACH = timedelta(days=7)


def settle(
    order: Order, write: Callable[[Plan, Facts], T], *, ignoring: frozenset[str] = frozenset(), same: Callable[[], T | None] | None = None
) -> T:
    """Calls `write` with the preferred way in a savepoint until it is not refused by the database.

    `ignoring` names what shall not stand in the way; `same` looks, after a refusal, for what this very order has made meanwhile.
    Raises InThePast, Closed, NotBookable or SlotTaken, with reasons and alternatives.
    """
    question = question_of(order, ignoring)
    for _attempt in range(ATTEMPTS):
        try:
            plan, facts = find_way(order, question)
            with db.session.begin_nested():
                return write(plan, facts)
        except SeatsGone:
            continue
        except (BookingRefused, IntegrityError) as error:
            if same and (made := same()):
                return made
            if isinstance(error, BookingRefused) or not occupying.was_taken(error):
                raise
    raise SlotTaken(_("Diese Zeit ist gerade vergeben worden."))


def find_way(order: Order, question: Question) -> tuple[Plan, Facts]:
    """The preferred way to have the order as things stand, and the facts it comes from. Reads only; raises as settle does."""
    facts = load_facts(question, for_callers=order.from_a_caller)
    facts = without_rules(facts) if order.outside_rules else facts
    ways = plans(question, facts, order.starts_at)
    if not ways:
        raise refused(question, facts, order)
    return ways[0], facts


def question_of(order: Order, ignoring: frozenset[str] = frozenset()) -> Question:
    """The order as a question about its very minute."""
    present = min(now(), order.starts_at) if order.outside_rules else now()
    return Question(
        order.parts, order.starts_at, order.starts_at + timedelta(minutes=1), present, branch_id=order.branch_id,
        seats=order.seats, max_gap=order.max_gap, ignoring=ignoring, any_start=True,
    )  # fmt: skip


def refused(question: Question, facts: Facts, order: Order) -> BookingRefused:
    """Why not, and what is free near it."""
    reasons = why_not(question, facts, order.starts_at) or [Reason("booked", order.branch_id)]
    wanted = max(order.starts_at, question.now)
    around = replace(question, starts_from=max(wanted - REACH, question.now), starts_before=wanted + REACH, any_start=False)

    def near() -> Alternatives:
        wide = load_facts(around, for_callers=order.from_a_caller, everywhere=True)
        return alternatives(around, wide, wanted, reach=REACH)

    return refusal(reasons, facts, near=near)
