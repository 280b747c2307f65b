"""Answers questions from company data only: opening hours, address, services, prices, staff."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import AppError
from app.core.extensions import db
from app.core.phone import display
from app.domain.agents.tools.bookings_of_this_call import find_latest_service
from app.domain.agents.tools.context import ToolContext
from app.domain.agents.tools.hours_answers import answer_opening, answer_presence
from app.domain.agents.tools.policy_answers import CANCELLING, MESSAGE, answer_cancelling, answer_message
from app.domain.agents.tools.service_descriptions import list_matching_services, say_service, say_services
from app.domain.language.spoken_format import capitalise, join_and
from app.domain.language.vocabulary import fold
from app.domain.services.catalogue import list_staff
from app.domain.services.fuzzy_text import fold as plain_fold, strip_titles
from app.domain.services.matching import AmbiguousService, UnknownService, build_unknown_service, find_named_trade_words, find_service
from app.domain.services.requested_services import get_requested_services
from app.domain.services.spoken_names import get_spoken_name
from app.domain.services.vocabulary import NOISE, parse_terms
from app.models import Branch, PhoneNumber, Service, StaffMember

# a second question behind the first
PARTS = re.compile(
    r"[?!;]\s+|(?<!\bDr)(?<!\bProf)\.\s+|,?\s+\b(?:und|and)\b\s+(?=(?:wie|wo|wann|was|wer|ist|sind|gibt|kann|koennen|könn\w*|habt|haben|darf|is|are|do|does|can|what|where|when"
    r"|how|who)\b)",
    re.IGNORECASE,
)
HOURS_PATTERN = (
    r"oeffnung|geoeffnet|offen\b|auf\b.*\b(haben|habt|hat)|(haben|habt|hat)\b.*\b(auf|zu)\b|geschlossen|schliess"
    r"|(macht|machen) .*\b(auf|zu)\b|wie lange?\b.*\b(da|auf)\b|opening|open\b|close|hours"
    # from when till when, and when something may be brought
    r"|\b(ab|bis|von) wann\b|\b(until|till|from) (when|what time)\b|\bbis wie ?viel uhr|\bab wie ?viel uhr"
    r"|\b(sind|seid|ist)\b.*\bda\b|\b(wann|wie)\b.*\bsprech(stunden?|zeiten)\b"
    r"|\bwann\b.*\b(vorbei|her|hin)?(bringen|abgeben|vorbeikommen)\b|\bwhen (can|could|may) (i|we) (bring|drop)"
)
ADDRESS_PATTERN = (
    r"\badresse|\bwo (genau )?(ist|sind|seid|finde|finden|liegt|liegen|befindet|sitzt|muss|soll|komm)|\bwie (komm|finde)\w* (ich|wir|man)\b"
    r"|anfahrt|strasse|hausnummer|address|where\b.*\b(are|is|find)\b|\bhow (do|can) (i|we) (get|find)|located|location|find you|directions"
)
WHO_PATTERN = r"\b(wer|wem|who)\b"
PRESENCE_PATTERN = r"\b(da|hier|sprechstunde|arbeitet|arbeiten|im haus|im laden|anwesend|works?|working|there|in)\b"
FREE_PATTERN = r"\b(frei|freie\w*|termine?|free|available|slots?|appointments?|krank|warum|urlaub|sick|holiday)\b"
PARKING_PATTERN = r"park"
PHONE_PATTERN = r"telefonnummer|rufnummer|phone number"
_WORKERS = (
    r"(friseu\w*|stylist\w*|hairdresser\w*|barber\w*|coiffeu\w*|mechanik\w*|mechatronik\w*|mechanic\w*|aerzt\w*|arzt|doctors?|doktor\w*"
    r"|kolleg\w*|angestellte\w*|leute|employees?|people)"
)
STAFF_PATTERN = (
    r"\bwer arbeitet|mitarbeiter|team\b|who works|staff\b"
    rf"|\b(wer|who)\b.*\b(sind|ist|are|is)\b.*\b{_WORKERS}|\bwelche {_WORKERS}|\bwhich {_WORKERS}"
)
PRICE_PATTERN = (
    r"\bkost|preis|teuer|euro|price|cost|how much|charge"
    r"|\b(was|wie ?viel) (nehmt|nehmen|verlangt|verlangen|kriegt|kriegen|bekommt|bekommen)\b"
    r"|\bwhat do you (take|ask|want) for"
)
DURATION_PATTERN = r"dauert|wie lange? (geht|brauch\w*)|how long (does|do|is|will)"
SERVICES_PATTERN = (
    r"(bieten|bietet|macht|machen|habt|haben) (sie|ihr)|\bangebot|leistungen|do you (do|offer|have)|services"
    r"|\bgibt ?('?s|es) (bei (euch|ihnen)|auch)\b"
)
ALL_SERVICES_PATTERN = r"\b(what|which) services\b|\bwelche leistungen\b|\bwhat (services )?do you (do|offer|have)\W*$"
# words of a dialect that a question is put with, and what they are
DIALECT = tuple(
    (re.compile(words, re.IGNORECASE), plain)
    for words, plain in (
        (r"(?<=\w)['’]?s(?= (?:ihr|es)\b)", ""), (r"\b(?:wat|wos)\b", "was"), (r"\b(?:dit|det|dat)\b", "das"),
        (r"\b(?:icke?|ik)\b", "ich"), (r"\b(?:ooch|och|a(?=\W*$))", "auch"), (r"\bwia\b", "wie"), (r"(?<=\w)['’]n\b", ""),
        (r"\blang\b", "lange"), (r"\b'?nen\b", "einen"),
    )
)  # fmt: skip
# questions for reasons, exceptions or advice are not answered from data
NOT_FACTUAL_PATTERN = (
    r"\bwarum\b|\bwieso\b|garantie|umtausch|reklam|beschwer|krankenkasse|gutschein"
    r"|why\b|guarantee|complain|insurance|voucher"
)  # what asks for people, and leaves the service
WHO_WORDS = (
    r"\b(wer|wem|who|bei|von|euch|ihnen|uns|denn|eigentlich|macht|machen|kann|koennen|does|do|can|you|yours?|der|die|das|auch|hier|here|at|is|ist"
    r"|es|eine?n?|the|a|of|gut|best|salon|shop|laden|praxis|werkstatt)\b"
)
TITLED = r"\b(?:(?:frau|herrn?|doktor|dr|doctor|mrs?|ms|miss) )+(\w+)"
# "wie lange dauert das?": what this call has spoken of last
POINTING = re.compile(r"\W*(?:(?:das|es|dann|dafuer|so|etwa|ungefaehr|insgesamt|zusammen|jetzt|mich|mir|that|this|then|in total|me)\W*)+")
PRACTICES = frozenset({"medical_practice", "physiotherapy", "psychotherapy", "dental_practice", "vet"})
MAX_PEOPLE, MAX_NAMED = 12, 8


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """An answer and its sources."""

    text: str
    sources: tuple[str, ...]


def find_answer(context: ToolContext, question: str) -> FactAnswer | None:
    """Find an answer that the data holds for certain; of two questions, that the other is not known is said."""
    context = _find_place(context, question)
    parts = [part for part in PARTS.split(question) if part and part.strip()]
    answers = [_find_answer(context, part) for part in parts]
    known = list(dict.fromkeys(answer for answer in answers if answer))
    if len(parts) < 2 or not known:
        return _find_answer(context, question) if len(parts) < 2 or not known else None
    sources = tuple(source for answer in known for source in answer.sources)
    text = " ".join(answer.text for answer in known)
    if None in answers:
        unknown = parts[answers.index(None)]
        text = f"{text} {_say_unknown(unknown)}"
    return FactAnswer(text, sources)


def _find_place(context: ToolContext, question: str) -> ToolContext:
    """Find the one branch that is named, by the end of its name too: "Wann hat Pankow auf?"; else it is the one that was called."""
    words = set(plain_fold(question).split())
    branches = db.session.scalars(select(Branch).where(Branch.is_active)).all()
    named = [branch for branch in branches if set(plain_fold(branch.name.rpartition("-")[2]).split()) <= words]
    return context.at_branch(named[0]) if len(named) == 1 and named[0].id != context.branch.id else context


def _say_unknown(question: str) -> str:
    if re.search(PARKING_PATTERN, fold(question)):
        return _("Ob es Parkplätze gibt, weiß ich nicht sicher. Soll ich das weitergeben?")
    return _("Das andere weiß ich nicht sicher. Soll ich es weitergeben?")


def _find_answer(context: ToolContext, question: str) -> FactAnswer | None:
    """Find the answer to one question."""
    question = _read_dialect(question)
    folded = fold(question)
    if re.search(NOT_FACTUAL_PATTERN, folded) or re.search(PARKING_PATTERN, folded):
        return None
    if CANCELLING.search(folded):
        return _as_fact(answer_cancelling(context, folded), "rules")
    if MESSAGE.search(folded):
        return _as_fact(answer_message(context, folded), "messages")
    if re.search(PRICE_PATTERN, folded) or re.search(DURATION_PATTERN, folded):
        return _answer_service(context, question, folded)
    if (person := _find_person(context, question)) or (re.search(WHO_PATTERN, folded) and not re.search(STAFF_PATTERN, folded)):
        return _answer_people(context, question, folded, person)
    for pattern, answer in (
        (ADDRESS_PATTERN, _answer_address),
        (HOURS_PATTERN, _answer_hours),
        (PHONE_PATTERN, _answer_phone),
        (STAFF_PATTERN, _answer_staff),
    ):
        if re.search(pattern, folded):
            return answer(context, question)
    return _answer_services(context, question, folded)


def _read_dialect(question: str) -> str:
    """ "Wat nehmt ihr für Reifen?" is "was nehmt ihr für Reifen?" """
    for pattern, plain in DIALECT:
        question = pattern.sub(plain, question)
    return question


def _as_fact(text: str | None, source: str) -> FactAnswer | None:
    return FactAnswer(text, (source,)) if text else None


def _answer_hours(context: ToolContext, question: str) -> FactAnswer | None:
    return _as_fact(answer_opening(context, question), "opening_hours")


def _find_person(context: ToolContext, question: str) -> StaffMember | None:
    """Find the one person whose name stands in the question."""
    titled = re.findall(TITLED, plain_fold(question))
    # the business may have the name of somebody
    words = {*titled, *strip_titles(question)} - (set(strip_titles(context.company.name)) - set(titled))
    people = list_staff(limit=MAX_PEOPLE, branch_id=context.branch.id)
    named = [person for person in people if words.intersection(strip_titles(person.name))]
    return named[0] if len(named) == 1 else None


def _answer_people(context: ToolContext, question: str, folded: str, person: StaffMember | None) -> FactAnswer | None:
    """Answer who does a service, or who is there when."""
    if not context.config.can_disclose("staff_names") or re.search(FREE_PATTERN, folded):
        return None
    people = [person] if person else list_staff(limit=MAX_PEOPLE, branch_id=context.branch.id)
    if re.search(PRESENCE_PATTERN, folded) and (text := answer_presence(context, people, question)):
        return FactAnswer(text, ("staff",))
    try:
        services = get_requested_services(re.sub(WHO_WORDS, " ", folded), language=context.language).services
    except AmbiguousService as error:
        return _as_fact(_say_who_does_any(context, error.details().get("options") or ()), "staff")
    except AppError:
        return None
    return FactAnswer(" ".join(_say_who_does(context, service) for service in services), ("staff",))


def _say_who_does(context: ToolContext, service: Service) -> str:
    names = [each.name for each in list_staff(limit=MAX_PEOPLE, branch_id=context.branch.id, service_id=service.id)]
    name = capitalise(get_spoken_name(service, context.language))
    if not names:
        return _("%(service)s macht hier gerade niemand.", service=name)
    who = join_and(names, context.language)
    if len(names) == 1:
        return _("%(service)s macht bei uns %(who)s.", service=name, who=who)
    return _("%(service)s machen bei uns %(who)s.", service=name, who=who)


def _say_who_does_any(context: ToolContext, names: object) -> str | None:
    """Say who does any of the services of these names, of which none was chosen: "Wer schneidet Haare?"."""
    services = [service for service in list_matching_services(context, None) if service.name in (names if isinstance(names, list) else ())]
    doing = {each.id for service in services for each in list_staff(limit=MAX_PEOPLE, branch_id=context.branch.id, service_id=service.id)}
    people = [person.name for person in list_staff(limit=MAX_PEOPLE, branch_id=context.branch.id) if person.id in doing]
    return _("Das machen bei uns %(names)s.", names=join_and(people, context.language)) if len(people) > 1 else None


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
    """Answer about the services that are clearly meant, or each that the words may mean; prices only where they are stored."""
    words = _strip_question_words(folded)
    if not words or POINTING.fullmatch(words):
        words = find_latest_service(context) or question
    try:
        services, is_visit = get_requested_services(words, language=context.language).services, True
    except AmbiguousService as error:
        options = error.details().get("options") or ()
        services, is_visit = tuple(service for service in list_matching_services(context, None) if service.name in options), False
    except UnknownService as error:
        return _as_fact(error.message, "services") if _is_not_offered(context, words) else None
    if not services:
        return None
    has_prices = context.config.can_disclose("prices") and all(service.price_cents or service.parts for service in services)
    if re.search(PRICE_PATTERN, folded) and not has_prices:
        return None
    sources = tuple(f"service:{service.id}" for service in services)
    if len(services) > 1 and is_visit:
        return FactAnswer(say_services(context, services), sources)
    return FactAnswer(" ".join(say_service(context, service) for service in services), sources)


def _answer_services(context: ToolContext, question: str, folded: str) -> FactAnswer | None:
    if not re.search(SERVICES_PATTERN, folded) or re.search(r"\b(wann|when)\b", folded):
        return None
    if re.search(ALL_SERVICES_PATTERN, folded):
        return _list_services(context)
    words = _strip_question_words(folded)
    match = find_service(words)
    if match is not None and not match.tied:
        return FactAnswer(_("Ja. %(service)s", service=say_service(context, match.service)), (f"service:{match.service.id}",))
    if match is None and len(parse_terms(words).terms - NOISE) == 1 and _is_not_offered(context, words):
        return _as_fact(build_unknown_service(words, context.language).message, "services")
    if re.search(r"leistungen|angebot|services|was (bieten|macht|machen)|what do you", folded):
        return _list_services(context)
    return None


def _is_not_offered(context: ToolContext, words: str) -> bool:
    """Check whether the words name a thing of a trade; a practice does more than what can be booked, and is asked."""
    return context.company.industry not in PRACTICES and find_named_trade_words(words) is not None


def _list_services(context: ToolContext) -> FactAnswer | None:
    names = [get_spoken_name(service, context.language) for service in list_matching_services(context, None)[:MAX_NAMED]]
    return FactAnswer(_("Wir bieten %(names)s an.", names=join_and(names, context.language)), ("services",)) if names else None


def _strip_question_words(folded: str) -> str:
    """Strip the question's own words, which leaves the service."""
    asking = (
        r"\b(was|wie|viel|lange|teuer|kostet|kosten|kost|der|die|das|ein|eine|einen|preis|preise|fuer|bei|ihnen|euch|denn|dauert|euro|sie|ihr|bieten"
        r"|bietet|machen|macht|auch|an|haben|habt|how|much|long|does|is|do|you|the|a|an|cost|price|of|for|take|offer|what|will|have|it|and|und|eigentlich"
        r"|muss|man|zahlen|geht|brauche|brauch|braucht|man|gibt|gibts|s|es|euch|nehmt|nehmen|verlangt|verlangen|charge|im|angebot|ist|bezahlen|kann|ich|mir|wird|werden)\b"
    )
    return " ".join(re.sub(r"[^\w\s-]", " ", re.sub(asking, " ", folded)).split())
