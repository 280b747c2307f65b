"""Match spoken words to services: by id, name, synonym, meaning, or approximately."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.tenancy import current_company_id
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import capitalise, join_and, join_or
from app.domain.services.everyday_words import EVERYDAY_WORDS
from app.domain.services.fuzzy_text import fold, get_similarity, list_significant_words
from app.domain.services.spoken_names import get_spoken_name
from app.domain.services.vocabulary import KNOWN_TERMS, NOISE, get_term_similarity, parse_terms
from app.models import Company, Service, ServiceSynonym


class Term(NamedTuple):
    """A name of a service, how surely it means the service, and whether it is a person's word for it (a slug is not)."""

    service: Service
    text: str
    certainty: int
    is_spoken: bool = True


MIN_CERTAINTY = 60
MAX_TIE_DISTANCE = 5
# so many are named, and asked about where the nearest is as near as this
NEAREST, MIN_NEARNESS = 3, 0.6
MAX_OPTIONS = 4
EVERYDAY_CERTAINTY = 95


class UnknownService(InvalidInput):
    """Nothing is offered by that name; `services` are the nearest names."""

    code = "unknown_service"


class AmbiguousService(InvalidInput):
    """The words mean several services, or none that is wanted; the message is the question, `options` the names."""

    code = "ambiguous"


# from these on the name counts as exact, and other words as meaning all of a service
EXACT_CERTAINTY, SAME_MEANING = 100, 85
FOR_SAME_PEOPLE = 80


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """The likeliest service, how surely it is meant in percent, and others that it could be as well."""

    service: Service
    certainty: int
    others: tuple[Service, ...] = ()
    # services with an equal match
    tied: tuple[Service, ...] = ()


def find_service(text: str) -> ServiceMatch | None:
    """The active service that is meant, or None where nothing is sure enough."""
    return find_best(text, list_terms())


def build_unknown_service(text: str, language: Language, *, known: Sequence[Service] = ()) -> UnknownService:
    """Build the error for what is not offered; it names what was `known` beside it, else the nearest services."""
    named = find_named_trade_words(text)
    say = capitalise(_("%(words)s machen wir nicht.", words=named)) if named else _("„%(words)s“ steht nicht im Angebot.", words=text[:80])
    if known:
        question = _("Soll es bei %(services)s bleiben?", services=join_and(_list_spoken(known, language), language))
        return UnknownService(f"{say} {question}", service=text[:80], services=[service.name for service in known])
    nearest = _rate_nearness(text)
    services = sorted(nearest, key=lambda service: -nearest[service])[:NEAREST]
    if names := _list_spoken(services, language):
        is_near = not named and max(nearest.values()) >= MIN_NEARNESS
        offer = _("Wir bieten %(names)s an.", names=join_and(names, language))
        some = _("Wir bieten unter anderem %(names)s an.", names=join_and(names, language))
        question = _("Meinen Sie %(services)s?", services=join_or(names, language))
        say = f"{say} {question if is_near else offer if named else some}"
    return UnknownService(say, service=text[:80], services=[service.name for service in services])


def _list_spoken(services: Sequence[Service], language: Language) -> list[str]:
    return [get_spoken_name(service, language) for service in services]


def find_named_trade_words(text: str) -> str | None:
    """Find the words of a known thing: "Dauerwelle" in "eine Dauerwelle bitte"; None where something else is named as well."""
    terms = parse_terms(text).terms - NOISE
    if not terms or not terms <= KNOWN_TERMS:
        return None
    words = [
        word for word in re.findall(r"[\w'-]+", text) if (significant := list_significant_words(word)) and not set(significant) <= NOISE
    ]
    return " ".join(words)[:80]


def _rate_nearness(text: str) -> dict[Service, float]:
    """Rate how near the names of each service come to the words."""
    said, words = parse_terms(text), " ".join(list_significant_words(text))
    nearness: dict[Service, float] = {}
    for service, name, certainty, _is_spoken in list_terms():
        meant = parse_terms(name)
        shared = len(said.terms & meant.terms) / max(1, len(said.terms | meant.terms))
        letters = SequenceMatcher(None, words, " ".join(list_significant_words(name))).ratio()
        near = (shared + letters) * certainty / 100 - said.is_for_others(meant)
        nearness[service] = max(nearness.get(service, -1), near)
    return nearness


