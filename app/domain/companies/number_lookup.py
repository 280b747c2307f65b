"""Look up branch and company of a dialled number; unknown numbers stay unassigned."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from app.core.cache import Cache
from app.core.clock import to_ms
from app.core.extensions import db
from app.core.phone import normalise
from app.core.tenancy import unscoped
from app.core.transactions import on_commit
from app.models import Agent, Branch, Company, PhoneNumber

CACHE = Cache("number", seconds=60)


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """Where a call belongs, and how that was found; `by` is number or agent."""

    company_id: str
    branch_id: str
    phone_number_id: str
    agent_id: str | None
    by: str
    asked: str
    # Unix milliseconds; calls that began earlier do not belong to it
    valid_from_ms: int | None = None
    region: str = "DE"

    def reason(self, *, cached: bool) -> dict[str, Any]:
        """The routing data stored with the call."""
        return {"by": self.by, "number": self.asked, "phone_number_id": self.phone_number_id, "cached": cached}

    def is_valid_at(self, started_ms: int | None) -> bool:
        return self.valid_from_ms is None or started_ms is None or started_ms >= self.valid_from_ms


def parse_business_number(raw: str | None) -> str | None:
    """The E.164 form of a number of ours as a provider sent it, or None where it is none."""
    return normalise(raw, source="e164").e164 if raw else None


def find_numbers(numbers: Iterable[str]) -> dict[str, tuple[NumberMatch, bool]]:
    """Find the match of each assigned E.164 number, and whether it came from the cache."""
    requested = set(numbers)
    generation, cached = CACHE.get_many(requested)
    matches = {number: (NumberMatch(**kept), True) for number, kept in cached.items()}
    missing = requested - matches.keys()
    if missing:
        fresh = {match.asked: match for match in _load_matches(missing)}
        answers = {number: asdict(match) for number, match in fresh.items()}
        on_commit(lambda: CACHE.put_many(generation, answers))
        matches.update({number: (match, False) for number, match in fresh.items()})
    return matches


def find_by_agent(provider: str, agent_ref: str) -> NumberMatch | None:
    """The branch of a call that names no number (a web call): its agent's, if that agent answers for one branch only."""
    with unscoped():
        rows = db.session.execute(
            _build_statement()
            .join(Agent, Agent.id == PhoneNumber.agent_id)
            .where(Agent.provider == provider, Agent.provider_agent_id == agent_ref)
        ).all()
    if len({(row.company_id, row.branch_id) for row in rows}) != 1:
        return None
    return _to_match(rows[0], by="agent", asked=agent_ref)


def _load_matches(numbers: Iterable[str]) -> list[NumberMatch]:
    with unscoped():
        rows = db.session.execute(_build_statement().where(PhoneNumber.e164.in_(sorted(numbers)))).all()
    return [_to_match(row, by="number", asked=row.e164) for row in rows]


def _build_statement() -> Any:
    return (
        select(
            PhoneNumber.company_id, PhoneNumber.branch_id, PhoneNumber.id, PhoneNumber.agent_id,
            PhoneNumber.e164, PhoneNumber.valid_from, Company.country,
        )
        .join(Company, Company.id == PhoneNumber.company_id)
        .join(Branch, Branch.id == PhoneNumber.branch_id)
        .where(PhoneNumber.is_active, Company.is_active)
    )  # fmt: skip


def _to_match(row: Any, *, by: str, asked: str) -> NumberMatch:
    valid_from_ms = to_ms(row.valid_from) if row.valid_from else None
    return NumberMatch(row.company_id, row.branch_id, row.id, row.agent_id, by, asked, valid_from_ms, row.country)
