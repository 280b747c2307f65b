"""Handles what carriers report of messages that were sent: matched by the id under which they took them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import company_scope, unscoped
from app.domain.companies.number_lookup import find_company_id
from app.domain.inbox.inbox_item import InboxItem
from app.domain.notifications.receipts import apply_report
from app.models import Notification

# A carrier may report before the worker has stored its answer, which a worker that died stores after its lease only.
WAIT = timedelta(hours=1)
MIN_DELAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """The message that is reported on."""

    company_id: str
    notification_id: str


def check(item: InboxItem) -> None:
    """Every report is applied; what it adds is decided there."""


def match(items: Sequence[InboxItem]) -> None:
    """Match each report to its message; an account of a company's own reports on that company's messages only."""
    refs = {item.event.message_id for item in items}
    known = select(Notification.id, Notification.company_id, Notification.provider_ref).where(Notification.provider_ref.in_(refs))
    with unscoped():
        messages = {row.provider_ref: ReportedMessage(row.company_id, row.id) for row in db.session.execute(known)}
        owners = {item.row.connection_id: find_company_id(None, item.row.connection_id) for item in items if item.row.connection_id}
    for item in items:
        message, age = messages.get(item.event.message_id), now() - item.row.received_at
        if message is not None and owners.get(item.row.connection_id or "", message.company_id) == message.company_id:
            item.match = message
        elif message is None and age < WAIT:
            item.postpone(max(MIN_DELAY, age), "No message of ours has this id yet.")
        else:
            item.ignore("No message of ours has this id.")


def apply(items: Sequence[InboxItem]) -> None:
    """Apply the reports of each company's messages."""
    by_company: dict[str, list[tuple[str, InboxItem]]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.row.id):
        if isinstance(item.match, ReportedMessage):
            by_company[item.match.company_id].append((item.match.notification_id, item))
    for company_id, reports in by_company.items():
        with company_scope(company_id):
            for notification_id, item in reports:
                row = select(Notification).where(Notification.id == notification_id).with_for_update()
                apply_report(db.session.scalars(row.execution_options(populate_existing=True)).one(), item.event)
