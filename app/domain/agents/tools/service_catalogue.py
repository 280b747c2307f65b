"""The company's services, as data for the model and in words for the caller."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.tools.context import ToolContext
from app.domain.language.spoken_format import say_length, say_price
from app.domain.services.catalogue import list_services, load_synonyms
from app.domain.services.fuzzy_text import fold, get_similarity, list_significant_words
from app.models import BranchService, Service

MAX_SERVICES = 40
MIN_SIMILARITY = 60


def list_matching_services(context: ToolContext, query: str | None) -> list[Service]:
    """List services of the branch; with a query those whose name, category or synonym matches."""
    here = [service for service in list_services(limit=MAX_SERVICES) if _is_offered(context, service)]
    if not query:
        return here
    said, others = " ".join(list_significant_words(query)), load_synonyms([service.id for service in here])

    def fits(service: Service) -> bool:
        names = [service.name, service.category or "", *others[service.id]]
        return any(
            get_similarity(said, " ".join(list_significant_words(name))) >= MIN_SIMILARITY or said in fold(name) for name in names if name
        )

    return [service for service in here if said and fits(service)]


def build_service_data(context: ToolContext, service: Service, *, in_full: bool = False) -> dict[str, Any]:
    minutes, cents = _get_duration_and_price(context, service)
    data: dict[str, Any] = {"id": service.id, "name": service.name, "minutes": minutes, "price_cents": cents}
    if in_full:
        data |= {"category": service.category, "description": service.description}
    return data


def say_service(context: ToolContext, service: Service) -> str:
    minutes, cents = _get_duration_and_price(context, service)
    length = say_length(minutes, context.language)
    if not cents:
        return _("%(service)s dauert %(length)s.", service=service.name, length=length)
    price = say_price(cents, context.language)
    return _("%(service)s dauert %(length)s und kostet %(price)s.", service=service.name, length=length, price=price)


def _get_duration_and_price(context: ToolContext, service: Service) -> tuple[int, int | None]:
    """Get duration and price at the branch, summed for a combined service; None for a price that may not be disclosed."""
    parts = db.session.scalars(select(Service).where(Service.id.in_(service.parts))).all() if service.parts else [service]
    own = {row.service_id: row for row in _list_branch_services(context, [part.id for part in parts])}
    minutes = sum((own[part.id].minutes if part.id in own else None) or part.minutes for part in parts)
    prices = [(own[part.id].price_cents if part.id in own else None) or part.price_cents for part in parts]
    if not context.config.can_disclose("prices"):
        return minutes, None
    return minutes, sum(prices) if all(price is not None for price in prices) else None  # type: ignore[arg-type]


def _is_offered(context: ToolContext, service: Service) -> bool:
    return all(row.is_offered for row in _list_branch_services(context, [service.id]))


def _list_branch_services(context: ToolContext, service_ids: list[str]) -> list[BranchService]:
    """List this branch's overrides, loaded once for a tool call."""
    if not hasattr(context, "_branch_services"):
        statement = select(BranchService).where(BranchService.branch_id == context.branch.id)
        context._branch_services = list(db.session.scalars(statement))  # type: ignore[attr-defined]
    return [row for row in context._branch_services if row.service_id in service_ids]  # type: ignore[attr-defined]
