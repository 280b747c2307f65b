"""Finds or creates the customer of a booking that staff or an API client makes."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import phone
from app.core.errors import InvalidInput
from app.core.extensions import db
from app.domain.customers import matching
from app.models import Customer, CustomerIdentity

MAX_NAME_LENGTH = 160
MAX_EMAIL_LENGTH = 190
MAX_SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A customer's name and contact details."""

    name: str
    e164: str | None
    email: str | None


def validate_contact(name: str, *, number: str | None = None, email: str | None = None, region: str = "DE") -> ContactDetails:
    """Validate and normalize contact details; `number` in any notation. Raises InvalidInput with one message per field."""
    contact = ContactDetails(" ".join(name.split()), _e164(number, region), (email or "").strip().lower() or None)
    wrong = {}
    if not contact.name or len(contact.name) > MAX_NAME_LENGTH:
        wrong["name"] = _("Der Name ist zu lang.") if contact.name else _("Bitte einen Namen angeben.")
    if number and number.strip() and not contact.e164:
        wrong["phone"] = _("Diese Rufnummer gibt es so nicht. Vielleicht fehlen Ziffern.")
    if contact.email and not _is_email(contact.email):
        wrong["email"] = _("Diese E-Mail-Adresse ist nicht vollständig.")
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    return contact


def find_or_create(name: str, *, number: str | None = None, email: str | None = None, region: str = "DE") -> Customer:
    """Find the customer of this name and number, or create one; adds new contact details. Raises as validate_contact."""
    contact = validate_contact(name, number=number, email=email, region=region)
    customer = _find_existing(contact) or matching.create_named_customer(contact.name, None)
    customer.name = customer.name or contact.name
    for kind, value in (("phone", contact.e164), ("email", contact.email)):
        if value:
            add_identity(customer, kind, value)
    return customer


def autocomplete(text: str, *, limit: int = MAX_SUGGESTIONS, region: str = "DE") -> list[Customer]:
    """Suggest customers by the start of a name or by number, most recent callers first."""
    text = " ".join(text.split())[:MAX_NAME_LENGTH]
    if len(text) < 2:
        return []
    statement = select(Customer).order_by(Customer.last_call_at.desc(), Customer.name, Customer.id).limit(limit)
    if digits := _to_number_prefix(text, region):
        mine = select(CustomerIdentity.customer_id).where(CustomerIdentity.kind == "phone", CustomerIdentity.value.like(f"{digits}%"))
        return list(db.session.scalars(statement.where(Customer.id.in_(mine))))
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    begins = Customer.name.like(f"{escaped}%", escape="\\") | Customer.name.like(f"% {escaped}%", escape="\\")
    return list(db.session.scalars(statement.where(begins)))


def _find_existing(contact: ContactDetails) -> Customer | None:
    """Find by number, else by e-mail; the name decides among several, and an unnamed customer takes this name."""
    for kind, value in (("phone", contact.e164), ("email", contact.email)):
        if not value:
            continue
        rows = select(Customer).join(CustomerIdentity, CustomerIdentity.customer_id == Customer.id)
        rows = rows.where(CustomerIdentity.kind == kind, CustomerIdentity.value == value).order_by(Customer.created_at, Customer.id)
        if found := matching.select_customer(list(db.session.scalars(rows)), contact.name):
            return found
    return None


def add_identity(customer: Customer, kind: str, value: str) -> None:
    """Add a phone number or e-mail address, unless the customer has it."""
    same = (CustomerIdentity.customer_id == customer.id, CustomerIdentity.kind == kind, CustomerIdentity.value == value)
    if db.session.scalar(select(CustomerIdentity.id).where(*same)) is None:
        db.session.add(CustomerIdentity(customer_id=customer.id, kind=kind, value=value))
        db.session.flush()


def _e164(number: str | None, region: str) -> str | None:
    return phone.normalise(number, source="human", region=region).e164 if number and number.strip() else None


def _is_email(address: str) -> bool:
    user, at, host = address.partition("@")
    return (
        bool(user and at and "." in host.strip(".")) and len(address) <= MAX_EMAIL_LENGTH and address.isprintable() and " " not in address
    )


def _to_number_prefix(text: str, region: str) -> str | None:
    """Convert to the start of an E.164 number; None for a name."""
    plain = "".join(letter for letter in text if letter.isdigit() or letter == "+")
    if len(plain) < 4 or any(letter.isalpha() for letter in text):
        return None
    if e164 := _e164(text, region):
        return e164
    if plain.startswith("+"):
        return plain
    return f"+{plain[2:]}" if plain.startswith("00") else f"+49{plain.removeprefix('0')}"
