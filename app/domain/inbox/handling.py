"""Works claimed events through: translated, matched to a company, applied; all of a batch in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from app.core import metrics
from app.core.clock import now, to_ms
from app.core.database import is_away, is_passing
from app.core.extensions import db
from app.core.tenancy import every_company
from app.core.transactions import transact, transaction
from app.domain.calls import lifecycle
from app.domain.companies import number_lookup
from app.domain.companies.number_lookup import Match
from app.domain.inbox.claiming import MOST_CLAIMS, ClaimLost, claim, settle
from app.domain.inbox.storing import body_of
from app.models import Call, Connection, WebhookEvent
from app.providers import call_driver
from app.providers.voice.base import CallEvent, Unreadable

log = structlog.get_logger()
# pauses between tries; after the last one the event is a dead letter
PAUSES = tuple(timedelta(seconds=pause) for pause in (1, 3, 10, 30, 120, 600, 1800))


@dataclass(slots=True)
class Read:
    """An event of the inbox and what it says, or why it cannot be read."""

    row: WebhookEvent
    event: CallEvent | None = None
    match: Match | None = None
    cached: bool = False
    # why it does not belong to anybody yet, or will not be applied
    status: str = "handled"
    reason: str | None = None


def drain_batch(limit: int) -> int:
    """Claims and works through one batch; how many events it had.

    First all together; if that fails each under its own savepoint, so that a poison event harms no other.
    """
    token, rows = claim(limit)
    if not rows:
        return 0
    try:
        _handle_together(token, rows)
    except ClaimLost:
        log.warning("inbox.claim_lost", events=len(rows))
    except Exception as error:
        if is_away(error) and not is_passing(error):
            raise
        log.info("inbox.one_by_one", events=len(rows), error=type(error).__name__)
        # a restored database may know other owners than the cache
        number_lookup.CACHE.forget()
        _handle_one_by_one(token, rows)
    return len(rows)


def _handle_together(token: str, rows: Sequence[WebhookEvent]) -> None:
    def work() -> list[Read]:
        reads = _read(rows)
        _apply(reads)
        moment = now()
        settle(token, [_outcome(read, moment) for read in reads])
        return reads

    _measure(transact(work))


def _handle_one_by_one(token: str, rows: Sequence[WebhookEvent]) -> None:
    for row in rows:
        try:
            _handle_together(token, [row])
        except ClaimLost:
            log.warning("inbox.claim_lost", events=1)
        except Exception as error:
            log.exception("inbox.event_failed", webhook_event=row.id)
            _keep_failure(token, row, error)


def _keep_failure(token: str, row: WebhookEvent, error: Exception) -> None:
    """The next try after a growing pause; after the last one a dead letter with its reason."""
    attempts = row.attempts + 1
    last = attempts > len(PAUSES)
    outcome: dict[str, Any] = {"id": row.id, "attempts": attempts, "reason": f"{type(error).__name__}: {error}"[:2000]}
    if last:
        outcome |= {"status": "dead", "handled_at": now()}
    else:
        outcome |= {"due_at": now() + PAUSES[attempts - 1]}
    try:
        with transaction():
            settle(token, [outcome])
    except ClaimLost:
        log.warning("inbox.claim_lost", events=1)


def _read(rows: Sequence[WebhookEvent]) -> list[Read]:
    reads = [_read_one(row) for row in rows]
    _match_all([read for read in reads if read.event is not None and read.status == "handled"])
    return reads


def _read_one(row: WebhookEvent) -> Read:
    if row.claims > MOST_CLAIMS:
        return Read(row, status="dead", reason=f"{row.claims - 1} workers died or stalled over it.")
    try:
        event = call_driver(row.provider).read(body_of(row))
    except Unreadable as unreadable:
        return Read(row, status="dead", reason=str(unreadable))
    if event.kind == "unknown":
        return Read(row, event, status="ignored", reason=f"The event {event.name[:64]} is not one that moves a call.")
    if not event.provider_call_id:
        return Read(row, event, status="ignored", reason="The event names no call.")
    return Read(row, event)


def _match_all(reads: list[Read]) -> None:
    """Whose each call is: the call's own company where we know the call, else the owner of its number."""
    known = _known_calls(reads)
    wanted = {read.row.id: number_lookup.business_number(read.event.business_raw) for read in reads if read.event}
    found = number_lookup.find_numbers(number for number in wanted.values() if number)
    owners = _connection_owners(reads)
    for read in reads:
        assert read.event is not None
        read.match = known.get((read.row.provider, read.event.provider_call_id or "", read.row.connection_id))
        number = wanted[read.row.id]
        if read.match is None and number in found:
            read.match, read.cached = found[number]
        if read.match is None and number is None and read.event.agent_ref:
            read.match = number_lookup.find_by_agent(read.row.provider, read.event.agent_ref)
        _keep_unassigned(read, number, owners)


def _keep_unassigned(read: Read, number: str | None, owners: dict[str, str]) -> None:
    """Sets aside what must not be applied: no owner, not yet owned, or sent through another company's connection."""
    assert read.event is not None
    if read.match is None:
        read.status, read.reason = "unassigned", "no_number" if number is None else "unknown_number"
    elif read.event.started_at and not read.match.holds_at(to_ms(read.event.started_at)):
        read.status, read.reason = "unassigned", "before_valid_from"
    elif read.row.connection_id and owners.get(read.row.connection_id) != read.match.company_id:
        read.status, read.reason = "unassigned", "other_company_connection"
    if read.status == "unassigned":
        read.match = None
        read.row.dialled = number or (read.event.business_raw or "")[:64] or None


def _known_calls(reads: list[Read]) -> dict[tuple[str, str, str | None], Match]:
    """Calls that exist already keep their company and branch, whatever happens to the number meanwhile.

    A call id is known only on the way it came by: a company that invents ids on its own connection catches nobody's calls.
    """
    ids = sorted({read.event.provider_call_id or "" for read in reads if read.event})
    if not ids:
        return {}
    with every_company():
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


def _connection_owners(reads: list[Read]) -> dict[str, str]:
    ids = {read.row.connection_id for read in reads if read.row.connection_id}
    if not ids:
        return {}
    with every_company():
        owners = select(Connection.id, Connection.company_id).where(Connection.id.in_(ids))
        return {row.id: row.company_id for row in db.session.execute(owners)}


def _apply(reads: list[Read]) -> None:
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
            if read.status == "handled" and read.event is not None and read.match is not None
        ]
    )


def _outcome(read: Read, moment: datetime) -> dict[str, Any]:
    final = read.status in ("handled", "ignored", "dead")
    return {
        "id": read.row.id,
        "status": read.status,
        "reason": read.reason,
        "dialled": read.row.dialled,
        "company_id": read.match.company_id if read.match else None,
        "handled_at": moment if final else None,
    }


def _measure(reads: list[Read]) -> None:
    moment = now()
    for read in reads:
        if read.status == "handled":
            waited = (moment - read.row.received_at).total_seconds()
            metrics.WEBHOOK_PROCESSING.labels(read.row.provider, read.event.kind if read.event else "unknown").observe(max(0.0, waited))