def list_terms() -> list[Term]:
    """Every active service with each of its names and how surely that name means it."""
    services = db.session.scalars(select(Service).where(Service.is_active).order_by(Service.position, Service.name)).all()
    by_id = {service.id: service for service in services}
    terms = [Term(service, service.name, 100) for service in services]
    terms += [Term(service, service.slug.replace("-", " "), 100, is_spoken=False) for service in services]
    synonyms = db.session.execute(select(ServiceSynonym.service_id, ServiceSynonym.text, ServiceSynonym.certainty))
    terms += [Term(by_id[service_id], text, certainty) for service_id, text, certainty in synonyms if service_id in by_id]
    return terms + _list_everyday_terms(terms)


def _list_everyday_terms(terms: Sequence[Term]) -> list[Term]:
    """List the everyday words of the trade for what the company offers by another name; they choose nothing between two of its services."""
    company_id = current_company_id()
    company = db.session.get(Company, company_id) if company_id else None
    named = {fold(term.text) for term in terms}
    found: list[Term] = []
    for thing, words in EVERYDAY_WORDS.get(company.industry if company else "", {}).items():
        likeness: dict[Service, int] = {}
        for term in terms:
            if term.is_spoken:
                alike = _rate_name(thing, term.text) * term.certainty // 100
                likeness[term.service] = max(likeness.get(term.service, 0), alike)
        best = max(likeness.values(), default=0)
        if best >= SAME_MEANING:
            services = [service for service, alike in likeness.items() if alike == best]
            found += [Term(service, word, EVERYDAY_CERTAINTY) for service in services for word in words if fold(word) not in named]
    return found


@lru_cache(maxsize=4096)
def _rate_name(thing: str, name: str) -> int:
    """Rate how surely this name of a service means the thing."""
    return 100 if fold(thing) == fold(name) else get_term_similarity(parse_terms(thing), parse_terms(name))


def find_best(text: str, terms: Sequence[Term], audience: frozenset[str] = frozenset()) -> ServiceMatch | None:
    """Find the service that is meant; `audience` are the people it may be for by what was said beside the words."""
    if is_ulid(text.strip()):
        exact = next((term.service for term in terms if term.service.id == text.strip()), None)
        if exact:
            return ServiceMatch(exact, 100)
    words, said = " ".join(list_significant_words(text)), parse_terms(text)
    said = replace(said, audience=(said.audience & audience or said.audience) if said.audience else audience)
    rated: dict[Service, int] = {}
    # "für einen Herrn": only for whom it is
    is_only_for = bool(said.audience) and not said.terms - NOISE
    for service, name, certainty, is_spoken in terms:
        meant = parse_terms(name)
        meant = meant if meant.audience else replace(meant, audience=parse_terms(service.name).audience)
        if said.excludes(meant):
            continue
        alike = max(get_similarity(words, " ".join(list_significant_words(name))), get_term_similarity(said, meant) if is_spoken else 0)
        if is_only_for and parse_terms(service.name).audience & said.audience:
            alike = max(alike, FOR_SAME_PEOPLE)
        rated[service] = max(rated.get(service, 0), alike * certainty // 100)
    ranking = sorted(rated.items(), key=lambda pair: -pair[1])
    if not ranking or ranking[0][1] < MIN_CERTAINTY:
        return None
    best, certainty = ranking[0]
    others = tuple(service for service, alike in ranking[1:] if alike >= max(MIN_CERTAINTY, certainty - MAX_TIE_DISTANCE))
    tied = tuple(
        service for service, alike in ranking[1:] if alike == certainty or (alike >= MIN_CERTAINTY and _is_same_for_others(service, best))
    )
    return ServiceMatch(best, certainty, others, tied if certainty < EXACT_CERTAINTY else ())


def _is_same_for_others(service: Service, other: Service) -> bool:
    """Check whether both are one thing for different people: a word for it does not choose between them."""
    meant, known = parse_terms(service.name), parse_terms(other.name)
    return bool(meant.audience and known.audience) and meant.audience != known.audience and meant.terms == known.terms
