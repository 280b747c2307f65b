"""Keeps what callers wanted and did not get: the demand that no calendar shows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.extensions import db
from app.domain.bookings import slot_locks
from app.domain.bookings.booking_request import Order
from app.domain.bookings.errors import BookingRefused
from app.models import UnmetDemand


def keep_wish(
    reason: str,
    *,
    service_id: str | None = None,
    staff_id: str | None = None,
    branch_id: str | None = None,
    wanted: str | None = None,
    requested_from: datetime | None = None,
    requested_until: datetime | None = None,
    customer_id: str | None = None,
    call_id: str | None = None,
    source_ref: str | None = None,
) -> UnmetDemand:
    """Writes the wish down with the reason why it was not met; the same source keeps it once.

    `wanted` has the words where no service of ours is meant. To be called in a transaction of its own: the refused one is rolled back.
    """
    wish = UnmetDemand(
        branch_id=branch_id, service_id=service_id, staff_id=staff_id, customer_id=customer_id, call_id=call_id, reason=reason,
        wanted=wanted[:200] if wanted else None, requested_from=requested_from, requested_until=requested_until, source_ref=source_ref,
    )  # fmt: skip
    if source_ref and (kept := _of_source(source_ref)):
        return kept
    try:
        with db.session.begin_nested():
            db.session.add(wish)
            db.session.flush()
    except IntegrityError as error:
        if not slot_locks.was_taken(error) or not source_ref or not (kept := _of_source(source_ref)):
            raise
        return kept
    return wish


def keep_refused(order: Order, refused: BookingRefused, *, source_ref: str | None = None) -> UnmetDemand:
    """The wish behind an order that was refused."""
    first = order.parts[0]
    reason = refused.reasons[0].code if refused.reasons else refused.code
    return keep_wish(
        reason, service_id=first.service_id, staff_id=first.staff_id, branch_id=order.branch_id, requested_from=order.starts_at,
        customer_id=order.customer_id, call_id=order.call_id, source_ref=source_ref,
    )  # fmt: skip


def _of_source(source_ref: str) -> UnmetDemand | None:
    return db.session.scalars(select(UnmetDemand).where(UnmetDemand.source_ref == source_ref)).first()
