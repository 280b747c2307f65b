"""Searches customers by name, number or e-mail address."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app.core.extensions import db
from app.core.phone import normalise
from app.models import Booking, Customer, CustomerIdentity

MAX_QUERY_LENGTH = 200


def find_customers(query: str = "", *, limit: int, offset: int = 0) -> list[Customer]:
    """Find customers with their identities, newest first; an empty query means all."""
    statement = select(Customer).options(selectinload(Customer.identities)).where(*_build_filters(query))
    return list(db.session.scalars(statement.order_by(Customer.id.desc()).limit(limit).offset(offset)))


def count_customers(query: str = "") -> int:
    return db.session.scalar(select(func.count()).select_from(Customer).where(*_build_filters(query))) or 0


def list_recent_callers(query: str = "", *, limit: int, after: Customer | None = None) -> list[Customer]:
    """List customers by last call, newest first; `after` is the last one of the previous page."""
    statement = select(Customer).options(selectinload(Customer.identities)).where(*_build_filters(query)).limit(limit)
    customers: list[Customer] = []
    if after is None or after.last_call_at is not None:
        called = statement.where(Customer.last_call_at.is_not(None))
        if after is not None:
            at = after.last_call_at
            called = called.where(Customer.last_call_at <= at, or_(Customer.last_call_at < at, Customer.id < after.id))
        customers = list(db.session.scalars(called.order_by(Customer.last_call_at.desc(), Customer.id.desc())))
    if len(customers) < limit:
        never = statement.where(Customer.last_call_at.is_(None)).limit(limit - len(customers))
        if after is not None and after.last_call_at is None:
            never = never.where(Customer.id < after.id)
        customers += db.session.scalars(never.order_by(Customer.id.desc()))
    return customers


def list_customers_sharing_contact(customer: Customer, *, limit: int) -> list[Customer]:
    """List other customers with one of this customer's numbers or addresses."""
    theirs = [and_(CustomerIdentity.kind == one.kind, CustomerIdentity.value == one.value) for one in customer.identities]
    if not theirs:
        return []
    others = select(CustomerIdentity.customer_id).where(or_(*theirs), CustomerIdentity.customer_id != customer.id)
    statement = select(Customer).options(selectinload(Customer.identities)).where(Customer.id.in_(others))
    return list(db.session.scalars(statement.order_by(Customer.name, Customer.id).limit(limit)))


def find_shared_numbers(numbers: Collection[str]) -> set[str]:
    """Find numbers shared by several customers."""
    shared = select(CustomerIdentity.value).where(CustomerIdentity.kind == "phone", CustomerIdentity.value.in_(numbers))
    more_than_one = shared.group_by(CustomerIdentity.value).having(func.count() > 1)
    return set(db.session.scalars(more_than_one)) if numbers else set()


def _build_filters(query: str) -> list[ColumnElement[bool]]:
    """Build filters by start of a name, number or e-mail, including contacts stored with bookings only."""
    typed = query.encode("utf-8", "ignore").decode().strip()[:MAX_QUERY_LENGTH]
    if not typed:
        return []
    number = None if any(map(str.isalpha, typed)) else normalise(typed, source="human").e164
    known = select(CustomerIdentity.customer_id).where(CustomerIdentity.value == (number or typed.lower()))
    contact = Booking.contact_phone == number if number else Booking.contact_email == typed.lower()
    booked = select(Booking.customer_id).where(contact, Booking.customer_id.is_not(None))
    name = typed.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    begins = or_(Customer.name.like(f"{name}%", escape="\\"), Customer.name.like(f"% {name}%", escape="\\"))
    return [or_(Customer.id.in_(known), Customer.id.in_(booked))] if number or "@" in typed else [begins]
