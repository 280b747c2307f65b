"""The second confirmation of the desk: what stands against a booking, seen and ignored, and why."""

from datetime import datetime
from typing import Annotated, Any

from flask import jsonify, render_template

from app.core.extensions import db
from app.domain.bookings.errors import BookingError
from app.domain.bookings.override import OVERRIDABLE_CODES
from app.domain.bookings.queries import load_staff_names
from app.models import Booking, Customer
from app.web.dashboard.booking_responses import is_xhr, user_message
from app.web.fields import ParserField, TextField
from app.web.guards import get_next_path


def _parse_codes(text: str) -> frozenset[str]:
    codes = frozenset(filter(None, text.split(",")))
    if not codes.issubset(OVERRIDABLE_CODES):
        raise ValueError
    return codes


# the codes that the button of the confirmation carries
OverrideCodes = Annotated[frozenset[str], ParserField(_parse_codes, max_length=200)]
OverrideNote = Annotated[str, TextField(250)]


def format_codes(error: BookingError) -> str:
    """Format what may be ignored as the value of the confirmation's button; empty where nothing may."""
    return ",".join(code for code, _sentence in error.overridable)


def ask_to_override(booking: Booking, error: BookingError, *, starts_at: datetime | None, staff_id: str | None, version: int | None) -> Any:
    """Show what stands against a move, and a button that makes it all the same; for the script as JSON."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    starts_at = starts_at or booking.starts_at
    fields = {"starts_at": starts_at.isoformat(), "staff_id": staff_id, "version": version, "next": get_next_path(default="")}
    markup = render_template(
        "dashboard/booking_override.html" if is_xhr() else "dashboard/booking_override_alone.html",
        booking=booking,
        name=customer.name if customer else None,
        starts_at=starts_at,
        person=load_staff_names().get(staff_id or booking.staff_id),
        reasons=[sentence for _code, sentence in error.overridable],
        override=format_codes(error),
        fields=[(name, value) for name, value in fields.items() if value],
    )
    return (jsonify(message=user_message(error), code=error.code, confirm=markup) if is_xhr() else markup), error.status
