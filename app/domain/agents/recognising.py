"""Climbs the steps of certainty: a name, a date of birth or of a booking, a code that was sent."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import TooMany
from app.core.extensions import db
from app.core.phone import may_receive_sms
from app.domain.agents.answers import Answer, done, refused
from app.domain.agents.situation import Situation
from app.domain.agents.toolbox import Arguments
from app.domain.agents.wanting import Missing, asks_for
from app.domain.customers import codes
from app.domain.customers.certainty import Caller, birth_index, born_on, fitting, may_try, note_proof
from app.domain.customers.naming import first_name
from app.domain.language.births import read_birth_date
from app.domain.language.reading import read_when
from app.domain.notifications.channels import is_set_up
from app.models import Booking, Customer, ToolCall

# a visit so long ago is still something that only the customer knows
REMEMBERED = timedelta(days=400)


class Identity(Arguments):
    name: str | None = Field(None, description="The caller's name as they said it.")
    birth_date: str | None = Field(None, description="Date of birth as said.")
    booking_date: str | None = Field(None, description="The day of one of their bookings, as said by the caller.")
    code: str | None = Field(None, description='The digits of the code that was sent, or "send" to send one.')


def told(situation: Situation, *, say: str | None = None) -> Answer:
    """Who speaks and what they may."""
    caller = situation.caller
    return done(say or _who(caller), **_data(caller))


def prove(situation: Situation, given: Identity) -> Answer:
    """Takes what was said as evidence, each for its step; what does not fit is said so, without telling what would."""
    caller = situation.caller
    if caller.is_withheld:
        return refused("not_allowed", _("Ihre Nummer ist unterdrückt, einen neuen Termin kann ich trotzdem eintragen."), **_data(caller))
    if caller.is_locked:
        return refused("too_many_tries", _("Das hat zu oft nicht gepasst. Soll ich einen Rückruf notieren?"), **_data(caller))
    if given.name and (problem := _by_name(situation, caller, given)):
        return problem
    for proof in (_by_birth_date, _by_booking, _by_code):
        if problem := proof(situation, given):
            return problem
    return told(situation)


def _by_name(situation: Situation, caller: Caller, given: Identity) -> Answer | None:
    assert given.name is not None
    same = fitting(given.name, caller.sharing)
    if len(same) > 1:
        return refused("ambiguous", _("Wie ist Ihr voller Name, bitte?"), **_data(caller))
    if same:
        note_proof(situation.call, "name", ok=True, customer=same[0])
    elif any(customer.name for customer in caller.sharing):
        note_proof(situation.call, "name", ok=False, customer=None)
    return None


def _by_birth_date(situation: Situation, given: Identity) -> Answer | None:
    if not given.birth_date:
        return None
    born = read_birth_date(given.birth_date, situation.today)
    if born is None:
        raise Missing(_("Wie lautet Ihr Geburtsdatum, mit Tag, Monat und Jahr?"), fields=["birth_date"])
    customer = situation.caller.customer
    if customer is None and given.name:
        elsewhere = born_on(born, given.name)
        customer = elsewhere[0] if len(elsewhere) == 1 else None
        if customer is None:
            note_proof(situation.call, "birth_date", ok=False, customer=None)
            return _does_not_fit(situation)
    if customer is None:
        raise Missing(asks_for("name"), fields=["name"])
    if customer.birth_index is None:
        return refused("not_on_file", _("An welchem Tag ist denn Ihr Termin?"), **_data(situation.caller))
    return _judge(situation, "birth_date", customer, customer.birth_index == birth_index(born))


def _by_booking(situation: Situation, given: Identity) -> Answer | None:
    """The day of a booking is evidence beside the name, and only while this call has not told it."""
    caller = situation.caller
    if not given.booking_date or caller.customer is None or not caller.sharing:
        return None
    if caller.certainty == "number":
        raise Missing(asks_for("name"), fields=["name"])
    when = read_when(given.booking_date, situation.moment, situation.zone, situation.language)
    if when.day is None:
        return refused("ambiguous", when.question or _("An welchem Tag ist Ihr Termin?"), options=list(when.options), **_data(caller))
    if _was_told(situation):
        return refused("not_enough", _("Das habe ich Ihnen selbst gesagt. Haben Sie noch eine andere Angabe für mich?"), **_data(caller))
    return _judge(situation, "booking", caller.customer, when.day in _days_of(situation, caller.customer))


def _by_code(situation: Situation, given: Identity) -> Answer | None:
    if not given.code:
        return None
    if not any(letter.isdigit() for letter in given.code):
        return send_code(situation)
    customer = codes.use_code(situation.call, given.code)
    note_proof(situation.call, "code", ok=customer is not None, customer=customer or situation.caller.customer)
    return None if customer else refused("wrong_code", _("Der Code stimmt leider nicht."), **_data(situation.caller))


def send_code(situation: Situation) -> Answer:
    """Sends a code to the mobile number that we know of the person who speaks."""
    caller = situation.caller
    number = caller.customer.of_kind("phone") if caller.customer else None
    if caller.customer is None or number is None or not may_receive_sms(number) or not is_set_up("sms"):
        sentence = _("Einen Code kann ich Ihnen gerade nicht schicken. Soll ich einen Rückruf notieren?")
        return refused("not_available", sentence, **_data(caller))
    try:
        code = codes.want_code(situation.call, caller.customer, number)
    except TooMany:
        sentence = _("Heute kann ich keinen weiteren Code schicken. Soll ich einen Rückruf notieren?")
        return refused("too_many_tries", sentence, **_data(caller))
    return done(_("Ich habe Ihnen einen Code geschickt. Welche Ziffern lesen Sie?"), notification_id=code.id, **_data(caller))


def _judge(situation: Situation, kind: str, customer: Customer, fits: bool) -> Answer | None:
    fits = fits and may_try(customer)
    note_proof(situation.call, "birth_date" if kind == "birth_date" else "booking", ok=fits, customer=customer)
    return None if fits else _does_not_fit(situation)


def _does_not_fit(situation: Situation) -> Answer:
    return refused("not_matched", _("Das passt leider nicht zu unseren Angaben."), **_data(situation.caller))


def _was_told(situation: Situation) -> bool:
    wanted = select(ToolCall.id).where(ToolCall.call_id == situation.call.id, ToolCall.name == "query_appointments", ToolCall.ok.is_(True))
    return db.session.scalar(wanted.limit(1)) is not None


def _days_of(situation: Situation, customer: Customer) -> set[object]:
    """The days of their bookings, of late and ahead, without what this very call has booked."""
    wanted = select(Booking.starts_at, Booking.zone).where(
        Booking.customer_id == customer.id, Booking.status.in_(("pending", "confirmed", "done")), Booking.starts_at > now() - REMEMBERED,
        Booking.call_id.is_(None) | (Booking.call_id != situation.call.id),
    )  # fmt: skip
    return {starts_at.astimezone(ZoneInfo(zone)).date() for starts_at, zone in db.session.execute(wanted)}


def _data(caller: Caller) -> dict[str, object]:
    return {"known": caller.is_known, "certainty": caller.certainty, "rights": caller.rights}


def _who(caller: Caller) -> str:
    if caller.is_one_of_several:
        return _("Auf diese Nummer sind mehrere Personen eingetragen. Mit wem spreche ich?")
    if not caller.is_known or caller.customer is None:
        return _("Wie ist Ihr Name, bitte?") if not caller.is_withheld else _("Einen neuen Termin kann ich gern eintragen.")
    if caller.certainty == "number":
        return _("Spreche ich mit %(name)s?", name=caller.customer.name)
    return _("Danke, %(name)s.", name=first_name(caller.customer.name) or caller.customer.name)
