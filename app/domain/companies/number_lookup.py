"""Look up branch and company of a call: the stored call's own, else those of the dialled number or of the agent."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from app.core.cache import Cache
from app.core.clock import to_ms
from app.core.extensions import db
from app.core.phone import normalise
from app.core.tenancy import unscoped
from app.core.transactions import on_commit
from app.models import Agent, Branch, Call, Company, Connection, PhoneNumber

CACHE = Cache("number", seconds=60)
# stored with events that wait for an owner
UnassignedReason = Literal["no_number", "unknown_number", "number_off", "company_off", "before_valid_from", "other_company_connection"]


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """The branch and company of a call, and how they were determined; `by` is number or agent."""

    company_id: str
    branch_id: str
    phone_number_id: str
    agent_id: str | None
    by: str
    asked: str
    # Unix milliseconds; calls that began earlier do not belong to it
    valid_from_ms: int | None = None
    region: str = "DE"
    # whether it came from the cache
    cached: bool = False

    def reason(self) -> dict[str, Any]:
        """The routing data stored with the call."""
        return {"by": self.by, "number": self.asked, "phone_number_id": self.phone_number_id, "cached": self.cached}

    def is_valid_at(self, at: datetime | None) -> bool:
        return self.valid_from_ms is None or at is None or to_ms(at) >= self.valid_from_ms


@dataclass(frozen=True, slots=True)
class CallAddress:
    """The identifiers of a call in an event or request; `number` is the business's own, as sent by the provider."""

    provider: str
    call_id: str | None
    number: str | None
    connection_id: str | None = None
    agent_ref: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallOwner:
    """The owner, or the reason why the call is not assigned; `number` is E.164, `company_id` whose number it is all the same."""

    number: str | None
    match: NumberMatch | None = None
    reason: UnassignedReason | None = None
    company_id: str | None = None


def find_owner(
    provider: str, call_id: str | None, number: str | None, connection_id: str | None, *, agent_ref: str | None = None,
    started_at: datetime | None = None,
) -> NumberMatch | None:  # fmt: skip
    """Find the owner of one call, as find_owners does."""
    return find_owners([CallAddress(provider, call_id, number, connection_id, agent_ref, started_at)])[0].match


def find_owners(addresses: Sequence[CallAddress]) -> list[CallOwner]:
    """Find the owner of each call. A stored call keeps its company and branch when the number changes hands."""
    numbers = [parse_business_number(address.number) for address in addresses]
    # before the first query: Redis may be slow, and an open transaction keeps others from writing on SQLite
    matches = find_numbers(number for number in numbers if number)
    existing = _find_existing_calls(addresses)
    companies = _find_connection_companies(addresses)
    owners = []
    for address, number in zip(addresses, numbers, strict=True):
        match = existing.get((address.provider, address.call_id or "", address.connection_id)) or matches.get(number or "")
        if match is None and number is None and address.agent_ref:
            match = find_by_agent(address.provider, address.agent_ref)
        if match is None:
            owners.append(_explain_unmatched(number))
            continue
        reason = _check_owner(address, match, companies)
        owners.append(CallOwner(number, None if reason else match, reason, match.company_id))
    return owners


def _explain_unmatched(number: str | None) -> CallOwner:
    """A number that is switched off, or whose company is, still belongs to somebody."""
    if number is None:
        return CallOwner(None, reason="no_number")
    statement = select(PhoneNumber.company_id, PhoneNumber.is_active).where(PhoneNumber.e164 == number)
    with unscoped():
        row = db.session.execute(statement).first()
    if row is None:
        return CallOwner(number, reason="unknown_number")
    return CallOwner(number, reason="company_off" if row.is_active else "number_off", company_id=row.company_id)


def _check_owner(address: CallAddress, match: NumberMatch, companies: dict[str, str]) -> UnassignedReason | None:
    """The reason why it must not be applied: not yet owned, or sent through another company's connection."""
    if not match.is_valid_at(address.started_at):
        return "before_valid_from"
    if address.connection_id and companies.get(address.connection_id) != match.company_id:
        return "other_company_connection"
    return None


def _find_existing_calls(addresses: Sequence[CallAddress]) -> dict[tuple[str, str, str | None], NumberMatch]:
    """A call id counts only with its connection: a company that invents ids on its own connection gets no calls of others."""
    ids = sorted({address.call_id for address in addresses if address.call_id})
    if not ids:
        return {}
    statement = select(
        Call.company_id, Call.branch_id, Call.phone_number_id, Call.agent_id, Call.provider, Call.provider_call_id, Call.connection_id
    ).where(Call.provider_call_id.in_(ids))
    with unscoped():
        rows = db.session.execute(statement).all()
    return {
        (row.provider, row.provider_call_id, row.connection_id): NumberMatch(
            row.company_id, row.branch_id, row.phone_number_id, row.agent_id, by="call", asked=row.provider_call_id
        )
        for row in rows
    }


def _find_connection_companies(addresses: Sequence[CallAddress]) -> dict[str, str]:
    ids = {address.connection_id for address in addresses if address.connection_id}
    if not ids:
        return {}
    with unscoped():
        return {
            row.id: row.company_id for row in db.session.execute(select(Connection.id, Connection.company_id).where(Connection.id.in_(ids)))
        }


def find_company_id(number: str | None, connection_id: str | None) -> str | None:
    """The company of the connection in the URL, else of the dialled E.164 number, switched on or off; inside unscoped()."""
    if connection_id:
        return db.session.scalar(select(Connection.company_id).where(Connection.id == connection_id))
    return db.session.scalar(select(PhoneNumber.company_id).where(PhoneNumber.e164 == number)) if number else None


def parse_business_number(raw: str | None) -> str | None:
    """The E.164 form of a number of ours as a provider sent it, or None where it is none."""
    return normalise(raw, source="e164").e164 if raw else None


def find_numbers(numbers: Iterable[str]) -> dict[str, NumberMatch]:
    """Find the match of each assigned E.164 number."""
    requested = set(numbers)
    generation, cached = CACHE.get_many(requested)
    matches = {number: NumberMatch(**{**values, "cached": True}) for number, values in cached.items()}
    missing = requested - matches.keys()
    if missing:
        fresh = {match.asked: match for match in _load_matches(missing)}
        answers = {number: asdict(match) for number, match in fresh.items()}
        on_commit(lambda: CACHE.put_many(generation, answers))
        matches.update(fresh)
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
