"""Lists bookings by status, branch, person and time, in the order in which they take place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.models import Booking, Customer, CustomerIdentity, Hold

# to count on would take longer the more there are
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty fields do not narrow. Times are instants: since <= starts_at < until."""

    statuses: Collection[str] = ()
    branch_ids: Collection[str] = ()
    staff_id: str = ""
    customer_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_bookings(
    search: Search, *, limit: int, offset: int = 0, after: Booking | None = None, newest_first: bool = False
) -> list[Booking]:
    """The bookings that are meant; `after` goes on behind that one, without counting from the start."""
    wanted = select(Booking).where(*_narrowed(Booking, search))
    if search.statuses:
        wanted = wanted.where(Booking.status.in_(search.statuses))
    if after is not None:
        wanted = wanted.where(_behind(after, newest_first))
    order = (Booking.starts_at.desc(), Booking.id.desc()) if newest_first else (Booking.starts_at, Booking.id)
    if offset:
        # what is only passed over is looked for in the index and not in the rows
        ids = db.session.scalars(wanted.with_only_columns(Booking.id).order_by(*order).limit(limit).offset(offset)).all()
        return list(db.session.scalars(select(Booking).where(Booking.id.in_(ids)).order_by(*order)))
    return list(db.session.scalars(wanted.order_by(*order).limit(limit)))


def count_bookings(search: Search) -> tuple[int, bool]:
    """How many there are, and whether that is all of them: beyond MOST_COUNTED nobody counts on."""
    few = select(Booking.id).where(*_narrowed(Booking, search))
    if search.statuses:
        few = few.where(Booking.status.in_(search.statuses))
    counted = db.session.scalar(select(func.count()).select_from(few.limit(MOST_COUNTED + 1).subquery())) or 0
    return counted, counted <= MOST_COUNTED


def list_holds(search: Search, *, limit: int, offset: int = 0) -> list[Hold]:
    """Times that are kept at this moment."""
    wanted = select(Hold).where(*_narrowed(Hold, search), *_open())
    return list(db.session.scalars(wanted.order_by(Hold.starts_at, Hold.id).limit(limit).offset(offset)))


def count_holds(search: Search) -> int:
    return db.session.scalar(select(func.count()).select_from(Hold).where(*_narrowed(Hold, search), *_open())) or 0


def find_open_hold(hold_id: str) -> Hold | None:
    return db.session.scalars(select(Hold).where(Hold.id == hold_id, *_open())).first()


def customers_of(bookings: Collection[Booking]) -> dict[str, Customer]:
    """The customers of these bookings by id."""
    ids = {booking.customer_id for booking in bookings if booking.customer_id}
    return {customer.id: customer for customer in db.session.scalars(select(Customer).where(Customer.id.in_(ids)))} if ids else {}


def identities_of(customer_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """For each customer the first phone number and e-mail address: {id: {phone, email}}."""
    if not customer_ids:
        return {}
    rows = select(CustomerIdentity.customer_id, CustomerIdentity.kind, CustomerIdentity.value)
    found: dict[str, dict[str, str]] = {}
    for customer_id, kind, value in db.session.execute(
        rows.where(CustomerIdentity.customer_id.in_(customer_ids)).order_by(CustomerIdentity.id)
    ):
        found.setdefault(customer_id, {}).setdefault(kind, value)
    return found


def _narrowed(model: type[Any], search: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.branch_ids:
        wanted.append(model.branch_id.in_(search.branch_ids))
    if search.staff_id:
        wanted.append(model.staff_id == search.staff_id)
    if search.customer_id and model is Booking:
        wanted.append(Booking.customer_id == search.customer_id)
    if search.since:
        wanted.append(model.starts_at >= search.since)
    if search.until:
        wanted.append(model.starts_at < search.until)
    return wanted


def _behind(last: Booking, newest_first: bool) -> ColumnElement[bool]:
    if newest_first:
        return and_(Booking.starts_at <= last.starts_at, or_(Booking.starts_at < last.starts_at, Booking.id < last.id))
    return and_(Booking.starts_at >= last.starts_at, or_(Booking.starts_at > last.starts_at, Booking.id > last.id))


def _open() -> tuple[ColumnElement[bool], ...]:
    return Hold.status == "open", Hold.expires_at > now()
