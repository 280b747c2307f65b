"""Works claimed events through: translated, matched to a company, applied; all of a batch in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from app.core import metrics
from app.core.clock import now
from app.core.database import is_transient, is_unavailable
from app.core.transactions import run_in_transaction, transaction
from app.domain.companies import number_lookup
from app.domain.inbox import calendar_handler, call_handler
from app.domain.inbox.inbox_item import Read
from app.domain.inbox.lease import MOST_CLAIMS, ClaimLost, claim, settle
from app.domain.inbox.store import body_of
from app.models import WebhookEvent
from app.providers import get_webhook_kind, get_webhook_reader
from app.providers.webhook_reader import Unreadable, WebhookKind

log = structlog.get_logger()


class Room(Protocol):
    """What happens to webhooks of one kind: what is none of ours is left out, each finds its owner, and is applied."""

    def check(self, read: Read) -> None: ...

    def match(self, reads: Sequence[Read]) -> None: ...

    def apply(self, reads: Sequence[Read]) -> None: ...


ROOMS: dict[WebhookKind, Room] = {"calls": call_handler, "calendars": calendar_handler}
# pauses between tries; after the last one the event is a dead letter
PAUSES = tuple(timedelta(seconds=pause) for pause in (1, 3, 10, 30, 120, 600, 1800))


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
        if is_unavailable(error) and not is_transient(error):
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

    _measure(run_in_transaction(work))


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
    for kind, room in ROOMS.items():
        if mine := _to_do(reads, kind):
            room.match(mine)
    return reads


def _read_one(row: WebhookEvent) -> Read:
    read = Read(row)
    if row.claims > MOST_CLAIMS:
        read.status, read.reason = "dead", f"{row.claims - 1} workers died or stalled over it."
        return read
    try:
        read.event = get_webhook_reader(row.provider).read(body_of(row))
    except Unreadable as unreadable:
        read.status, read.reason = "dead", str(unreadable)
        return read
    ROOMS[get_webhook_kind(row.provider)].check(read)
    return read


def _apply(reads: Sequence[Read]) -> None:
    for kind, room in ROOMS.items():
        if mine := _to_do(reads, kind):
            room.apply(mine)


def _to_do(reads: Sequence[Read], kind: WebhookKind) -> list[Read]:
    return [read for read in reads if read.status == "handled" and get_webhook_kind(read.row.provider) == kind]


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
