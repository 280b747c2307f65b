"""Lists bookings by status, branch, person and time, in the order in which they take place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.extensions import db
from app.models import Booking, Customer, CustomerIdentity, Hold

# to count on would take longer the more there are
MAX_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class BookingSearch:
    """What is looked for; empty fields do not narrow. Times are instants: since <= starts_at < until."""

    statuses: Collection[str] = ()
    branch_ids: Collection[str] = ()
    staff_id: str = ""
    customer_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_bookings(
    search: BookingSearch, *, limit: int, offset: int = 0, after: Booking | None = None, newest_first: bool = False
) -> list[Booking]:
    """The bookings that are meant; `after` goes on behind that one, without counting from the start."""
    statement = select(Booking).where(*_build_conditions(Booking, search))
    if search.statuses:
        statement = statement.where(Booking.status.in_(search.statuses))
    if after is not None:
        statement = statement.where(_build_cursor_condition(after, newest_first))
    ordering = (Booking.starts_at.desc(), Booking.id.desc()) if newest_first else (Booking.starts_at, Booking.id)
    if offset:
        # what is only passed over is looked for in the index and not in the rows
        ids = db.session.scalars(statement.with_only_columns(Booking.id).order_by(*ordering).limit(limit).offset(offset)).all()
        return list(db.session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(*ordering)))
    return list(db.session.scalars(statement.order_by(*ordering).limit(limit)))


def count_bookings(search: BookingSearch) -> tuple[int, bool]:
    """How many there are, and whether that is all of them: beyond MAX_COUNTED nobody counts on."""
    matching_ids = select(Booking.id).where(*_build_conditions(Booking, search))
    if search.statuses:
        matching_ids = matching_ids.where(Booking.status.in_(search.statuses))
    counted = db.session.scalar(select(func.count()).select_from(matching_ids.limit(MAX_COUNTED + 1).subquery())) or 0
    return counted, counted <= MAX_COUNTED


def list_holds(search: BookingSearch, *, limit: int, offset: int = 0) -> list[Hold]:
    """Times that are kept at this moment."""
    statement = select(Hold).where(*_build_conditions(Hold, search), Hold.active())
    return list(db.session.scalars(statement.order_by(Hold.starts_at, Hold.id).limit(limit).offset(offset)))


def count_holds(search: BookingSearch) -> int:
    return db.session.scalar(select(func.count()).select_from(Hold).where(*_build_conditions(Hold, search), Hold.active())) or 0


def find_open_hold(hold_id: str) -> Hold | None:
    return db.session.scalars(select(Hold).where(Hold.id == hold_id, Hold.active())).first()


def load_customers(bookings: Collection[Booking]) -> dict[str, Customer]:
    """The customers of these bookings by id."""
    ids = {booking.customer_id for booking in bookings if booking.customer_id}
    return {customer.id: customer for customer in db.session.scalars(select(Customer).where(Customer.id.in_(ids)))} if ids else {}


def load_identities(customer_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """For each customer the first phone number and e-mail address: {id: {phone, email}}."""
    if not customer_ids:
        return {}
    rows = select(CustomerIdentity.customer_id, CustomerIdentity.kind, CustomerIdentity.value)
    identities: dict[str, dict[str, str]] = {}
    for customer_id, kind, value in db.session.execute(
        rows.where(CustomerIdentity.customer_id.in_(customer_ids)).order_by(CustomerIdentity.id)
    ):
        identities.setdefault(customer_id, {}).setdefault(kind, value)
    return identities


def _build_conditions(model: type[Any], search: BookingSearch) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.branch_ids:
        conditions.append(model.branch_id.in_(search.branch_ids))
    if search.staff_id:
        conditions.append(model.staff_id == search.staff_id)
    if search.customer_id and model is Booking:
        conditions.append(Booking.customer_id == search.customer_id)
    if search.since:
        conditions.append(model.starts_at >= search.since)
    if search.until:
        conditions.append(model.starts_at < search.until)
    return conditions


def _build_cursor_condition(last: Booking, newest_first: bool) -> ColumnElement[bool]:
    if newest_first:
        return and_(Booking.starts_at <= last.starts_at, or_(Booking.starts_at < last.starts_at, Booking.id < last.id))
    return and_(Booking.starts_at >= last.starts_at, or_(Booking.starts_at > last.starts_at, Booking.id > last.id))
