"""Turns what a caller wants into an order, and a refusal into words with what is free near it."""

from datetime import datetime

from flask_babel import gettext as _

from app.domain.agents.answers import Answer, refused as refused_answer
from app.domain.agents.callers import Contact
from app.domain.agents.free_times import Found, around
from app.domain.agents.situation import Situation
from app.domain.agents.telling import Names, say_free, slots_data
from app.domain.agents.wanting import Visit
from app.domain.bookings.ordering import Order
from app.domain.bookings.refusing import BookingRefused, SlotTaken
from app.domain.bookings.wishes import keep_refused
from app.models import Customer

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
