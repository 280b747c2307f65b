"""Finds or creates the customer of a booking that staff or an API client makes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import email_address, phone
from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.customers import matching
from app.models import Customer, CustomerIdentifier

MAX_NAME_LENGTH = 160


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A customer's name, phone number (E.164) and e-mail address."""

    name: str
    phone: str | None = None
    email: str | None = None


def validate_contact(name: str, *, number: str | None = None, email: str | None = None, region: str = "DE") -> ContactDetails:
    """Validate and normalize contact details; `number` in any notation. Raises InvalidInput with one message per field."""
    contact = ContactDetails(" ".join(name.split()), _e164(number, region), email_address.normalise(email) if email else None)
    wrong = {}
    if not contact.name or len(contact.name) > MAX_NAME_LENGTH:
        wrong["name"] = _("Der Name ist zu lang.") if contact.name else _("Bitte einen Namen angeben.")
    if number and number.strip() and not contact.phone:
        wrong["phone"] = _("Diese Rufnummer gibt es so nicht. Vielleicht fehlen Ziffern.")
    if email and email.strip() and not contact.email:
        wrong["email"] = _("Bitte genau eine E-Mail-Adresse angeben, zum Beispiel name@firma.de.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    return contact


def find_or_create(name: str, *, number: str | None = None, email: str | None = None, region: str = "DE") -> Customer:
    """Find the customer of this name and number, or create one; adds new contact details. Raises as validate_contact."""
    return find_or_create_contact(validate_contact(name, number=number, email=email, region=region))


def find_or_create_contact(contact: ContactDetails, customer_id: str | None = None) -> Customer:
    """Find the customer of these validated details, or create one; adds those that are new. `customer_id`: who it is. Raises NotFound."""
    known = _get_customer(customer_id) if customer_id else find_existing_contact(contact)
    customer = known or matching.create_named_customer(contact.name, None)
    customer.name = customer.name or contact.name
    for kind, value in (("phone", contact.phone), ("email", contact.email)):
        if value:
            add_identifier(customer, kind, value)
    return customer


def save_contacts(
    customer: Customer, *, numbers: Iterable[str], emails: Iterable[str], first_number: int = 0, first_email: int = 0
) -> None:
    """Make these the customer's numbers and addresses, in any notation; which of each comes first is said by its place.

    Raises InvalidInput with one message per field: phone-0, phone-1, email-0 …
    """
    found: dict[tuple[str, str], bool] = {}
    wrong = {}
    for kind, typed, first in (("phone", numbers, first_number), ("email", emails, first_email)):
        for place, text in enumerate(map(str.strip, typed)):
            if not text:
                continue
            try:
                contact = validate_contact("x", **{"number" if kind == "phone" else "email": text})
            except InvalidInput as error:
                wrong[f"{kind}-{place}"] = cast("dict[str, str]", error.data["fields"])[kind]
                continue
            key = (kind, contact.phone or contact.email or "")
            found[key] = found.get(key, False) or place == first
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    before = {(one.kind, one.value): one for one in customer.identifiers if one.kind in ("phone", "email")}
    removed, added = [one for key, one in before.items() if key not in found], [key for key in found if key not in before]
    for one in removed:
        db.session.delete(one)
    for key in found.keys() & before.keys():
        before[key].is_first = found[key]
    for kind, value in added:
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind=kind, value=value, is_first=found[kind, value]))
    if removed or added:
        record("customer_contacts_changed", subject=customer.id, data={"removed": len(removed), "added": len(added)})
    db.session.flush()
    db.session.expire(customer, ["identifiers"])


def _get_customer(customer_id: str) -> Customer:
    customer = db.session.scalars(select(Customer).where(Customer.id == customer_id)).first()
    if customer is None:
        raise NotFound(_("Diese Person steht nicht in der Kartei."))
    return customer


def find_existing_contact(contact: ContactDetails) -> Customer | None:
    """Find by number, else by e-mail; the name decides among several, and an unnamed customer takes this name."""
    for kind, value in (("phone", contact.phone), ("email", contact.email)):
        if not value:
            continue
        rows = select(Customer).join(CustomerIdentifier, CustomerIdentifier.customer_id == Customer.id)
        rows = rows.where(CustomerIdentifier.kind == kind, CustomerIdentifier.value == value).order_by(Customer.created_at, Customer.id)
        if existing := matching.select_customer(list(db.session.scalars(rows)), contact.name):
            return existing
    return None


def add_identifier(customer: Customer, kind: str, value: str) -> None:
    """Add a phone number or e-mail address, unless the customer has it."""
    same = (CustomerIdentifier.customer_id == customer.id, CustomerIdentifier.kind == kind, CustomerIdentifier.value == value)
    if db.session.scalar(select(CustomerIdentifier.id).where(*same)) is None:
        db.session.add(CustomerIdentifier(customer_id=customer.id, kind=kind, value=value))
        db.session.flush()


def _e164(number: str | None, region: str) -> str | None:
    return phone.normalise(number, source="human", region=region).e164 if number and number.strip() else None
