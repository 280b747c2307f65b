"""The customer whom an address names; foreign and made-up ids are nobody."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.models import Customer


def find_customer(customer_id: str) -> Customer | None:
    return db.session.scalars(select(Customer).where(Customer.id == customer_id)).first() if is_ulid(customer_id) else None


def get_customer(customer_id: str) -> Customer:
    customer = find_customer(customer_id)
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    return customer


def list_identifiers(customer: Customer, kind: str) -> list[str]:
    return [identifier.value for identifier in customer.identifiers if identifier.kind == kind]
