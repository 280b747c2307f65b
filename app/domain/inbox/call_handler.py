"""Events of calls: matched by the dialled number, applied to the call."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.clock import to_ms
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.domain.calls import lifecycle
from app.domain.companies import number_lookup
from app.domain.companies.number_lookup import Match
from app.domain.inbox.inbox_item import Read
from app.models import Call, Connection


def check(read: Read) -> None:
    """Leaves out what moves no call."""
    if read.event.kind == "unknown":
        read.ignore(f"The event {read.event.name[:64]} is not one that moves a call.")
    elif not read.event.provider_call_id:
        read.ignore("The event names no call.")


def match(reads: Sequence[Read]) -> None:
    """Whose each call is: the call's own company where we know the call, else the owner of its number."""
    wanted = {read.row.id: number_lookup.business_number(read.event.business_raw) for read in reads}
    # first, for it asks Redis, which may be silent: nobody else can write on SQLite once we have asked the database
    found = number_lookup.find_numbers(number for number in wanted.values() if number)
    known = _known_calls(reads)
    owners = _connection_owners(reads)
    for read in reads:
        read.match = known.get((read.row.provider, read.event.provider_call_id or "", read.row.connection_id))
        number = wanted[read.row.id]
        if read.match is None and number in found:
            read.match, read.cached = found[number]
        if read.match is None and number is None and read.event.agent_ref:
            read.match = number_lookup.find_by_agent(read.row.provider, read.event.agent_ref)
        _keep_unassigned(read, number, owners)


def _keep_unassigned(read: Read, number: str | None, owners: dict[str, str]) -> None:
    """Sets aside what must not be applied: no owner, not yet owned, or sent through another company's connection."""
    if not isinstance(read.match, Match):
        read.set_aside("no_number" if number is None else "unknown_number")
    elif read.event.started_at and not read.match.holds_at(to_ms(read.event.started_at)):
        read.set_aside("before_valid_from")
    elif read.row.connection_id and owners.get(read.row.connection_id) != read.match.company_id:
        read.set_aside("other_company_connection")
    if read.status == "unassigned":
        read.row.dialled = number or (read.event.business_raw or "")[:64] or None


def _known_calls(reads: Sequence[Read]) -> dict[tuple[str, str, str | None], Match]:
    """Calls that exist already keep their company and branch, whatever happens to the number meanwhile.

    A call id is known only on the way it came by: a company that invents ids on its own connection catches nobody's calls.
    """
    ids = sorted({read.event.provider_call_id or "" for read in reads})
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
        (row.provider, row.provider_call_id, row.connection_id): Match(
            row.company_id, row.branch_id, row.phone_number_id, row.agent_id, by="call", asked=row.provider_call_id
        )
        for row in rows
    }


def _connection_owners(reads: Sequence[Read]) -> dict[str, str]:
    ids = {read.row.connection_id for read in reads if read.row.connection_id}
    if not ids:
        return {}
    with unscoped():
        owners = select(Connection.id, Connection.company_id).where(Connection.id.in_(ids))
        return {row.id: row.company_id for row in db.session.execute(owners)}


def apply(reads: Sequence[Read]) -> None:
    lifecycle.apply_events(
        [
            lifecycle.Arrival(
                webhook_event_id=read.row.id,
                received_at=read.row.received_at,
                connection_id=read.row.connection_id,
                event=read.event,
                match=read.match,
                cached=read.cached,
                replayed=read.row.handled_at is not None,
            )
            for read in reads
            if isinstance(read.match, Match)
        ]
    )
