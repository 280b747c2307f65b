"""Climbs the rungs of certainty: a name, a date of birth or of a booking, a code that was sent."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from pydantic import Field

from app.core import metrics
from app.core.errors import TooManyRequests
from app.domain.agents.tools.argument_parsing import Missing, asks_for
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.registry import Arguments
from app.domain.agents.tools.result import Answer, done, refused
from app.domain.agents.tools.verification_fallbacks import ask_again, code_number, not_verified
from app.domain.customers import one_time_codes
from app.domain.customers.caller_assurance import Caller, alike, birth_index, born_on, may_try, may_try_from, named, note_proof
from app.domain.customers.disclosures import provable_days
from app.domain.customers.name_matching import first_name
from app.domain.language.birth_dates import read_birth_date
from app.domain.language.parser import read_when
from app.models import Customer


class Identity(Arguments):
    name: str | None = Field(None, description="The caller's full name as they said it.")
    birth_date: str | None = Field(None, description="Date of birth as said.")
    booking_date: str | None = Field(None, description="The day of one of their bookings, as said by the caller.")
    code: str | None = Field(None, description='The digits of the code that was sent, or "send" to send one.')


def told(situation: Situation, *, is_named: bool = False) -> Answer:
    """Who speaks, as far as they have said it, and what they may."""
    return done(_who(situation.caller, is_named=is_named), **_data(situation.caller))


def prove(situation: Situation, given: Identity) -> Answer:
    """Takes what was said as evidence, each for its rung; what does not fit is said so, without telling what would."""
    caller = situation.caller
    if caller.is_withheld or caller.is_locked or not may_try_from(situation.call):
        return not_verified(situation, **_data(caller))
    if given.name and (problem := _by_name(situation, given.name, given.birth_date)):
        return problem
    for proof in (_by_birth_date, _by_booking, _by_code):
        if problem := proof(situation, given):
            return problem
    return told(situation, is_named=given.name is not None)


def _by_name(situation: Situation, name: str, birth_date: str | None) -> Answer | None:
    """Only the very name recognises somebody; one that is merely like it is asked for again, letter by letter."""
    caller, call = situation.caller, situation.call
    same = named(name, caller.sharing)
    if len(same) > 1 and birth_date and (born := read_birth_date(birth_date, situation.today)):
        same = [customer for customer in same if customer.birth_index == birth_index(born)] or same
    if len(same) > 1:
        return ask_again(situation, _("Nennen Sie mir bitte auch Ihr Geburtsdatum"), **_data(caller))
    if same:
        note_proof(call, "name", ok=True, customer=same[0])
    elif close := alike(name, caller.sharing):
        note_proof(call, "alike", ok=False, customer=_only(close))
        return ask_again(situation, _("Buchstabieren Sie mir bitte Ihren Vor- und Nachnamen"), **_data(caller))
    elif any(customer.name for customer in caller.sharing):
        note_proof(call, "name", ok=False, customer=_only(caller.sharing))
    return None


def _by_birth_date(situation: Situation, given: Identity) -> Answer | None:
    if not given.birth_date:
        return None
    born = read_birth_date(given.birth_date, situation.today)
    if born is None:
        raise Missing(_("Wie lautet Ihr Geburtsdatum, mit Tag, Monat und Jahr?"), fields=["birth_date"])
    customer = situation.caller.customer if situation.caller.is_known else None
    if customer is None and given.name:
        customer = _only(born_on(born, given.name))
        if customer is None:
            note_proof(situation.call, "birth_date", ok=False, customer=None)
            return not_verified(situation, **_data(situation.caller))
    if customer is None:
        raise Missing(asks_for("name"), fields=["name"])
    return _judge(situation, "birth_date", customer, customer.birth_index == birth_index(born))


def _by_booking(situation: Situation, given: Identity) -> Answer | None:
    """The day of a booking is evidence beside the full name, and only one that the caller cannot have from us."""
    caller = situation.caller
    if not given.booking_date or caller.is_verified:
        return None
    if caller.customer is None or not caller.is_known:
        return not_verified(situation, **_data(caller))
    if caller.certainty == "number":
        raise Missing(asks_for("name"), fields=["name"])
    when = read_when(given.booking_date, situation.moment, situation.zone, situation.language)
    if when.day is None:
        return refused("ambiguous", when.question or _("An welchem Tag ist Ihr Termin?"), options=list(when.options), **_data(caller))
    return _judge(situation, "booking", caller.customer, when.day in provable_days(situation.call, caller.customer))


def _by_code(situation: Situation, given: Identity) -> Answer | None:
    if not given.code:
        return None
    if not any(letter.isdigit() for letter in given.code):
        return send_code(situation)
    customer = one_time_codes.use_code(situation.call, given.code)
    note_proof(situation.call, "code", ok=customer is not None, customer=customer or situation.caller.customer)
    if customer:
        return None
    if situation.caller.is_locked:
        return not_verified(situation, **_data(situation.caller))
    return refused("wrong_code", _("Der Code stimmt leider nicht. Welche Ziffern lesen Sie?"), **_data(situation.caller))


def send_code(situation: Situation) -> Answer:
    """Sends a code to the mobile number that we know of the person who speaks; else there are the other ways."""
    caller, number = situation.caller, code_number(situation)
    if caller.customer is None or number is None:
        metrics.IDENTITY_MESSAGES.labels("code", "none", "not_possible").inc()
        return not_verified(situation, **_data(caller))
    try:
        code = one_time_codes.want_code(situation.call, caller.customer, number)
    except TooManyRequests:
        metrics.IDENTITY_MESSAGES.labels("code", "sms", "limited").inc()
        return not_verified(situation, **_data(caller))
    metrics.IDENTITY_MESSAGES.labels("code", "sms", "sent").inc()
    return done(_("Ich habe Ihnen einen Code geschickt. Welche Ziffern lesen Sie?"), notification_id=code.id, **_data(caller))


def _judge(situation: Situation, kind: str, customer: Customer, fits: bool) -> Answer | None:
    fits = fits and may_try(customer)
    note_proof(situation.call, "birth_date" if kind == "birth_date" else "booking", ok=fits, customer=customer)
    return None if fits else not_verified(situation, **_data(situation.caller))


def _only(customers: Sequence[Customer]) -> Customer | None:
    return customers[0] if len(customers) == 1 else None


def _data(caller: Caller) -> dict[str, Any]:
    return {"known": caller.is_known, "certainty": caller.certainty, "rights": caller.rights}


def _who(caller: Caller, *, is_named: bool) -> str:
    """A name is only ever said back."""
    if caller.is_withheld:
        return _("Einen neuen Termin kann ich gern eintragen.")
    if not caller.is_known or caller.customer is None or caller.certainty == "number":
        return _("Danke, was darf ich für Sie tun?") if is_named else _("Auf welchen Namen darf ich nachsehen?")
    first = first_name(caller.customer.name)
    return _("Danke, %(name)s.", name=first) if first else _("Danke.")
