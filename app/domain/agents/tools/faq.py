"""Answers from what the company has written down: opening hours, address, services, prices, people. Nothing is guessed."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.tools.context import Situation
from app.domain.agents.tools.registry import use
from app.domain.agents.tools.service_catalogue import fitting_services, say_service
from app.domain.language.spoken_format import all_of
from app.domain.language.vocabulary import fold
from app.domain.services.catalogue import list_staff
from app.domain.services.matching import find_service
from app.models import Branch, PhoneNumber

HOURS = (
    r"oeffnung|geoeffnet|offen\b|auf\b.*\b(haben|habt)|(haben|habt)\b.*\bauf\b|geschlossen|schliess|macht .* (auf|zu)\b"
    r"|wie lange .*(da|auf)|opening|open\b|close|hours"
)
PLACE = r"\badresse|\bwo (ist|sind|finde|liegt|befindet)|anfahrt|strasse|address|where (are|is)|located|location|find you"
NUMBER = r"telefonnummer|rufnummer|phone number"
PEOPLE = r"\bwer arbeitet|mitarbeiter|team\b|who works|staff\b"
PRICE = r"\bkost|preis|teuer|euro|price|cost|how much|charge"
LENGTH = r"wie lange dauert|dauert|how long (does|is|will)"
OFFERS = r"(bieten|macht|machen|habt|haben) (sie|ihr)|\bangebot|leistungen|do you (do|offer|have)|services"
# whoever asks for a reason, an exception or advice wants more than a fact
MORE_THAN_A_FACT = (
    r"\bwarum\b|\bwieso\b|garantie|umtausch|reklam|beschwer|krankenkasse|gutschein|parkpl"
    r"|why\b|guarantee|complain|insurance|voucher|parking"
)


@dataclass(frozen=True, slots=True)
class Known:
    """An answer and where it comes from."""

    text: str
    sources: tuple[str, ...]


def find_answer(situation: Situation, question: str) -> Known | None:
    """The answer, where the data holds one for certain."""
    asked = fold(question)
    if re.search(MORE_THAN_A_FACT, asked):
        return None
    if re.search(PRICE, asked) or re.search(LENGTH, asked):
        return _about_service(situation, question, asked)
    for pattern, answer in ((HOURS, _hours), (PLACE, _place), (NUMBER, _number), (PEOPLE, _people)):
        if re.search(pattern, asked):
            return answer(situation, question)
    return _offers(situation, question, asked)


def _hours(situation: Situation, question: str) -> Known | None:
    told = use("get_opening_hours", {"date": _day_words(question)}, situation)
    return Known(told.say, ("opening_hours",)) if told.ok else None


def _day_words(question: str) -> str | None:
    """The question itself where it names a day; else today is meant."""
    named = re.search(
        r"\b(heute|morgen|uebermorgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|wochenende|heiligabend|silvester"
        r"|neujahr|ostern|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|easter|\d+\.)",
        fold(question),
    )
    return question if named else None


def _place(situation: Situation, _question: str) -> Known | None:
    branch: Branch = situation.branch
    if not branch.street or not branch.city:
        return None
    where = " ".join(filter(None, (branch.postcode, branch.city)))
    return Known(_("Sie finden uns in der %(street)s, %(where)s.", street=branch.street, where=where), ("address",))


def _number(situation: Situation, _question: str) -> Known | None:
    wanted = select(PhoneNumber.e164).where(PhoneNumber.branch_id == situation.branch.id, PhoneNumber.is_active).order_by(PhoneNumber.id)
    number = db.session.scalars(wanted.limit(1)).first()
    return Known(_("Unsere Nummer ist %(number)s.", number=display(number, situation.company.country)), ("phone",)) if number else None


def _people(situation: Situation, _question: str) -> Known | None:
    if not situation.content.tells("staff_names"):
        return None
    names = [person.name for person in list_staff(limit=12, branch_id=situation.branch.id)]
    return Known(_("Bei uns arbeiten %(names)s.", names=all_of(names, situation.language)), ("staff",)) if len(names) > 1 else None


def _about_service(situation: Situation, question: str, asked: str) -> Known | None:
    """One service, clearly meant, and a price only where one is written down."""
    found = find_service(_without(question, asked))
    if found is None or found.others:
        return None
    if re.search(PRICE, asked) and not (found.service.price_cents and situation.content.tells("prices")):
        return None
    return Known(say_service(situation, found.service), (f"service:{found.service.id}",))


def _offers(situation: Situation, question: str, asked: str) -> Known | None:
    if not re.search(OFFERS, asked):
        return None
    found = find_service(_without(question, asked))
    if found is not None:
        return Known(say_service(situation, found.service), (f"service:{found.service.id}",))
    if re.search(r"leistungen|angebot|services|was (bieten|macht|machen)|what do you", asked):
        names = [service.name for service in fitting_services(situation, None)][:8]
        return Known(_("Wir bieten %(names)s an.", names=all_of(names, situation.language)), ("services",)) if names else None
    return None


def _without(question: str, asked: str) -> str:
    """What is left of the question when its own words are taken away: the service."""
    asking = (
        r"\b(was|wie|viel|lange|teuer|kostet|kosten|kost|der|die|das|ein|eine|einen|preis|preise|fuer|bei|ihnen|euch|denn|dauert|euro|sie|ihr|bieten"
        r"|bietet|machen|macht|auch|an|haben|habt|how|much|long|does|is|do|you|the|a|an|cost|price|of|for|take|offer|what|will|have|it|and|und|eigentlich"
        r"|muss|man|zahlen|ist|bezahlen|kann|ich|mir|wird|werden)\b"
    )
    return " ".join(re.sub(r"[^\w\s-]", " ", re.sub(asking, " ", asked)).split()) or question
