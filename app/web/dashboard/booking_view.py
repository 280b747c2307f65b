"""What pages show of bookings: one with its details, and rows of a list."""

from typing import Any
from zoneinfo import ZoneInfo

from flask_login import current_user

from app.core.clock import now
from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.bookings import queries
from app.domain.bookings.status import TRANSITIONS
from app.domain.services import catalogue
from app.models import Booking, Branch, Customer, Service, StaffMember
from app.web.branch_filter import get_branch_filter
from app.web.formatting import clock, day
from app.web.labels import BOOKING_STATUSES
from app.web.own_calendar import list_own

MAX_STAFF = 200


def build_details(booking: Booking) -> dict[str, Any]:
    """Build the details that the page and the sheet share."""
    customer = db.session.get(Customer, booking.customer_id) if booking.customer_id else None
    local = booking.starts_at.astimezone(ZoneInfo(booking.timezone))
    service = db.session.get(Service, booking.service_id)
    staff = catalogue.list_staff(limit=MAX_STAFF, branch_id=booking.branch_id, service_id=booking.service_id)
    return {
        "booking": booking,
        "word": BOOKING_STATUSES[booking.status],
        "customer": customer,
        "number": booking.contact_phone or (customer.of_kind("phone") if customer else None),
        "email": booking.contact_email or (customer.of_kind("email") if customer else None),
        "service": service,
        "person": db.session.get(StaffMember, booking.staff_id),
        "branch": db.session.get(Branch, booking.branch_id),
        "people": [(person.id, person.name) for person in list_own(staff)],
        "local_day": local.date().isoformat(),
        "local_time": clock(booking.starts_at),
        "following": TRANSITIONS.get(booking.status, ()),
        "is_past": booking.starts_at <= now(),
        "standing": booking.is_active,
        "may_write": can(current_user, "bookings.write", branch_id=booking.branch_id),
    }


def list_rows(bookings: list[Booking]) -> list[dict[str, Any]]:
    """Build the rows of a list."""
    customers = queries.load_customers(bookings)
    identifiers = queries.load_identifiers(customers.keys())
    names = queries.load_names()
    names_branches = len(get_branch_filter(all_if_none=True)) > 1
    return [
        {
            "id": booking.id,
            "starts_at": booking.starts_at,
            "group": day(booking.starts_at),
            "name": customers[booking.customer_id].name if booking.customer_id in customers else None,
            "number": booking.contact_phone or identifiers.get(booking.customer_id or "", {}).get("phone"),
            "service": names.services.get(booking.service_id),
            "staff": names.staff.get(booking.staff_id),
            "branch": names.branches.get(booking.branch_id) if names_branches else None,
            "word": BOOKING_STATUSES[booking.status],
            "status": booking.status,
            "customer_confirmed_at": booking.customer_confirmed_at,
        }
        for booking in bookings
    ]
