"""What a customer knows of a booking that was changed without their knowing."""

from sqlalchemy import select

from app.core.extensions import db
from app.models import Booking, BookingChange


def get_known_state(booking: Booking, version: int) -> dict[str, str]:
    """Get the fields as they were before the change to this version, of which the customer was not told."""
    changed = select(BookingChange.before).where(BookingChange.booking_id == booking.id, BookingChange.version == version)
    return db.session.scalar(changed) or {}


def matches(booking: Booking, known_state: dict[str, str]) -> bool:
    """Whether the known state matches the booking; missing fields are unchanged."""
    place = {"starts_at": booking.starts_at.isoformat(), "staff_id": booking.staff_id, "branch_id": booking.branch_id}
    return all(known_state.get(name, value) == value for name, value in place.items())
