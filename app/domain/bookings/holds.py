"""Holds: short reservations of staff and rooms that expire by themselves."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.link_tokens import generate_token, hash_token
from app.domain.bookings import slot_locks
from app.domain.bookings.allocation import lock_plan
from app.domain.bookings.booking_request import BookingRequest
from app.domain.scheduling.allocation_plan import AllocationPlan
from app.domain.scheduling.types import SchedulingData
from app.events import HoldPlaced, HoldReleased
from app.models import Hold


def insert_hold(request: BookingRequest, plan: AllocationPlan, data: SchedulingData, *, minutes: int) -> Hold:
    """Insert the hold of a planned visit with its locks.

    Raises IntegrityError or SeatsUnavailable on a conflict; wrap it in a savepoint.
    """
    first = plan.parts[0]
    hold = Hold(
        id=new_ulid(), branch_id=plan.branch_id, service_id=first.service_id, staff_id=first.staff_id, call_id=request.call_id,
        parts=[
            {"service_id": part.service_id, "staff_id": part.staff_id, "requested_staff_id": wish.staff_id,
             "excluded_staff_ids": sorted(request.excluded_staff)}
            for part, wish in zip(plan.parts, request.parts, strict=True)
        ],
        starts_at=plan.starts_at, ends_at=plan.ends_at, timezone=data.get_branch(plan.branch_id).timezone,
        token_hash=hash_token(generate_token()), expires_at=now() + timedelta(minutes=minutes),
    )  # fmt: skip
    db.session.add(hold)
    db.session.flush()
    lock_plan(plan, data, holder_ids=[hold.id] * len(plan.parts), shared_holder_id=hold.id, seats=request.seats, expires_at=hold.expires_at)
    publish(HoldPlaced(hold.company_id, hold.branch_id, hold.id, hold.call_id))
    return hold


def consume_hold(hold: Hold) -> bool:
    """Release the locks for the booking that replaces the hold in the same transaction and publishes the release."""
    return close_without_event(hold, "used")


def close_hold(hold: Hold, status: str) -> bool:
    """Close an open hold and publish HoldReleased; False when it was closed concurrently."""
    closed = close_without_event(hold, status)
    if closed:
        publish_released(hold)
    return closed


def publish_released(hold: Hold) -> None:
    publish(HoldReleased(hold.company_id, hold.branch_id, hold.id, hold.call_id))


def close_without_event(hold: Hold, status: str, *conditions: ColumnElement[bool]) -> bool:
    """Close an open hold that meets the conditions and free its time; the caller publishes the release once it is sure."""
    if not slot_locks.execute_count(update(Hold).where(Hold.id == hold.id, Hold.status == "open", *conditions).values(status=status)):
        return False
    slot_locks.unlock_all(hold.id)
    return True


def expire_holds(limit: int = 100) -> int:
    """Expire due holds of the current company, or of all inside unscoped; return their number."""
    is_due = Hold.expires_at <= now()
    due = select(Hold).where(Hold.status == "open", is_due).order_by(Hold.expires_at).limit(limit)
    expired = 0
    for hold in db.session.scalars(due).all():
        # it may have been extended since it was read
        if close_without_event(hold, "expired", is_due):
            publish_released(hold)
            expired += 1
    return expired
