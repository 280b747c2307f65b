"""The visits of customers that took place, as marketing messages count them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from app.core.clock import now
from app.core.extensions import db
from app.models import Booking


def took_place() -> ColumnElement[bool]:
    """The condition for bookings that are over and were neither cancelled nor missed."""
    return and_(Booking.status.in_(("confirmed", "done")), Booking.ends_at <= now(), Booking.source != "simulator")


def list_ended(since: datetime, until: datetime) -> list[Booking]:
    """List the bookings that took place and ended in this time, the earliest first."""
    rows = select(Booking).where(took_place(), Booking.customer_id.is_not(None), Booking.ends_at > since, Booking.ends_at <= until)
    return list(db.session.scalars(rows.order_by(Booking.ends_at, Booking.id)))


def list_lapsed(since: datetime, until: datetime, service_id: str | None = None) -> list[str]:
    """List the customers whose last visit, or last one for this service, ended in this time."""
    last = func.max(Booking.ends_at)
    rows = select(Booking.customer_id).where(took_place(), Booking.customer_id.is_not(None), *_of_service(service_id))
    return list(filter(None, db.session.scalars(rows.group_by(Booking.customer_id).having(and_(last > since, last <= until)))))


def find_last(customer_id: str, service_id: str | None = None) -> Booking | None:
    rows = select(Booking).where(took_place(), Booking.customer_id == customer_id, *_of_service(service_id))
    return db.session.scalars(rows.order_by(Booking.ends_at.desc(), Booking.id).limit(1)).first()


def is_expected(customer_id: str, service_id: str | None = None) -> bool:
    """Whether the customer has an appointment ahead, or is here now."""
    ahead = select(Booking.id).where(Booking.customer_id == customer_id, Booking.active(), Booking.ends_at > now())
    return db.session.scalar(ahead.where(*_of_service(service_id)).limit(1)) is not None


def _of_service(service_id: str | None) -> list[ColumnElement[bool]]:
    return [Booking.service_id == service_id] if service_id else []
