"""Match spoken words to services and staff: by id, name, synonym, or approximately."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.services.fuzzy_text import get_similarity, list_significant_words, strip_titles
from app.models import Service, ServiceSynonym, StaffBranch, StaffMember

MIN_CERTAINTY = 60
MAX_TIE_DISTANCE = 5
SEPARATORS = re.compile(r"\s*(?:,|\+|&|/|\bund\b|\band\b|\bplus\b|\bmit\b|\bwith\b)\s*", re.IGNORECASE)


class UnknownService(InvalidInput):
    code = "unknown_service"


class UnknownStaff(InvalidInput):
    code = "unknown_staff"


# from this certainty on the name counts as exact
EXACT_CERTAINTY = 100


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


def get_services(text: str) -> list[Service]:
    """Get the named services; several when they are named together ("Schneiden und Färben").

    Raises UnknownService when one of them is not known.
    """
    terms = _list_terms()
    if (whole := _find_best(text, terms)) and (whole.certainty >= 100 or not SEPARATORS.search(text)):
        return [whole.service]
    pieces = [_find_best(piece, terms) for piece in SEPARATORS.split(text) if list_significant_words(piece)]
    if pieces and all(pieces):
        return list(dict.fromkeys(found.service for found in pieces if found))
    if whole:
        return [whole.service]
    raise UnknownService(_("„%(words)s“ steht nicht im Angebot.", words=text[:80]), service=text[:80])


def find_staff(text: str, *, branch_id: str | None = None) -> StaffMember | None:
    """Find the active staff member by id, full name, first or last name, or approximately."""
    statement = select(StaffMember).where(StaffMember.is_active).order_by(StaffMember.position, StaffMember.name)
    if branch_id:
        statement = statement.join(StaffBranch, StaffBranch.staff_id == StaffMember.id).where(StaffBranch.branch_id == branch_id)
    people = db.session.scalars(statement).all()
    name = " ".join(strip_titles(text))
    rated = [(100 if person.id == text else get_similarity(name, " ".join(strip_titles(person.name))), person) for person in people]
    rated += [(get_similarity(name, word) - 5, person) for person in people for word in strip_titles(person.name)]
    best = max(rated, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= MIN_CERTAINTY else None


def get_staff(text: str, *, branch_id: str | None = None) -> StaffMember:
    """As find_person; raises UnknownStaff."""
    if person := find_staff(text, branch_id=branch_id):
        return person
    raise UnknownStaff(_("„%(words)s“ arbeitet nicht hier.", words=text[:80]), staff=text[:80])


def _list_terms() -> list[tuple[Service, str, int]]:
    """Every active service with each of its names and how surely that name means it."""
    services = db.session.scalars(select(Service).where(Service.is_active).order_by(Service.position, Service.name)).all()
    by_id = {service.id: service for service in services}
    terms = [(service, name, 100) for service in services for name in (service.name, service.slug.replace("-", " "))]
    synonyms = db.session.execute(select(ServiceSynonym.service_id, ServiceSynonym.text, ServiceSynonym.certainty))
    return terms + [(by_id[service_id], text, certainty) for service_id, text, certainty in synonyms if service_id in by_id]


def _find_best(text: str, terms: list[tuple[Service, str, int]]) -> ServiceMatch | None:
    if is_ulid(text.strip()):
        exact = next((service for service, _name, _certainty in terms if service.id == text.strip()), None)
        if exact:
            return ServiceMatch(exact, 100)
    words = " ".join(list_significant_words(text))
    rated: dict[Service, int] = {}
    for service, name, certainty in terms:
        alike = get_similarity(words, " ".join(list_significant_words(name))) * certainty // 100
        rated[service] = max(rated.get(service, 0), alike)
    ranking = sorted(rated.items(), key=lambda pair: -pair[1])
    if not ranking or ranking[0][1] < MIN_CERTAINTY:
        return None
    best, certainty = ranking[0]
    others = tuple(service for service, alike in ranking[1:] if alike >= max(MIN_CERTAINTY, certainty - MAX_TIE_DISTANCE))
    tied = tuple(service for service, alike in ranking[1:] if alike == certainty) if certainty < EXACT_CERTAINTY else ()
    return ServiceMatch(best, certainty, others, tied)
