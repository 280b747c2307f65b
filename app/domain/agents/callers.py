"""Who speaks, and for whom something is booked or noted."""

import re
from typing import Literal

from flask_babel import gettext as _

from app.core.errors import NotAllowed
from app.core.phone import Number, normalise
from app.domain.agents.situation import Situation
from app.domain.customers.certainty import Caller, Right, Rung, customers_at, fitting, note_proof
from app.domain.customers.matching import hang_on
from app.domain.customers.registering import LONGEST_EMAIL, LONGEST_NAME, find_or_make
from app.domain.language.words import fold, with_digits
from app.models import Customer

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


class NotProved(NotAllowed):
    """The caller has not shown who they are as surely as this needs; the message asks for what is missing."""


def number_of(situation: Situation, said: str | None) -> str | None:
    """The number that was said, digit by digit or in one, else the caller's own; None for a withheld one."""
    region = situation.company.country
    if said:
        for text in (said, re.sub(r"[^\d+]", "", with_digits(fold(said)))):
            if e164 := normalise(text, source="human", region=region).e164:
                return e164
    return own_number(situation).identity


def own_number(situation: Situation) -> Number:
    return normalise(situation.call.from_number or "", source="e164", region=situation.company.country)


def person_for(situation: Situation, name: str, *, phone: str | None = None, email: str | None = None) -> Customer:
    """The customer of this name at this number, made where there is none."""
    number = number_of(situation, phone)
    known = customers_at(situation.company.id, number)
    same = fitting(name, known)
    address = email if email and len(email) <= LONGEST_EMAIL and ADDRESS.fullmatch(email) else None
    customer = same[0] if len(same) == 1 and not address else find_or_make(name[:LONGEST_NAME], number=number, email=address)
    if number and number == own_number(situation).identity:
        _hang_on_call(situation, customer, known, said_before=bool(same))
    return customer


def _hang_on_call(situation: Situation, customer: Customer, known: list[Customer], *, said_before: bool) -> None:
    """Only the caller's own number makes the person the one who calls; another number is merely where they can be reached."""
    call = situation.call
    if said_before:
        note_proof(call, "name", ok=True, customer=customer)
    if call.customer_id is None or any(other.id == call.customer_id and other.name is None for other in known):
        hang_on(call, customer)


def check_right(caller: Caller, right: Right) -> None:
    """Raises NotProved with the question that leads further."""
    if not caller.may(right):
        raise NotProved(_ask_for_proof(caller, caller.needed_for(right)), certainty=caller.certainty, needed=caller.needed_for(right))


def _ask_for_proof(caller: Caller, needed: Rung) -> str:
    step: Literal["callback", "name", "birth_date", "booking", "code"]
    if caller.is_withheld or caller.is_locked or (not caller.sharing and caller.customer is None):
        step = "callback"
    elif caller.customer is None or (needed == "name" and caller.certainty == "number"):
        step = "name"
    elif needed == "code":
        step = "code"
    else:
        step = "birth_date" if caller.customer.birth_index else "booking"
    return {
        "callback": _("Das kann ich am Telefon leider nicht für Sie ändern. Soll ich einen Rückruf notieren?"),
        "name": _("Auf welchen Namen ist der Termin eingetragen?"),
        "birth_date": _("Zur Sicherheit: Wie lautet Ihr Geburtsdatum?"),
        "booking": _("Zur Sicherheit: Wie heißen Sie, und an welchem Tag ist Ihr Termin?"),
        "code": _("Dafür brauche ich den Code, den ich Ihnen als SMS schicken kann. Soll ich das tun?"),
    }[step]
