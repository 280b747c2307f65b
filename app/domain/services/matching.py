"""Match spoken words to services: by id, name, synonym, meaning, or approximately."""

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.language.parsed_time import Language
from app.domain.language.spoken_choices import parse_choice
from app.domain.language.spoken_format import join_or
from app.domain.services.fuzzy_text import get_similarity, list_significant_words
from app.domain.services.vocabulary import get_term_similarity, parse_terms
from app.models import Service, ServiceSynonym


class Term(NamedTuple):
    """A name of a service, how surely it means the service, and whether it is a person's word for it (a slug is not)."""

    service: Service
    text: str
    certainty: int
    is_spoken: bool = True


MIN_CERTAINTY = 60
MAX_TIE_DISTANCE = 5
NEAREST = 3
MAX_OPTIONS = 4
SEPARATORS = re.compile(r"\s*(?:,|\+|&|/|\bund\b|\band\b|\bplus\b|\bmit\b|\bwith\b)\s*", re.IGNORECASE)


class UnknownService(InvalidInput):
    """Nothing is offered by that name; `services` are the nearest names."""

    code = "unknown_service"


class AmbiguousService(InvalidInput):
    """The words mean several services, or none that is wanted; the message is the question, `options` the names."""

    code = "ambiguous"


# from these on the name counts as exact, and other words as meaning all of a service
EXACT_CERTAINTY, SAME_MEANING = 100, 85


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
    return _find_best(text, _list_terms())


def get_services(text: str, *, language: Language = "de") -> list[Service]:
    """Get what is wanted: one service, several named together ("Schneiden und Färben"), none of those not wanted.

    Raises UnknownService, and AmbiguousService where somebody must choose.
    """
    terms = _list_terms()
    whole = _find_best(text, terms)
    if whole and whole.certainty >= EXACT_CERTAINTY:
        return [whole.service]
    choice = parse_choice(text)
    if choice.wanted is None:
        raise AmbiguousService(_("Was darf es denn sein?"), options=[])
    excluded = {match.service for word in choice.excluded if (match := _find_best(word, terms))}
    left = [term for term in terms if term.service not in excluded]
    pieces = [piece for piece in SEPARATORS.split(choice.wanted) if list_significant_words(piece)]
    whole = _find_best(choice.wanted, left)
    if len(pieces) < 2 or (whole and whole.certainty >= SAME_MEANING and not whole.tied):
        pieces = [choice.wanted]
    return list(dict.fromkeys(_get_one(piece, left, language) for piece in pieces))


def _get_one(text: str, terms: list[Term], language: Language) -> Service:
    match = _find_best(text, terms)
    if match is None:
        raise build_unknown_service(text, language)
    if match.tied:
        names = [service.name for service in (match.service, *match.tied)][:MAX_OPTIONS]
        raise AmbiguousService(_("Was meinen Sie: %(services)s?", services=join_or(names, language)), options=names)
    return match.service


def build_unknown_service(text: str, language: Language) -> UnknownService:
    """Build the error for what is not offered; it names the nearest services."""
    names = [service.name for service in list_nearest_services(text)]
    say = _("„%(words)s“ steht nicht im Angebot.", words=text[:80])
    if names:
        question = _("Meinen Sie %(services)s?", services=join_or(names, language))
        say = f"{say} {question}"
    return UnknownService(say, service=text[:80], services=names)


def list_nearest_services(text: str) -> list[Service]:
    """List the services whose names come nearest to the words, the nearest first."""
    said, words = parse_terms(text), " ".join(list_significant_words(text))
    nearness: dict[Service, float] = {}
    for service, name, certainty, _is_spoken in _list_terms():
        meant = parse_terms(name)
        shared = len(said.terms & meant.terms) / max(1, len(said.terms | meant.terms))
        letters = SequenceMatcher(None, words, " ".join(list_significant_words(name))).ratio()
        near = (shared + letters) * certainty / 100 - said.is_for_others(meant)
        nearness[service] = max(nearness.get(service, -1), near)
    return sorted(nearness, key=lambda service: -nearness[service])[:NEAREST]


def _list_terms() -> list[Term]:
    """Every active service with each of its names and how surely that name means it."""
    services = db.session.scalars(select(Service).where(Service.is_active).order_by(Service.position, Service.name)).all()
    by_id = {service.id: service for service in services}
    terms = [Term(service, service.name, 100) for service in services]
    terms += [Term(service, service.slug.replace("-", " "), 100, is_spoken=False) for service in services]
    synonyms = db.session.execute(select(ServiceSynonym.service_id, ServiceSynonym.text, ServiceSynonym.certainty))
    return terms + [Term(by_id[service_id], text, certainty) for service_id, text, certainty in synonyms if service_id in by_id]


def _find_best(text: str, terms: list[Term]) -> ServiceMatch | None:
    if is_ulid(text.strip()):
        exact = next((term.service for term in terms if term.service.id == text.strip()), None)
        if exact:
            return ServiceMatch(exact, 100)
    words, said = " ".join(list_significant_words(text)), parse_terms(text)
    rated: dict[Service, int] = {}
    for service, name, certainty, is_spoken in terms:
        meant = parse_terms(name)
        meant = meant if meant.audience else replace(meant, audience=parse_terms(service.name).audience)
        if said.excludes(meant):
            continue
        alike = max(get_similarity(words, " ".join(list_significant_words(name))), get_term_similarity(said, meant) if is_spoken else 0)
        rated[service] = max(rated.get(service, 0), alike * certainty // 100)
    ranking = sorted(rated.items(), key=lambda pair: -pair[1])
    if not ranking or ranking[0][1] < MIN_CERTAINTY:
        return None
    best, certainty = ranking[0]
    others = tuple(service for service, alike in ranking[1:] if alike >= max(MIN_CERTAINTY, certainty - MAX_TIE_DISTANCE))
    tied = tuple(service for service, alike in ranking[1:] if alike == certainty) if certainty < EXACT_CERTAINTY else ()
    return ServiceMatch(best, certainty, others, tied)
