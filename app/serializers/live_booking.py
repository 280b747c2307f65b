"""Bookings and holds as live dashboards show them, by themselves and on the call that made them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select

from app.core.clock import now
from app.core.extensions import db
from app.models.booking import STANDING, Booking
from app.models.call import Call
from app.models.hold import Hold
from app.models.service import Service
from app.models.staff_member import StaffMember

IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
BOOKINGS = (
    select(
        Booking.id, Booking.call_id, Booking.branch_id, Booking.status, Booking.starts_at, Booking.ends_at,
        Service.name.label("service"), StaffMember.name.label("staff"),
    )
    .join(Service, and_(Service.company_id == Booking.company_id, Service.id == Booking.service_id))
    .join(StaffMember, and_(StaffMember.company_id == Booking.company_id, StaffMember.id == Booking.staff_id))
)  # fmt: skip
BOOKINGS_BY_ID = BOOKINGS.where(Booking.id.in_(IDS))
BOOKINGS_OF_CALLS = (
    BOOKINGS.join(Call, and_(Call.company_id == Booking.company_id, Call.id == Booking.call_id))
    .where(Call.id.in_(IDS), Booking.status.in_(STANDING))
    .order_by(Booking.created_at, Booking.id)
)
HOLDS = (
    select(
        Hold.id,
        Hold.call_id,
        Hold.created_at,
        Hold.starts_at,
        Hold.expires_at,
        Service.name.label("service"),
        StaffMember.name.label("staff"),
    )
    .join(Service, and_(Service.company_id == Hold.company_id, Service.id == Hold.service_id))
    .join(StaffMember, and_(StaffMember.company_id == Hold.company_id, StaffMember.id == Hold.staff_id))
)
HOLDS_BY_ID = HOLDS.where(Hold.id.in_(IDS))
HOLDS_OF_CALLS = (
    HOLDS.join(Call, and_(Call.company_id == Hold.company_id, Call.id == Hold.call_id))
    .where(Call.id.in_(IDS), Hold.status == "open", Hold.expires_at > bindparam("now", type_=Hold.expires_at.type))
    .order_by(Hold.created_at, Hold.id)
)


def live_bookings(booking_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The live objects of these bookings, by id."""
    if not booking_ids:
        return {}
    return {row.id: _live_booking(row) for row in db.session.execute(BOOKINGS_BY_ID, {"ids": list(booking_ids)})}


def live_holds(hold_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The live objects of these holds, by id."""
    if not hold_ids:
        return {}
    return {row.id: _live_hold(row) for row in db.session.execute(HOLDS_BY_ID, {"ids": list(hold_ids)})}


def open_holds_of_calls(call_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest open hold of each call."""
    if not call_ids:
        return {}
    return {row.call_id: _live_hold(row) for row in db.session.execute(HOLDS_OF_CALLS, {"ids": list(call_ids), "now": now()})}


def bookings_of_calls(call_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest standing booking of each call."""
    return {row.call_id: _live_booking(row) for row in db.session.execute(BOOKINGS_OF_CALLS, {"ids": list(call_ids)})}


def _live_booking(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "service": row.service,
        "staff": row.staff,
        "branch_id": row.branch_id,
    }


def _live_hold(row: Any) -> dict[str, Any]:
    return {
        "hold": row.id,
        "placed_at": row.created_at.isoformat(),
        "starts_at": row.starts_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "service": row.service,
        "staff": row.staff,
    }
