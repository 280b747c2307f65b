"""Whether a second appointment of one person at one time is meant: asked, and booked when the caller says yes to just that."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _

from app.domain.agents.tools.booking_lookup import build_disclosed_data, find_overlapping
from app.domain.agents.tools.bookings_of_this_call import Visit, get_latest_end, has_asked, overlaps
from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.agents.tools.phrasing import build_bookings_data, say_booking, say_place, say_when
from app.domain.bookings.booking_request import BookingRequest
from app.models import Booking

# in a result's data: the caller was asked whether a second appointment at the same time is meant
SECOND_REQUEST = {"asked": "second"}
YES = re.compile(r"(?:yes|yep|ja|jo|jawohl|true|genau|right|correct|richtig|bestätigt|confirmed|zweite[rnsm]?|second|1)\b", re.IGNORECASE)


def ask_about_second(
    context: ToolContext, request: BookingRequest, name: str, earlier: Sequence[Visit], *, answer: str | None
) -> ToolResult | None:
    """Ask where the person has an appointment meanwhile, one of the visits that this call has booked (`earlier`) or one of another call.

    None where there is none, or where the caller was asked and the `answer` is yes.
    """
    if answer and YES.match(answer) and has_asked(context, SECOND_REQUEST):
        return None
    if other := next((visit for visit in earlier if overlaps(visit, request)), None):
        return _ask_about_own(context, other[0], name)
    known = find_overlapping(context, name, request.starts_at, get_latest_end(request))
    return _ask_about_known(context, known) if known else None


def _ask_about_own(context: ToolContext, booking: Booking, name: str) -> ToolResult:
    """Ask what becomes of the booking that this call has made for the same person at the same time."""
    data = build_bookings_data(context, [booking])[0]
    when, place = say_when(context, booking.starts_at, booking.timezone), say_place(context, booking.staff_id, booking.branch_id)
    question = _(
        "Für %(name)s steht %(when)s schon ein Termin %(place)s (%(service)s). Soll ich ihn ändern?",
        name=name, when=when, place=place, service=data["service"],
    )  # fmt: skip
    return reject("ambiguous", question, options=[booking.id], booking=data, **SECOND_REQUEST)


def _ask_about_known(context: ToolContext, booking: Booking) -> ToolResult:
    """Ask whether a second appointment is meant beside one of another call, of which only what the caller may hear is said."""
    question = _(
        "Unter diesem Namen steht %(when)s schon ein Termin. Soll ich einen zweiten eintragen, und für wen ist er?",
        when=say_booking(context, booking),
    )
    return reject("ambiguous", question, options=[booking.id], booking=build_disclosed_data(context, [booking])[0], **SECOND_REQUEST)
