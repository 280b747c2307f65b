"""The customer of a booking or note, and their contact details."""

import re

from flask_babel import gettext as _

from app.core.phone import ParsedPhoneNumber, is_domestic, normalise
from app.domain.agents.tools.clarification import MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.represented import find_represented, is_for_other
from app.domain.agents.tools.spelled_arguments import resolve_email, resolve_name
from app.domain.customers.caller_assurance import filter_same_name
from app.domain.customers.contacts import MAX_NAME_LENGTH, ContactDetails, add_identifier
from app.domain.customers.matching import attach_customer, create_named_customer, select_customer
from app.domain.customers.name_matching import is_same_name
from app.domain.language.spoken_digits import read_digits
from app.domain.language.vocabulary import fold, replace_number_words
from app.models import Customer

# what is shorter was no number, and is not said back
MAX_SHORT_DIGITS = 5


def resolve_phone(context: ToolContext, spoken_number: str | None) -> str | None:
    """Resolve the number given, else the caller's own; None for a withheld one. Raises MissingArgument."""
    return parse_phone(context, spoken_number) if spoken_number else get_caller_number(context).identity


def parse_phone(context: ToolContext, spoken_number: str) -> str:
    """Parse a spoken number to E.164. Raises MissingArgument, also where a number of the own country has not its count of digits."""
    digits = read_digits(spoken_number)
    number = normalise(digits or "", source="human", region=context.company.country)
    if number.e164 and (number.valid or not is_domestic(number, context.company.country)):
        return number.e164
    raise MissingArgument(_ask_again(digits, spoken_number), fields=["phone"])


def _ask_again(digits: str | None, spoken_number: str) -> str:
    """Ask for a number that was told with a digit too few or too many: what was understood is said back, half of one is not."""
    if not digits or len(digits) <= MAX_SHORT_DIGITS:
        holds_numbers = re.search(r"\d", replace_number_words(fold(spoken_number)))
        return (
            _("Die Nummer habe ich nicht sicher verstanden. Bitte sagen Sie sie Ziffer für Ziffer.")
            if holds_numbers
            else get_question("phone")
        )
    return _("Diese Nummer gibt es so nicht, ich habe %(digits)s verstanden. Wie lautet sie, Ziffer für Ziffer?", digits=" ".join(digits))


def get_caller_number(context: ToolContext) -> ParsedPhoneNumber:
    return normalise(context.call.from_number or "", source="e164", region=context.company.country)


def resolve_contact(context: ToolContext, name: str, *, phone: str | None, email: str | None = None) -> ContactDetails:
    """Resolve the name and contact details; no number where it is the calling one. Raises MissingArgument, ClarificationNeeded."""
    person = resolve_name(context, name)
    number = parse_phone(context, phone) if phone else None
    address = resolve_email(context, email) if email else None
    return ContactDetails(person, None if number == get_caller_number(context).identity else number, address)


def find_or_create_customer(context: ToolContext, contact: ContactDetails) -> Customer:
    """Find the customer of this name at the calling number, or create one; a verified caller is found at any number.

    Contact details given are stored with the booking, and with the record only once verified.
    """
    name = contact.name
    caller, number = context.caller, get_caller_number(context).identity
    if caller.is_verified and caller.customer and caller.customer.name and is_same_name(name, caller.customer.name):
        for kind, value in (("phone", contact.phone), ("email", contact.email)):
            if value:
                add_identifier(caller.customer, kind, value)
        return caller.customer
    is_stranger = is_for_other(context, name) and not filter_same_name(name, caller.candidates)
    if is_stranger and (person := find_represented(context, "book", name)):
        return person
    has_given_name = bool(filter_same_name(name, caller.candidates))
    customer = select_customer(list(caller.candidates), name) or create_named_customer(name[:MAX_NAME_LENGTH], number)
    customer.name = customer.name or name[:MAX_NAME_LENGTH]
    context.forget_caller()
    if number:
        _attach_to_call(context, customer, has_given_name=has_given_name)
    return customer


def _attach_to_call(context: ToolContext, customer: Customer, *, has_given_name: bool) -> None:
    """Attach the customer to the call; a verified caller may book for others and stays identified."""
    call, caller = context.call, context.caller
    if has_given_name and not caller.is_verified and not caller.is_locked:
        context.record_verification("name", ok=True, customer=customer)
    if call.customer_id is None or any(other.id == call.customer_id and other.name is None for other in caller.candidates):
        attach_customer(call, customer)
