"""The catalogue of a company for its truth checks: staff, offers with prices and durations, branches with their hours."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import select

from app.core.extensions import db
from app.domain.agents.opening_hours_lookup import get_hours, list_hours
from app.domain.claims.evidence_types import BranchEvidence, ServiceEvidence, Span, StaffName
from app.models import Branch, BranchService, Company, Service, ServiceSynonym, StaffMember, StaffService

MIN_SYNONYM_CERTAINTY = 90
# of a call's claims about weekdays; other dates are looked up one by one
DAYS_AHEAD = 35


@dataclass(frozen=True, slots=True)
class TruthCatalogue:
    people: Sequence[StaffName]
    offers: Sequence[ServiceEvidence]
    # without hours
    branches: Sequence[BranchEvidence]
    # names that are not staff: the business, its branches
    places: Sequence[str]

    @property
    def names(self) -> dict[str, str]:
        named = {person.id: person.name for person in self.people} | {offer.id: offer.names[0] for offer in self.offers}
        return named | {branch.id: branch.name for branch in self.branches}

    def list_branches(self, today: date) -> list[BranchEvidence]:
        """List the branches, with hours that are loaded only when a claim needs them."""
        return [replace(branch, hours=OpeningCalendar(branch.id, today)) for branch in self.branches]


class OpeningCalendar(Mapping[date, tuple[Span, ...]]):
    """A branch's opening spans by date; empty where the branch has no hours at all, since then none are known."""

    def __init__(self, branch_id: str, today: date) -> None:
        self._branch_id, self._today = branch_id, today

    @cached_property
    def _days(self) -> dict[date, tuple[Span, ...]]:
        days = {hours.day: tuple(hours.clock_spans) for hours in list_hours(self._get_branch(), self._today, DAYS_AHEAD)}
        return days if any(days.values()) else {}

    def __getitem__(self, day: date) -> tuple[Span, ...]:
        if not self._days or day < self._today:
            raise KeyError(day)
        if day not in self._days:
            self._days[day] = tuple(get_hours(self._get_branch(), day).clock_spans)
        return self._days[day]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and bool(self._days) and day >= self._today

    def _get_branch(self) -> Branch:
        return db.session.get_one(Branch, self._branch_id)

    def __iter__(self) -> Iterator[date]:
        return iter(self._days)

    def __len__(self) -> int:
        return len(self._days)


def load_catalogue(company_id: str) -> TruthCatalogue:
    """Load people and services, those that no longer work or are offered included: old calls spoke of them."""
    people = [StaffName(row.id, row.name) for row in db.session.execute(select(StaffMember.id, StaffMember.name))]
    synonyms: dict[str, list[str]] = defaultdict(list)
    sure = select(ServiceSynonym.service_id, ServiceSynonym.text).where(ServiceSynonym.certainty >= MIN_SYNONYM_CERTAINTY)
    for service_id, text in db.session.execute(sure):
        synonyms[service_id].append(text)
    services = db.session.scalars(select(Service)).all()
    prices, minutes = _load_overrides(services)
    offers = [
        ServiceEvidence(each.id, (each.name, *synonyms[each.id]), frozenset(prices[each.id]), frozenset(minutes[each.id]))
        for each in services
    ]
    company = db.session.get(Company, company_id)
    branches = [BranchEvidence(each.id, each.name, each.street, each.city) for each in db.session.scalars(select(Branch))]
    return TruthCatalogue(people, offers, branches, [company.name if company else "", *(branch.name for branch in branches)])


def _load_overrides(services: Sequence[Service]) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Load each service's prices and minutes, also where a branch or a person has other ones; of a combined one the sum of its parts."""
    prices: dict[str, set[int]] = defaultdict(set)
    minutes: dict[str, set[int]] = defaultdict(set)
    for service in services:
        if service.price_cents:
            prices[service.id].add(service.price_cents)
        minutes[service.id].add(service.minutes)
    for model in (BranchService, StaffService):
        for service_id, cents, length in db.session.execute(select(model.service_id, model.price_cents, model.minutes)):
            prices[service_id] |= {cents} if cents is not None else set()
            minutes[service_id] |= {length} if length is not None else set()
    for service in services:
        if service.parts and all(prices[part] for part in service.parts):
            prices[service.id].add(sum(min(prices[part]) for part in service.parts))
        if service.parts:
            minutes[service.id].add(sum(min(minutes[part], default=0) for part in service.parts))
    return prices, minutes
