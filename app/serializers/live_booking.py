"""Bookings and holds in live events, by id and by the call that created them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select

from app.core.clock import now
from app.core.extensions import db
from app.models.booking import ACTIVE_STATUSES, Booking
from app.models.call import Call
from app.models.hold import Hold
from app.models.service import Service
from app.models.staff_member import StaffMember

IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
# As in serializers/live, every join is an outer join from the rows named by id. Bookings and holds of a call must be found by the index
# on the call: without guidance both databases sometimes choose an index that begins with the company, and read all its bookings. So
# the status is filtered in Python, and MariaDB gets an index hint.
BOOKING = (
    Booking.id, Booking.branch_id, Booking.staff_id, Booking.status, Booking.starts_at, Booking.ends_at,
    Service.name.label("service"), StaffMember.name.label("staff"),
)  # fmt: skip
BOOKED_SERVICE = and_(Service.company_id == Booking.company_id, Service.id == Booking.service_id)
BOOKED_STAFF = and_(StaffMember.company_id == Booking.company_id, StaffMember.id == Booking.staff_id)
BOOKINGS_BY_ID = select(*BOOKING).outerjoin(Service, BOOKED_SERVICE).outerjoin(StaffMember, BOOKED_STAFF).where(Booking.id.in_(IDS))
BOOKINGS_OF_CALLS = (
    select(Call.id.label("call_id"), *BOOKING)
    .select_from(Call)
    .outerjoin(Booking, and_(Booking.company_id == Call.company_id, Booking.call_id == Call.id))
    .outerjoin(Service, BOOKED_SERVICE)
    .outerjoin(StaffMember, BOOKED_STAFF)
    .where(Call.id.in_(IDS))
    .order_by(Booking.created_at, Booking.id)
    .with_hint(Booking, "FORCE INDEX (ix_bookings_company_call)", "mysql")
    .with_hint(Booking, "FORCE INDEX (ix_bookings_company_call)", "mariadb")
)
HOLD = (
    Hold.id, Hold.staff_id, Hold.status, Hold.created_at, Hold.starts_at, Hold.expires_at,
    Service.name.label("service"), StaffMember.name.label("staff"),
)  # fmt: skip
HELD_SERVICE = and_(Service.company_id == Hold.company_id, Service.id == Hold.service_id)
HELD_STAFF = and_(StaffMember.company_id == Hold.company_id, StaffMember.id == Hold.staff_id)
HOLDS_BY_ID = select(*HOLD).outerjoin(Service, HELD_SERVICE).outerjoin(StaffMember, HELD_STAFF).where(Hold.id.in_(IDS))
HOLDS_OF_CALLS = (
    select(Call.id.label("call_id"), *HOLD)
    .select_from(Call)
    .outerjoin(Hold, and_(Hold.company_id == Call.company_id, Hold.call_id == Call.id))
    .outerjoin(Service, HELD_SERVICE)
    .outerjoin(StaffMember, HELD_STAFF)
    .where(Call.id.in_(IDS))
    .order_by(Hold.created_at, Hold.id)
    .with_hint(Hold, "FORCE INDEX (ix_holds_call)", "mysql")
    .with_hint(Hold, "FORCE INDEX (ix_holds_call)", "mariadb")
)


def build_live_bookings(booking_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Build the live objects of these bookings, by id."""
    if not booking_ids:
        return {}
    return {row.id: _build_live_booking(row) for row in db.session.execute(BOOKINGS_BY_ID, {"ids": list(booking_ids)})}


def build_live_holds(hold_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Build the live objects of these holds, by id."""
    if not hold_ids:
        return {}
    return {row.id: _build_live_hold(row) for row in db.session.execute(HOLDS_BY_ID, {"ids": list(hold_ids)})}


def get_open_holds(call_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Get the newest open hold of each call."""
    if not call_ids:
        return {}
    checked_at = now()
    rows = db.session.execute(HOLDS_OF_CALLS, {"ids": list(call_ids)})
    return {row.call_id: _build_live_hold(row) for row in rows if row.status == "open" and row.expires_at > checked_at}


def get_call_bookings(call_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Get the newest active booking of each call."""
    rows = db.session.execute(BOOKINGS_OF_CALLS, {"ids": list(call_ids)})
    return {row.call_id: _build_live_booking(row) for row in rows if row.status in ACTIVE_STATUSES}


def _build_live_booking(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "service": row.service,
        "staff": row.staff,
        "staff_id": row.staff_id,
        "branch_id": row.branch_id,
    }


def _build_live_hold(row: Any) -> dict[str, Any]:
    return {
        "hold": row.id,
        "placed_at": row.created_at.isoformat(),
        "starts_at": row.starts_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "service": row.service,
        "staff": row.staff,
        "staff_id": row.staff_id,
    }
