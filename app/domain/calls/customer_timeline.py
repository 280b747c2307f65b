"""What happened with a customer, in one line of time: appointments, calls, messages, notes, tasks and consents, the newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, select

from app.core.extensions import db
from app.domain.notifications.message_kinds import PLANNED_KINDS
from app.models import Booking, Call, Customer, CustomerNote, InboundMessage, MarketingConsent, Notification, StaffTask

EntryKind = Literal["booking", "call", "message", "reply", "note", "task", "consent"]
ENTRY_KINDS: tuple[EntryKind, ...] = ("booking", "call", "message", "reply", "note", "task", "consent")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    kind: EntryKind
    at: datetime
    # Booking, Call, Notification, InboundMessage, CustomerNote, StaffTask or MarketingConsent
    row: Any


def list_timeline(
    customer: Customer, *, kinds: Iterable[EntryKind] = ENTRY_KINDS, branch_ids: Sequence[str] = (), limit: int, offset: int = 0
) -> list[TimelineEntry]:
    """List a page of it. `branch_ids`: whose appointments, calls and tasks are shown; empty: all."""
    entries = [entry for kind in kinds for entry in _list_latest(kind, customer, branch_ids, limit + offset)]
    entries.sort(key=lambda entry: (entry.at, entry.kind, str(entry.row.id)), reverse=True)
    return entries[offset : offset + limit]


def _list_latest(kind: EntryKind, customer: Customer, branch_ids: Sequence[str], limit: int) -> list[TimelineEntry]:
    model, at, conditions = _SOURCES[kind]
    here = [model.branch_id.in_(branch_ids)] if branch_ids and kind in ("booking", "call", "task") else []
    rows = select(model, at.label("at")).where(model.customer_id == customer.id, *conditions, *here)
    found = db.session.execute(rows.order_by(at.desc(), model.id.desc()).limit(limit))
    return [TimelineEntry(kind, row.at, row[0]) for row in found]


# a reminder that was taken back before it was due never concerned the customer
_IS_UNSENT = and_(Notification.kind.in_(PLANNED_KINDS), Notification.status == "expired", Notification.first_sent_at.is_(None))
_SOURCES: dict[EntryKind, tuple[Any, ColumnElement[datetime], tuple[ColumnElement[bool], ...]]] = {
    "booking": (Booking, Booking.starts_at, ()),
    "call": (Call, Call.started_at, (Call.is_test.is_(False),)),
    "message": (Notification, func.coalesce(Notification.finished_at, Notification.due_at), (~_IS_UNSENT,)),
    "reply": (InboundMessage, InboundMessage.received_at, ()),
    "note": (CustomerNote, CustomerNote.created_at, ()),
    "task": (StaffTask, StaffTask.created_at, ()),
    "consent": (MarketingConsent, MarketingConsent.created_at, ()),
}
