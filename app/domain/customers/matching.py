"""Matches customers by number and name; a number may belong to several."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, bindparam, select

from app.core.extensions import db
from app.domain.customers.name_matching import is_same_name
from app.models import Call, Customer, CustomerIdentifier

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# built once: constructing the statement costs more than executing it
CUSTOMERS_BY_NUMBER = (
    select(CustomerIdentifier.value, Customer)
    .join(Customer, and_(Customer.company_id == CustomerIdentifier.company_id, Customer.id == CustomerIdentifier.customer_id))
    .where(
        CustomerIdentifier.company_id.in_(bindparam("companies", expanding=True)),
        CustomerIdentifier.kind == "phone",
        CustomerIdentifier.value.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(Customer.created_at, Customer.id)
)


def find_customers_by_numbers(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Customer]]:
    """Find the customers of each (company, E.164 number), oldest first, in one query for all companies."""
    requested = set(numbers)
    by_number: dict[tuple[str, str], list[Customer]] = defaultdict(list)
    if requested:
        companies, values = sorted({company for company, _ in requested}), sorted({number for _, number in requested})
        for number, customer in db.session.execute(CUSTOMERS_BY_NUMBER, {"companies": companies, "numbers": values}):
            if (customer.company_id, number) in requested:
                by_number[customer.company_id, number].append(customer)
    return by_number


def select_customer(customers: list[Customer], name: str | None) -> Customer | None:
    """Select by name where one is given, else the only customer."""
    if name:
        same = [customer for customer in customers if customer.name and is_same_name(customer.name, name)]
        if same:
            return same[0]
        nameless = [customer for customer in customers if not customer.name]
        return nameless[0] if nameless else None
    return customers[0] if len(customers) == 1 else None


def attach_customer(call: Call, customer: Customer) -> None:
    """Set the call's customer and their last call."""
    call.customer_id = customer.id
    customer.last_call_at = max(filter(None, (customer.last_call_at, call.started_at)))


def create_unnamed_customer(company_id: str, number: str) -> Customer:
    """Create a customer with a number only.

    The id is derived from company and number, so that concurrent workers collide instead of creating two.
    """
    customer = Customer(id=_derive_id(company_id, number), company_id=company_id)
    customer.identifiers.append(CustomerIdentifier(company_id=company_id, kind="phone", value=number))
    db.session.add(customer)
    return customer


def create_named_customer(name: str, number: str | None) -> Customer:
    """Create a customer with a name, and a number that may be shared."""
    customer = Customer(name=name)
    db.session.add(customer)
    db.session.flush()
    if number:
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind="phone", value=number))
    return customer


def _derive_id(company_id: str, number: str) -> str:
    value = int.from_bytes(hashlib.sha256(f"{company_id}:{number}".encode()).digest()[:16], "big")
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
