"""Unmet demand: requests that could not be booked."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.extensions import db
from app.domain.bookings import slot_locks
from app.domain.bookings.booking_request import BookingRequest
from app.domain.bookings.errors import BookingError
from app.models import UnmetDemand


def record_unmet_demand(
    reason: str,
    *,
    service_id: str | None = None,
    staff_id: str | None = None,
    branch_id: str | None = None,
    requested_text: str | None = None,
    requested_from: datetime | None = None,
    requested_until: datetime | None = None,
    customer_id: str | None = None,
    call_id: str | None = None,
    source_ref: str | None = None,
) -> UnmetDemand:
    """Record a request that was not met, with the reason; idempotent by `source_ref`.

    `requested_text` holds the words where no service matches. Call in a transaction of its own: the rejected one is rolled back.
    """
    demand = UnmetDemand(
        branch_id=branch_id, service_id=service_id, staff_id=staff_id, customer_id=customer_id, call_id=call_id, reason=reason,
        requested_text=requested_text[:200] if requested_text else None,
        requested_from=requested_from, requested_until=requested_until, source_ref=source_ref,
    )  # fmt: skip
    if source_ref and (existing := _find_by_source(source_ref)):
        return existing
    try:
        with db.session.begin_nested():
            db.session.add(demand)
            db.session.flush()
    except IntegrityError as error:
        if not slot_locks.is_unique_violation(error) or not source_ref or not (existing := _find_by_source(source_ref)):
            raise
        return existing
    return demand


def record_rejected_request(request: BookingRequest, error: BookingError, *, source_ref: str | None = None) -> UnmetDemand:
    """Record the demand behind a rejected booking request."""
    first = request.parts[0]
    reason = error.reasons[0].code if error.reasons else error.code
    return record_unmet_demand(
        reason, service_id=first.service_id, staff_id=first.staff_id, branch_id=request.branch_id, requested_from=request.starts_at,
        customer_id=request.customer_id, call_id=request.call_id, source_ref=source_ref,
    )  # fmt: skip


def _find_by_source(source_ref: str) -> UnmetDemand | None:
    return db.session.scalars(select(UnmetDemand).where(UnmetDemand.source_ref == source_ref)).first()
