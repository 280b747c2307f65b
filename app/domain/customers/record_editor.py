"""Changes a customer's record from the form of the desk: who they are, how they are reached, and what they prefer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.customers.caller_assurance import set_birth_date
from app.domain.customers.contacts import save_contacts
from app.models import Customer, StaffMember


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What the form says. Numbers and addresses in any notation, in the order of the form; empty ones are none."""

    name: str
    numbers: Sequence[str] = ()
    emails: Sequence[str] = ()
    # which of them comes first, by its place
    first_number: int = 0
    first_email: int = 0
    birth_date: date | None = None
    language: str | None = None
    preferred_channel: str | None = None
    preferred_staff_id: str | None = None


def create_customer(values: CustomerRecord) -> Customer:
    """Raises InvalidInput with one sentence per field."""
    customer = Customer()
    db.session.add(customer)
    db.session.flush()
    _save(customer, values)
    record("customer_created", subject=customer.id)
    return customer


def save_customer(customer: Customer, values: CustomerRecord) -> None:
    """Raises InvalidInput with one sentence per field."""
    before = _snapshot(customer)
    _save(customer, values)
    changed = sorted(name for name, value in _snapshot(customer).items() if value != before[name])
    if changed:
        record("customer_changed", subject=customer.id, data={"fields": changed})


def _save(customer: Customer, values: CustomerRecord) -> None:
    wrong = {}
    if not values.name and not any(text.strip() for text in (*values.numbers, *values.emails)):
        wrong["name"] = _("Bitte einen Namen angeben, oder wenigstens eine Rufnummer.")
    if values.birth_date and values.birth_date > now().date():
        wrong["birth_date"] = _("Dieser Tag liegt in der Zukunft.")
    if values.preferred_staff_id and not _is_staff(values.preferred_staff_id):
        wrong["staff_id"] = _("Bitte wählen.")
    try:
        save_contacts(
            customer, numbers=values.numbers, emails=values.emails, first_number=values.first_number, first_email=values.first_email
        )
    except InvalidInput as error:
        wrong |= error.data["fields"]  # type: ignore[arg-type]
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    if (customer.name or "") != values.name:
        customer.name = values.name or None
    if customer.birth_date != (values.birth_date.isoformat() if values.birth_date else None):
        set_birth_date(customer, values.birth_date)
    customer.language = values.language
    customer.preferred_channel = values.preferred_channel
    customer.preferred_staff_id = values.preferred_staff_id
    db.session.flush()


def _snapshot(customer: Customer) -> dict[str, str | None]:
    names = ("name", "birth_date", "language", "preferred_channel", "preferred_staff_id")
    return {name: getattr(customer, name) for name in names}


def _is_staff(staff_id: str) -> bool:
    return db.session.scalar(select(StaffMember.id).where(StaffMember.id == staff_id)) is not None
