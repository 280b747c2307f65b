"""Processes claimed webhook events: parsed, matched to a company, applied; a batch is one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from app.core import metrics
from app.core.clock import now
from app.core.database import is_transient, is_unavailable
from app.core.tenancy import unscoped
from app.core.transactions import run_in_transaction, transaction
from app.domain.companies import number_lookup
from app.domain.inbox import calendar_event_handler, call_event_handler, delivery_report_handler, message_event_handler
from app.domain.inbox.inbox_item import InboxItem
from app.domain.inbox.lease import MAX_CLAIMS, LeaseLost, claim, complete
from app.domain.inbox.store import get_body
from app.models import WebhookEvent
from app.providers import get_webhook_kind, get_webhook_reader
from app.providers.webhook_reader import Unreadable, WebhookKind

log = structlog.get_logger()


class EventHandler(Protocol):
    """Processing of one kind of webhooks: ignore the irrelevant, match each to its owner, apply it."""

    def check(self, item: InboxItem) -> None: ...

    def match(self, items: Sequence[InboxItem]) -> None: ...

    def apply(self, items: Sequence[InboxItem]) -> None: ...


HANDLERS: dict[WebhookKind, EventHandler] = {
    "calls": call_event_handler, "calendars": calendar_event_handler, "messages": message_event_handler,
    "reports": delivery_report_handler,
}  # fmt: skip
# after the last one the event is a dead letter
RETRY_DELAYS = tuple(timedelta(seconds=pause) for pause in (1, 3, 10, 30, 120, 600, 1800))


def drain_batch(limit: int) -> int:
    """Claim and process one batch; gives its number of events.

    All in one transaction first; if that fails, each event in its own, so that a poison event harms no other.
    """
    token, rows = claim(limit)
    if not rows:
        return 0
    try:
        _process_batch(token, rows)
    except LeaseLost:
        log.warning("inbox.claim_lost", events=len(rows))
    except Exception as error:
        if is_unavailable(error) and not is_transient(error):
            raise
        log.info("inbox.batch_failed", events=len(rows), error=type(error).__name__)
        # a restored database may know other owners than the cache
        number_lookup.CACHE.forget()
        _process_one_by_one(token, rows)
    return len(rows)


def _process_batch(token: str, rows: Sequence[WebhookEvent]) -> None:
    def work() -> list[InboxItem]:
        items = _parse_rows(rows)
        _apply(items)
        handled_at = now()
        complete(token, [_to_result(item, handled_at) for item in items])
        return items

    _observe_latency(run_in_transaction(work))


def _process_one_by_one(token: str, rows: Sequence[WebhookEvent]) -> None:
    for row in rows:
        try:
            _process_batch(token, [row])
        except LeaseLost:
            log.warning("inbox.claim_lost", events=1)
        except Exception as error:
            log.exception("inbox.event_failed", webhook_event=row.id)
            _record_failure(token, row, error)


def _record_failure(token: str, row: WebhookEvent, error: Exception) -> None:
    """Schedule the next try after a growing delay; after the last one the event is a dead letter with its reason."""
    attempts = row.attempts + 1
    is_last = attempts > len(RETRY_DELAYS)
    reason = f"{type(error).__name__}: {error}"[:2000]
    result: dict[str, Any] = {"id": row.id, "attempts": attempts, "reason": reason, "company_id": _find_company_id(row)}
    if is_last:
        result |= {"status": "dead", "handled_at": now()}
    else:
        result |= {"due_at": now() + RETRY_DELAYS[attempts - 1]}
    try:
        with transaction():
            complete(token, [result])
    except LeaseLost:
        log.warning("inbox.claim_lost", events=1)


def _find_company_id(row: WebhookEvent) -> str | None:
    """Find whose an event is that cannot be applied, so that support finds it under its company."""
    with unscoped():
        return number_lookup.find_company_id(number_lookup.parse_business_number(row.to_number), row.connection_id)


def _parse_rows(rows: Sequence[WebhookEvent]) -> list[InboxItem]:
    items = [_parse_row(row) for row in rows]
    for kind, handler in HANDLERS.items():
        if open_items := _select_open(items, kind):
            handler.match(open_items)
    return items


def _parse_row(row: WebhookEvent) -> InboxItem:
    item = InboxItem(row)
    if row.claim_count > MAX_CLAIMS:
        item.status, item.reason = "dead", f"{row.claim_count - 1} workers died or stalled over it."
        return item
    try:
        item.event = get_webhook_reader(row.provider).read(get_body(row))
    except Unreadable as unreadable:
        item.status, item.reason, item.number_company_id = "dead", str(unreadable), _find_company_id(row)
        return item
    HANDLERS[get_webhook_kind(row.provider)].check(item)
    return item


def _apply(items: Sequence[InboxItem]) -> None:
    for kind, handler in HANDLERS.items():
        if open_items := _select_open(items, kind):
            handler.apply(open_items)


def _select_open(items: Sequence[InboxItem], kind: WebhookKind) -> list[InboxItem]:
    return [item for item in items if item.status == "handled" and get_webhook_kind(item.row.provider) == kind]


def _to_result(item: InboxItem, handled_at: datetime) -> dict[str, Any]:
    final = item.status in ("handled", "ignored", "dead")
    result = {
        "id": item.row.id,
        "status": item.status,
        "reason": item.reason,
        "to_number": item.row.to_number,
        "company_id": item.company_id,
        "handled_at": handled_at if final else None,
    }
    return result | {"due_at": handled_at + item.retry_in} if item.status == "pending" else result


def _observe_latency(items: list[InboxItem]) -> None:
    handled_at = now()
    for item in items:
        if item.status == "handled":
            waited = (handled_at - item.row.received_at).total_seconds()
            metrics.WEBHOOK_PROCESSING.labels(item.row.provider, item.event.kind if item.event else "unknown").observe(max(0.0, waited))
