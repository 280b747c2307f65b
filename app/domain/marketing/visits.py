"""The visits of customers that took place, as marketing messages count them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from app.core.clock import now
from app.core.extensions import db
from app.models import Booking


def took_place(booking: type[Booking] = Booking) -> ColumnElement[bool]:
    """The condition for bookings that are over and were neither cancelled nor missed."""
    return and_(booking.status.in_(("confirmed", "done")), booking.ends_at <= now(), booking.source != "simulator")


def list_ended(since: datetime, until: datetime) -> list[Booking]:
    """List the bookings that took place and ended in this time, the earliest first."""
    rows = select(Booking).where(took_place(), Booking.customer_id.is_not(None), Booking.ends_at > since, Booking.ends_at <= until)
    return list(db.session.scalars(rows.order_by(Booking.ends_at, Booking.id)))


def list_last(since: datetime, until: datetime, service_id: str | None = None) -> list[Booking]:
    """List the last visits, or last ones for this service, that ended in this time, one for each customer."""
    later = aliased(Booking)
    came_again = exists().where(
        later.customer_id == Booking.customer_id, took_place(later), later.ends_at > Booking.ends_at, *_of_service(service_id, later)
    )
    rows = select(Booking).where(
        took_place(),
        Booking.customer_id.is_not(None),
        Booking.ends_at > since,
        Booking.ends_at <= until,
        *_of_service(service_id),
        ~came_again,
    )
    # of two that end together the first one by id counts, as in `find_last`
    by_customer: dict[str | None, Booking] = {}
    for booking in db.session.scalars(rows.order_by(Booking.id)):
        by_customer.setdefault(booking.customer_id, booking)
    return list(by_customer.values())


def find_last(customer_id: str, service_id: str | None = None) -> Booking | None:
    rows = select(Booking).where(took_place(), Booking.customer_id == customer_id, *_of_service(service_id))
    return db.session.scalars(rows.order_by(Booking.ends_at.desc(), Booking.id).limit(1)).first()


def is_expected(customer_id: str, service_id: str | None = None) -> bool:
    """Whether the customer has an appointment ahead, or is here now."""
    ahead = select(Booking.id).where(Booking.customer_id == customer_id, Booking.active(), Booking.ends_at > now())
    return db.session.scalar(ahead.where(*_of_service(service_id)).limit(1)) is not None


def _of_service(service_id: str | None, booking: type[Booking] = Booking) -> list[ColumnElement[bool]]:
    return [booking.service_id == service_id] if service_id else []
