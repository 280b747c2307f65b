"""Finds customers by name, number or e-mail address, the newest first."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from app.core.extensions import db
from app.core.phone import normalise
from app.models import Customer, CustomerIdentity

LONGEST_QUERY = 200


def find_customers(query: str = "", *, limit: int, offset: int = 0) -> list[Customer]:
    """Customers with their identities; an empty query means all."""
    wanted = select(Customer).options(selectinload(Customer.identities)).where(*_meant(query))
    return list(db.session.scalars(wanted.order_by(Customer.id.desc()).limit(limit).offset(offset)))


def count_customers(query: str = "") -> int:
    return db.session.scalar(select(func.count()).select_from(Customer).where(*_meant(query))) or 0


def _meant(query: str) -> list[ColumnElement[bool]]:
    """A name or the beginning of one of its parts, a number in any form, an address."""
    typed = query.encode("utf-8", "ignore").decode().strip()[:LONGEST_QUERY]
    if not typed:
        return []
    number = None if any(map(str.isalpha, typed)) else normalise(typed, source="human").e164
    known = select(CustomerIdentity.customer_id).where(CustomerIdentity.value == (number or typed.lower()))
    name = typed.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    begins = or_(Customer.name.like(f"{name}%", escape="\\"), Customer.name.like(f"% {name}%", escape="\\"))
    return [Customer.id.in_(known)] if number or "@" in typed else [begins]
