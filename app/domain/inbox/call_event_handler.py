"""Handles call events: matched by the dialled number, applied to the call."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.clock import to_ms
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.calls import lifecycle
from app.domain.companies import number_lookup
from app.domain.companies.number_lookup import NumberMatch
from app.domain.inbox.inbox_item import InboxItem
from app.models import Call, Connection


def check(item: InboxItem) -> None:
    """Ignore events that change no call."""
    if item.event.kind == "unknown":
        item.ignore(f"The event {item.event.name[:64]} is not one that moves a call.")
    elif not item.event.provider_call_id:
        item.ignore("The event names no call.")


def match(items: Sequence[InboxItem]) -> None:
    """Match each call to its company: the call's own where the call exists, else the owner of its number."""
    numbers = {item.row.id: number_lookup.parse_business_number(item.event.business_raw) for item in items}
    # before the first query: Redis may be slow, and an open transaction keeps others from writing on SQLite
    matches = number_lookup.find_numbers(number for number in numbers.values() if number)
    existing = _find_existing_calls(items)
    owners = _find_connection_owners(items)
    for item in items:
        item.match = existing.get((item.row.provider, item.event.provider_call_id or "", item.row.connection_id))
        number = numbers[item.row.id]
        if item.match is None and number in matches:
            item.match, item.cached = matches[number]
        if item.match is None and number is None and item.event.agent_ref:
            item.match = number_lookup.find_by_agent(item.row.provider, item.event.agent_ref)
        _mark_unassigned(item, number, owners)


def _mark_unassigned(item: InboxItem, number: str | None, owners: dict[str, str]) -> None:
    """Mark what must not be applied: no owner, not yet owned, or sent through another company's connection."""
    if not isinstance(item.match, NumberMatch):
        item.mark_unassigned("no_number" if number is None else "unknown_number")
    elif item.event.started_at and not item.match.is_valid_at(to_ms(item.event.started_at)):
        item.mark_unassigned("before_valid_from")
    elif item.row.connection_id and owners.get(item.row.connection_id) != item.match.company_id:
        item.mark_unassigned("other_company_connection")
    if item.status == "unassigned":
        item.row.dialled = number or (item.event.business_raw or "")[:64] or None


def _find_existing_calls(items: Sequence[InboxItem]) -> dict[tuple[str, str, str | None], NumberMatch]:
    """Existing calls keep their company and branch when the number changes hands.

    A call id counts only with its connection: a company that invents ids on its own connection gets no calls of others.
    """
    ids = sorted({item.event.provider_call_id or "" for item in items})
    if not ids:
        return {}
    with unscoped():
        rows = db.session.execute(
            select(
                Call.company_id, Call.branch_id, Call.phone_number_id, Call.agent_id,
                Call.provider, Call.provider_call_id, Call.connection_id,
            ).where(Call.provider_call_id.in_(ids))
        ).all()  # fmt: skip
    return {
        (row.provider, row.provider_call_id, row.connection_id): NumberMatch(
            row.company_id, row.branch_id, row.phone_number_id, row.agent_id, by="call", asked=row.provider_call_id
        )
        for row in rows
    }


def _find_connection_owners(items: Sequence[InboxItem]) -> dict[str, str]:
    ids = {item.row.connection_id for item in items if item.row.connection_id}
    if not ids:
        return {}
    with unscoped():
        owners = select(Connection.id, Connection.company_id).where(Connection.id.in_(ids))
        return {row.id: row.company_id for row in db.session.execute(owners)}


def apply(items: Sequence[InboxItem]) -> None:
    lifecycle.apply_events(
        [
            lifecycle.InboundCallEvent(
                webhook_event_id=item.row.id,
                received_at=item.row.received_at,
                connection_id=item.row.connection_id,
                event=item.event,
                match=item.match,
                cached=item.cached,
                replayed=item.row.handled_at is not None,
            )
            for item in items
            if isinstance(item.match, NumberMatch)
        ]
    )
