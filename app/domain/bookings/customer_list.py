"""The list of customers with what their appointments tell: visits, the last and the next one, money spent, no-shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import selectinload

from app.core.clock import now
from app.core.extensions import db
from app.domain.customers.search import build_filters
from app.models import Booking, Customer, CustomerTag

SortKey = Literal["last_call", "name", "visits", "last", "next", "spent", "no_shows"]
SORT_KEYS: tuple[SortKey, ...] = ("last_call", "name", "visits", "last", "next", "spent", "no_shows")
# sorted by these, the least comes first
ASCENDING: tuple[SortKey, ...] = ("name", "next")


@dataclass(frozen=True, slots=True)
class CustomerSearch:
    """`absent_since`: without any appointment from then on. `branch_ids`: whose appointments count; empty: all."""

    query: str = ""
    tag: str = ""
    absent_since: datetime | None = None
    sort: SortKey = "last_call"
    is_reversed: bool = False
    branch_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerFigures:
    """What took place counts as visit and as money: done, or confirmed and over; the parts of one visit count once."""

    visits: int = 0
    last: datetime | None = None
    next: datetime | None = None
    spent_cents: int = 0
    no_shows: int = 0


def list_customers(search: CustomerSearch, *, limit: int, offset: int = 0) -> list[Customer]:
    """List a page of customers with their identifiers."""
    ids = list(db.session.scalars(_sort(select(Customer.id).where(*_build_conditions(search)), search).limit(limit).offset(offset)))
    if not ids:
        return []
    rows = select(Customer).options(selectinload(Customer.identifiers)).where(Customer.id.in_(ids))
    by_id = {customer.id: customer for customer in db.session.scalars(rows)}
    return [by_id[customer_id] for customer_id in ids if customer_id in by_id]


def load_figures(customer_ids: Collection[str], *, branch_ids: Sequence[str] = ()) -> dict[str, CustomerFigures]:
    """The figures of these customers in one query; of those without any appointment there are none."""
    if not customer_ids:
        return {}
    figures = [column.label(name) for name, column in _build_figures().items()]
    statement = select(Booking.customer_id, *figures).where(Booking.customer_id.in_(customer_ids), *_count_only(branch_ids))
    rows = db.session.execute(statement.group_by(Booking.customer_id))
    return {row.customer_id: CustomerFigures(row.visits, row.last, row.next, int(row.spent), row.no_shows) for row in rows}


def _build_figures() -> dict[str, ColumnElement[Any]]:
    visit = func.coalesce(Booking.visit_id, Booking.id)
    took_place = and_(Booking.status.in_(("confirmed", "done")), Booking.ends_at <= now())
    ahead = and_(Booking.active(), Booking.starts_at > now())
    return {
        "visits": func.count(func.distinct(case((took_place, visit)))),
        "last": func.max(case((took_place, Booking.starts_at))),
        "next": func.min(case((ahead, Booking.starts_at))),
        "spent": func.coalesce(func.sum(case((took_place, Booking.price_cents))), 0),
        "no_shows": func.count(func.distinct(case((Booking.status == "no_show", visit)))),
    }


def _count_only(branch_ids: Sequence[str]) -> list[ColumnElement[bool]]:
    return [Booking.source != "simulator", *([Booking.branch_id.in_(branch_ids)] if branch_ids else [])]


def _build_conditions(search: CustomerSearch) -> list[ColumnElement[bool]]:
    conditions = build_filters(search.query)
    if search.tag:
        conditions.append(Customer.id.in_(select(CustomerTag.customer_id).where(CustomerTag.tag == search.tag)))
    if search.absent_since:
        came = exists().where(Booking.customer_id == Customer.id, Booking.starts_at >= search.absent_since, Booking.status != "cancelled")
        conditions += [~came, Customer.created_at < search.absent_since]
    return conditions


def _sort(statement: Select[Any], search: CustomerSearch) -> Select[Any]:
    """Sort with those at the end of whom it is not known; a figure is counted for each customer that the filters leave."""
    is_ascending = (search.sort in ASCENDING) != search.is_reversed
    if search.sort == "last_call":
        # as the index has it: without a call is the least
        order = (Customer.last_call_at, Customer.id) if is_ascending else (Customer.last_call_at.desc(), Customer.id.desc())
        return statement.order_by(*order)
    column: Any = Customer.name
    if search.sort != "name":
        figure = select(_build_figures()[search.sort]).where(Booking.customer_id == Customer.id, *_count_only(search.branch_ids))
        column = figure.correlate(Customer).scalar_subquery()
    # both databases take what is not known for the least
    known_first = [column.is_(None)] if is_ascending else []
    return statement.order_by(*known_first, column if is_ascending else column.desc(), Customer.id.desc())
