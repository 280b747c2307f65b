"""Answers questions from company data only: opening hours, address, services, prices, staff."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.registry import run_tool
from app.domain.agents.tools.service_descriptions import list_matching_services, say_service
from app.domain.language.spoken_format import join_and
from app.domain.language.vocabulary import fold
from app.domain.services.catalogue import list_staff
from app.domain.services.matching import find_service
from app.models import Branch, PhoneNumber

HOURS_PATTERN = (
    r"oeffnung|geoeffnet|offen\b|auf\b.*\b(haben|habt)|(haben|habt)\b.*\bauf\b|geschlossen|schliess|macht .* (auf|zu)\b"
    r"|wie lange .*(da|auf)|opening|open\b|close|hours"
)
ADDRESS_PATTERN = r"\badresse|\bwo (ist|sind|finde|liegt|befindet)|anfahrt|strasse|address|where (are|is)|located|location|find you"
PHONE_PATTERN = r"telefonnummer|rufnummer|phone number"
STAFF_PATTERN = r"\bwer arbeitet|mitarbeiter|team\b|who works|staff\b"
PRICE_PATTERN = r"\bkost|preis|teuer|euro|price|cost|how much|charge"
DURATION_PATTERN = r"wie lange dauert|dauert|how long (does|is|will)"
SERVICES_PATTERN = r"(bieten|macht|machen|habt|haben) (sie|ihr)|\bangebot|leistungen|do you (do|offer|have)|services"
# questions for reasons, exceptions or advice are not answered from data
NOT_FACTUAL_PATTERN = (
    r"\bwarum\b|\bwieso\b|garantie|umtausch|reklam|beschwer|krankenkasse|gutschein|parkpl"
    r"|why\b|guarantee|complain|insurance|voucher|parking"
)

# words about a day; without one today is meant
DAY_WORDS = re.compile(
    r"\b(?:(?:naechste|kommende|diese)\w* |next |this )?(?:heute|morgen|uebermorgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    r"|sonnabend|sonntag|wochenende|heiligabend|silvester|neujahr|ostern|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|christmas|easter|\d+\.(?: ?\w+)?)"
)


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """An answer and its sources."""

    text: str
    sources: tuple[str, ...]


def find_answer(context: ToolContext, question: str) -> FactAnswer | None:
    """Find an answer that the data holds for certain."""
    folded = fold(question)
    if re.search(NOT_FACTUAL_PATTERN, folded):
        return None
    if re.search(PRICE_PATTERN, folded) or re.search(DURATION_PATTERN, folded):
        return _answer_service(context, question, folded)
    for pattern, answer in (
        (HOURS_PATTERN, _answer_hours),
        (ADDRESS_PATTERN, _answer_address),
        (PHONE_PATTERN, _answer_phone),
        (STAFF_PATTERN, _answer_staff),
    ):
        if re.search(pattern, folded):
            return answer(context, question)
    return _answer_services(context, question, folded)


def _answer_hours(context: ToolContext, question: str) -> FactAnswer | None:
    named = DAY_WORDS.search(fold(question))
    # the whole question may tell more of the day, or ask for the hours and so name none
    for words in (question, named[0]) if named else (None,):
        result = run_tool("get_opening_hours", {"date": words}, context)
        if result.ok:
            return FactAnswer(result.say, ("opening_hours",))
    return None


def _answer_address(context: ToolContext, _question: str) -> FactAnswer | None:
    branch: Branch = context.branch
    if not branch.street or not branch.city:
        return None
    where = " ".join(filter(None, (branch.postcode, branch.city)))
    return FactAnswer(_("Sie finden uns in der %(street)s, %(where)s.", street=branch.street, where=where), ("address",))


def _answer_phone(context: ToolContext, _question: str) -> FactAnswer | None:
    statement = select(PhoneNumber.e164).where(PhoneNumber.branch_id == context.branch.id, PhoneNumber.is_active).order_by(PhoneNumber.id)
    number = db.session.scalars(statement.limit(1)).first()
    return FactAnswer(_("Unsere Nummer ist %(number)s.", number=display(number, context.company.country)), ("phone",)) if number else None


def _answer_staff(context: ToolContext, _question: str) -> FactAnswer | None:
    if not context.config.can_disclose("staff_names"):
        return None
    names = [person.name for person in list_staff(limit=12, branch_id=context.branch.id)]
    return FactAnswer(_("Bei uns arbeiten %(names)s.", names=join_and(names, context.language)), ("staff",)) if len(names) > 1 else None


def _answer_service(context: ToolContext, question: str, folded: str) -> FactAnswer | None:
    """Answer about one service that is clearly meant; prices only where they are stored."""
    match = find_service(_strip_question_words(question, folded))
    if match is None or match.others:
        return None
    if re.search(PRICE_PATTERN, folded) and not (match.service.price_cents and context.config.can_disclose("prices")):
        return None
    return FactAnswer(say_service(context, match.service), (f"service:{match.service.id}",))


def _answer_services(context: ToolContext, question: str, folded: str) -> FactAnswer | None:
    if not re.search(SERVICES_PATTERN, folded):
        return None
    match = find_service(_strip_question_words(question, folded))
    if match is not None:
        return FactAnswer(say_service(context, match.service), (f"service:{match.service.id}",))
    if re.search(r"leistungen|angebot|services|was (bieten|macht|machen)|what do you", folded):
        names = [service.name for service in list_matching_services(context, None)][:8]
        return FactAnswer(_("Wir bieten %(names)s an.", names=join_and(names, context.language)), ("services",)) if names else None
    return None


def _strip_question_words(question: str, folded: str) -> str:
    """Strip the question's own words, which leaves the service."""
    asking = (
        r"\b(was|wie|viel|lange|teuer|kostet|kosten|kost|der|die|das|ein|eine|einen|preis|preise|fuer|bei|ihnen|euch|denn|dauert|euro|sie|ihr|bieten"
        r"|bietet|machen|macht|auch|an|haben|habt|how|much|long|does|is|do|you|the|a|an|cost|price|of|for|take|offer|what|will|have|it|and|und|eigentlich"
        r"|muss|man|zahlen|ist|bezahlen|kann|ich|mir|wird|werden)\b"
    )
    return " ".join(re.sub(r"[^\w\s-]", " ", re.sub(asking, " ", folded)).split()) or question
