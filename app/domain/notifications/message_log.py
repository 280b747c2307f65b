"""The log of messages, from planned to answered, failed or not sent: open ones by when they are due, finished ones latest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.clock import now
from app.core.extensions import db
from app.domain.notifications.message_kinds import KINDS, PLANNED_KINDS
from app.domain.notifications.notification_queue import HOLD_REASONS
from app.models import Customer, Notification

MessageState = Literal["planned", "held", "sending", "sent", "delivered", "answered", "failed", "unsent", "dropped"]
STATES: tuple[MessageState, ...] = ("planned", "held", "sending", "sent", "delivered", "answered", "failed", "unsent", "dropped")
OPEN_STATES = ("planned", "held", "sending")
# unsent: no account was set up to send it over
LOST_STATES = ("failed", "unsent")
LOGGED_KINDS = tuple(kind.name for kind in KINDS.values() if not kind.is_internal)
# what was lost longer ago than this has been dealt with
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MessageSearch:
    """Filters of the log; without a state all that is finished."""

    branch_ids: Collection[str]
    state: MessageState | None = None
    kind: str = ""
    customer_id: str | None = None


def get_state(row: Notification) -> MessageState:
    if row.status == "pending":
        if row.reason in HOLD_REASONS:
            return "held"
        return "planned" if row.due_at > now() and row.first_sent_at is None and row.attempts == 0 else "sending"
    if row.status == "sent":
        return "answered" if row.answered_at else "delivered" if row.delivered_at else "sent"
    return "failed" if row.status == "dead" else "unsent" if row.status == "not_set_up" else "dropped"


def list_messages(search: MessageSearch, *, limit: int, after: str | None = None) -> list[tuple[Notification, str | None]]:
    """List the messages with the customers' names; `after` is the id of the last one before."""
    is_open = search.state in OPEN_STATES
    moment = Notification.due_at if is_open else Notification.finished_at
    statement = select(Notification, Customer.name).outerjoin(Customer, Customer.id == Notification.customer_id).where(*_filter(search))
    last = db.session.scalars(select(Notification).where(Notification.id == after)).first() if after else None
    if last is not None and is_open:
        statement = statement.where(or_(moment > last.due_at, and_(moment == last.due_at, Notification.id > last.id)))
    elif last is not None:
        statement = statement.where(or_(moment < last.finished_at, and_(moment == last.finished_at, Notification.id < last.id)))
    order: tuple[Any, ...] = (moment, Notification.id) if is_open else (moment.desc(), Notification.id.desc())
    return [(row, name) for row, name in db.session.execute(statement.order_by(*order).limit(limit))]


def list_of_customer(customer_id: str, *, limit: int) -> tuple[list[Notification], list[Notification]]:
    """List what went to a customer lately, newest first, and what is ahead, the next first; without what stands in the conversation."""
    in_conversation = [kind.name for kind in KINDS.values() if kind.keeps_body]
    rows = select(Notification).where(Notification.customer_id == customer_id, Notification.kind.not_in(in_conversation))
    # a reminder that was taken back before it was due never concerned the customer
    is_unsent = and_(Notification.kind.in_(PLANNED_KINDS), Notification.status == "expired", Notification.first_sent_at.is_(None))
    past = rows.where(Notification.status != "pending", ~is_unsent)
    ahead = rows.where(Notification.status == "pending")
    return (
        list(db.session.scalars(past.order_by(Notification.finished_at.desc(), Notification.id.desc()).limit(limit))),
        list(db.session.scalars(ahead.order_by(Notification.due_at, Notification.id).limit(limit))),
    )


def count_states(branch_ids: Collection[str]) -> dict[str, int]:
    """Count what is open, and what nobody got lately."""
    counts = {}
    for state in (*OPEN_STATES, *LOST_STATES):
        conditions = [*_filter(MessageSearch(branch_ids, state))]
        if state in LOST_STATES:
            conditions.append(Notification.finished_at > now() - RECENT)
        counts[state] = db.session.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    return counts


def _filter(search: MessageSearch) -> list[ColumnElement[bool]]:
    conditions = [or_(Notification.branch_id.in_(search.branch_ids), Notification.branch_id.is_(None)), Notification.kind.in_(LOGGED_KINDS)]
    conditions += _of_state(search.state) if search.state else [Notification.finished_at.is_not(None)]
    if search.kind:
        conditions.append(Notification.kind == search.kind)
    if search.customer_id:
        conditions.append(Notification.customer_id == search.customer_id)
    return conditions


def _of_state(state: MessageState) -> list[ColumnElement[bool]]:
    """The conditions that `get_state` asks of one row."""
    held = func.coalesce(Notification.reason, "").in_(HOLD_REASONS)
    is_untouched = and_(Notification.due_at > now(), Notification.first_sent_at.is_(None), Notification.attempts == 0)
    sent = Notification.status == "sent"
    return {
        "planned": [Notification.status == "pending", ~held, is_untouched],
        "held": [Notification.status == "pending", held],
        "sending": [Notification.status == "pending", ~held, ~is_untouched],
        "sent": [sent, Notification.delivered_at.is_(None), Notification.answered_at.is_(None)],
        "delivered": [sent, Notification.delivered_at.is_not(None), Notification.answered_at.is_(None)],
        "answered": [sent, Notification.answered_at.is_not(None)],
        "failed": [Notification.status == "dead"],
        "unsent": [Notification.status == "not_set_up"],
        "dropped": [Notification.status == "expired"],
    }[state]
