"""The customer of a booking or note, and their contact details."""

import re
from dataclasses import dataclass

from app.core.phone import ParsedPhoneNumber, normalise
from app.domain.agents.tools.argument_parsing import MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext
from app.domain.customers.caller_assurance import filter_same_name, record_verification
from app.domain.customers.contacts import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, add_identity
from app.domain.customers.matching import attach_customer, create_named_customer, select_customer
from app.domain.customers.name_matching import is_same_name
from app.domain.language.vocabulary import fold, replace_number_words
from app.models import Customer

EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


@dataclass(frozen=True, slots=True)
class CallerContact:
    """Contact details the caller gave; stored with the booking, and with the record only once verified."""

    phone: str | None = None
    email: str | None = None


def resolve_phone(context: ToolContext, spoken_number: str | None) -> str | None:
    """Resolve the number given, else the caller's own; None for a withheld one. Raises MissingArgument."""
    return parse_phone(context, spoken_number) if spoken_number else get_caller_number(context).identity


def parse_phone(context: ToolContext, spoken_number: str) -> str:
    """Parse a spoken number to E.164. Raises MissingArgument."""
    for text in (spoken_number, re.sub(r"[^\d+]", "", replace_number_words(fold(spoken_number)))):
        if e164 := normalise(text, source="human", region=context.company.country).e164:
            return e164
    raise MissingArgument(get_question("phone"), fields=["phone"])


def get_caller_number(context: ToolContext) -> ParsedPhoneNumber:
    return normalise(context.call.from_number or "", source="e164", region=context.company.country)


def resolve_contact(context: ToolContext, *, phone: str | None, email: str | None = None) -> CallerContact:
    """Resolve contact details that differ from the calling number. Raises MissingArgument."""
    number = parse_phone(context, phone) if phone else None
    address = "".join(email.split()).lower() if email else None
    if address and (len(address) > MAX_EMAIL_LENGTH or not EMAIL_PATTERN.fullmatch(address)):
        raise MissingArgument(get_question("email"), fields=["email"])
    return CallerContact(None if number == get_caller_number(context).identity else number, address)


def find_or_create_customer(context: ToolContext, name: str, contact: CallerContact) -> Customer:
    """Find the customer of this name at the calling number, or create one; a verified caller is found at any number."""
    caller, number = context.caller, get_caller_number(context).identity
    if caller.is_verified and caller.customer and caller.customer.name and is_same_name(name, caller.customer.name):
        for kind, value in (("phone", contact.phone), ("email", contact.email)):
            if value:
                add_identity(caller.customer, kind, value)
        return caller.customer
    has_given_name = bool(filter_same_name(name, caller.candidates))
    customer = select_customer(list(caller.candidates), name) or create_named_customer(name[:MAX_NAME_LENGTH], number)
    customer.name = customer.name or name[:MAX_NAME_LENGTH]
    if number:
        _attach_to_call(context, customer, has_given_name=has_given_name)
    return customer


def _attach_to_call(context: ToolContext, customer: Customer, *, has_given_name: bool) -> None:
    """Attach the customer to the call; a verified caller may book for others and stays identified."""
    call, caller = context.call, context.caller
    if has_given_name and not caller.is_verified and not caller.is_locked:
        record_verification(call, "name", ok=True, customer=customer)
    if call.customer_id is None or any(other.id == call.customer_id and other.name is None for other in caller.candidates):
        attach_customer(call, customer)
