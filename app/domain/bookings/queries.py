"""Lists bookings by status, branch, person and time, in the order in which they take place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.extensions import db
from app.models import Booking, BookingChange, Branch, Customer, CustomerIdentifier, Hold, Service, StaffMember

# counting stops here: it costs more with every row
MAX_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class BookingSearch:
    """Search conditions; empty fields do not filter. Times are instants: since <= starts_at < until."""

    statuses: Collection[str] = ()
    branch_ids: Collection[str] = ()
    staff_id: str = ""
    customer_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_bookings(
    search: BookingSearch, *, limit: int, offset: int = 0, after: Booking | None = None, newest_first: bool = False
) -> list[Booking]:
    """List matching bookings; `after` is a cursor: the last booking of the page before."""
    statement = select(Booking).where(*_build_conditions(Booking, search))
    if search.statuses:
        statement = statement.where(Booking.status.in_(search.statuses))
    if after is not None:
        statement = statement.where(_build_cursor_condition(after, newest_first))
    ordering = (Booking.starts_at.desc(), Booking.id.desc()) if newest_first else (Booking.starts_at, Booking.id)
    if offset:
        # skipped rows are read from the index only
        ids = db.session.scalars(statement.with_only_columns(Booking.id).order_by(*ordering).limit(limit).offset(offset)).all()
        return list(db.session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(*ordering)))
    return list(db.session.scalars(statement.order_by(*ordering).limit(limit)))


def count_bookings(search: BookingSearch) -> tuple[int, bool]:
    """Count matching bookings, up to MAX_COUNTED; False when there are more."""
    matching_ids = select(Booking.id).where(*_build_conditions(Booking, search))
    if search.statuses:
        matching_ids = matching_ids.where(Booking.status.in_(search.statuses))
    counted = db.session.scalar(select(func.count()).select_from(matching_ids.limit(MAX_COUNTED + 1).subquery())) or 0
    return counted, counted <= MAX_COUNTED


def list_holds(search: BookingSearch, *, limit: int, offset: int = 0) -> list[Hold]:
    """List the active holds."""
    statement = select(Hold).where(*_build_conditions(Hold, search), Hold.active())
    return list(db.session.scalars(statement.order_by(Hold.starts_at, Hold.id).limit(limit).offset(offset)))


def count_holds(search: BookingSearch) -> int:
    return db.session.scalar(select(func.count()).select_from(Hold).where(*_build_conditions(Hold, search), Hold.active())) or 0


def find_open_hold(hold_id: str) -> Hold | None:
    return db.session.scalars(select(Hold).where(Hold.id == hold_id, Hold.active())).first()


def list_session_bookings(booking: Booking) -> list[Booking]:
    """The other bookings of the same group appointment."""
    if not booking.session_id:
        return []
    statement = select(Booking).where(Booking.session_id == booking.session_id, Booking.id != booking.id)
    return list(db.session.scalars(statement.order_by(Booking.id)))


def list_changes(booking: Booking) -> list[BookingChange]:
    """The history of the booking, newest first."""
    statement = select(BookingChange).where(BookingChange.booking_id == booking.id).order_by(BookingChange.id.desc())
    return list(db.session.scalars(statement))


@dataclass(frozen=True, slots=True)
class BookingDisplayNames:
    """Names of services, staff and branches by id."""

    services: dict[str, str]
    staff: dict[str, str]
    branches: dict[str, str]


def load_names() -> BookingDisplayNames:
    """The names in the current company's catalogue, of inactive rows too."""
    return BookingDisplayNames(_load_names_of(Service), load_staff_names(), _load_names_of(Branch))


def load_staff_names() -> dict[str, str]:
    return _load_names_of(StaffMember)


def _load_names_of(model: type[Any]) -> dict[str, str]:
    return {row.id: row.name for row in db.session.execute(select(model.id, model.name))}


def load_customers(bookings: Collection[Booking]) -> dict[str, Customer]:
    """The customers of these bookings by id."""
    ids = {booking.customer_id for booking in bookings if booking.customer_id}
    return {customer.id: customer for customer in db.session.scalars(select(Customer).where(Customer.id.in_(ids)))} if ids else {}


def load_last_starts(customer_ids: Collection[str]) -> dict[str, datetime]:
    """When the latest appointment of each customer begins or began that was not cancelled."""
    if not customer_ids:
        return {}
    latest = select(Booking.customer_id, func.max(Booking.starts_at)).where(Booking.customer_id.in_(customer_ids))
    return {row[0]: row[1] for row in db.session.execute(latest.where(Booking.status != "cancelled").group_by(Booking.customer_id))}


def load_identifiers(customer_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """For each customer the first phone number and e-mail address: {id: {phone, email}}."""
    if not customer_ids:
        return {}
    rows = select(CustomerIdentifier.customer_id, CustomerIdentifier.kind, CustomerIdentifier.value)
    identifiers: dict[str, dict[str, str]] = {}
    for customer_id, kind, value in db.session.execute(
        rows.where(CustomerIdentifier.customer_id.in_(customer_ids)).order_by(CustomerIdentifier.is_first.desc(), CustomerIdentifier.id)
    ):
        identifiers.setdefault(customer_id, {}).setdefault(kind, value)
    return identifiers


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
