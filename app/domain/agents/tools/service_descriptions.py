"""The company's services, as data for the model and in words for the caller."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext
from app.domain.language.spoken_choices import parse_choice
from app.domain.language.spoken_format import capitalise, join_and, say_length, say_price
from app.domain.services.catalogue import list_services, load_synonyms
from app.domain.services.fuzzy_text import fold, get_similarity, list_significant_words
from app.domain.services.matching import find_service
from app.domain.services.spoken_names import get_spoken_name
from app.domain.services.vocabulary import get_term_similarity, parse_terms
from app.models import Service

MAX_SERVICES = 40
MIN_SIMILARITY = 60
# a service that only looks, and words for what is done after that
CHECK = re.compile(r"prüf|kontroll|diagnos|fehlersuche|check|inspect|test", re.IGNORECASE)
RENEWAL = re.compile(
    r"\bneue?[nrs]?\b|erneuer|ersetz|wechsel|tausch|reparier|reparatur|einbau|montier|\bnew\b|replac|renew|repair|\bfix|\bchang(?:e|ing)\b|fitted",
    re.IGNORECASE,
)


def list_matching_services(context: ToolContext, query: str | None) -> list[Service]:
    """List services of the branch; with a query those whose name, category or synonym matches."""
    here = [service for service in list_services(limit=MAX_SERVICES) if _is_offered(context, service)]
    if not query:
        return here
    choice, others = parse_choice(query), load_synonyms([service.id for service in here])
    if choice.wanted is None:
        unwanted = {match.service for words in choice.excluded if (match := find_service(words))}
        return [service for service in here if service not in unwanted]
    words, meant = " ".join(list_significant_words(choice.wanted)), parse_terms(choice.wanted)

    def fits(service: Service) -> bool:
        names = [service.name, service.category or "", *others[service.id]]
        if any(get_term_similarity(meant, parse_terms(name)) >= MIN_SIMILARITY for name in names if name):
            return True
        return any(
            get_similarity(words, " ".join(list_significant_words(name))) >= MIN_SIMILARITY or words in fold(name) for name in names if name
        )

    return [service for service in here if words and fits(service)]


def build_service_data(context: ToolContext, service: Service, *, in_full: bool = False) -> dict[str, Any]:
    minutes, cents = _get_duration_and_price(context, service)
    data: dict[str, Any] = {"id": service.id, "name": service.name, "minutes": minutes, "price_cents": cents}
    if in_full:
        data |= {"category": service.category, "description": service.description}
    return data


def say_service(context: ToolContext, service: Service) -> str:
    minutes, cents = _get_duration_and_price(context, service)
    length, name = say_length(minutes, context.language), capitalise(get_spoken_name(service, context.language))
    if not cents:
        return _("%(service)s dauert %(length)s.", service=name, length=length)
    price = say_price(cents, context.language)
    return _("%(service)s dauert %(length)s und kostet %(price)s.", service=name, length=length, price=price)


def say_scope(words: str, service: Service) -> str | None:
    """Say that a check is no repair, where something new or a repair was asked for and only the check is offered."""
    if not CHECK.search(service.name) or CHECK.search(words) or not RENEWAL.search(words):
        return None
    return _("Das ist nur die Prüfung. Was Reparatur oder Austausch kosten, steht erst danach fest.")


def say_services(context: ToolContext, services: Sequence[Service]) -> str:
    """Say each of several services, and what they take and cost together."""
    total = build_total(context, services)
    length = say_length(total["minutes"], context.language)
    each = " ".join(say_service(context, service) for service in services)
    if not total["price_cents"]:
        return _("%(each)s Zusammen dauert es %(length)s.", each=each, length=length)
    price = say_price(total["price_cents"], context.language)
    return _("%(each)s Zusammen dauert es %(length)s und kostet %(price)s.", each=each, length=length, price=price)


def build_total(context: ToolContext, services: Sequence[Service]) -> dict[str, Any]:
    """Build name, duration and price of several services in one visit; no price where one is not told."""
    known = [_get_duration_and_price(context, service) for service in services]
    prices = [cents for _minutes, cents in known if cents is not None]
    return {
        "name": join_and([service.name for service in services], context.language),
        "minutes": sum(minutes for minutes, _cents in known),
        "price_cents": sum(prices) if len(prices) == len(known) else None,
    }


def _get_duration_and_price(context: ToolContext, service: Service) -> tuple[int, int | None]:
    """Get duration and price at the branch, summed for a combined service; None for a price that may not be disclosed."""
    parts = db.session.scalars(select(Service).where(Service.id.in_(service.parts))).all() if service.parts else [service]
    own = context.branch_services
    minutes = sum((own[part.id].minutes if part.id in own else None) or part.minutes for part in parts)
    prices = [(own[part.id].price_cents if part.id in own else None) or part.price_cents for part in parts]
    if not context.config.can_disclose("prices"):
        return minutes, None
    return minutes, sum(prices) if all(price is not None for price in prices) else None  # type: ignore[arg-type]


def _is_offered(context: ToolContext, service: Service) -> bool:
    own = context.branch_services.get(service.id)
    return own is None or own.is_offered
