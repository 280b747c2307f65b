"""Claims due webhook events in batches, oldest first, under a fencing token; one worker per call at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.transactions import run_in_transaction
from app.models.webhook_event import WebhookEvent

# far longer than one batch takes; afterwards the events may be taken over
LEASE = timedelta(seconds=15)
# claims after which an event is a dead letter: it kills its workers
MAX_CLAIMS = 20
CLAIM_LOCK = "askproai.inbox.claim"


class LeaseLost(Exception):
    """The events were taken over by another worker; nothing of this batch may be written."""


def claim(limit: int) -> tuple[str, Sequence[WebhookEvent]]:
    """Claim up to `limit` due events for the lease: the fencing token, and the events in order, detached from the session."""
    return run_in_transaction(lambda: _claim(limit))


def _claim(limit: int) -> tuple[str, Sequence[WebhookEvent]]:
    token = new_ulid()
    current_time = now()
    with db.engine.connect() as connection, Session(connection, expire_on_commit=False) as session, _hold_claim_lock(session):
        ids = session.scalars(
            select(WebhookEvent.id)
            .where(WebhookEvent.status == "pending", WebhookEvent.due_at <= current_time, ~_is_call_claimed(current_time))
            .order_by(WebhookEvent.due_at, WebhookEvent.id)
            .limit(limit)
        ).all()
        if not ids:
            return token, []
        session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id.in_(ids), WebhookEvent.status == "pending", WebhookEvent.due_at <= current_time)
            .values(claim_token=token, due_at=current_time + LEASE, claim_count=WebhookEvent.claim_count + 1)
            .execution_options(synchronize_session=False)
        )
        claimed = select(WebhookEvent).where(WebhookEvent.claim_token == token, WebhookEvent.id.in_(ids)).order_by(WebhookEvent.id)
        events = session.scalars(claimed).all()
        session.commit()
    return token, events


def _is_call_claimed(at: Any) -> Any:
    """Whether another event of the same call is claimed right now."""
    other = aliased(WebhookEvent)
    return exists().where(
        and_(
            other.provider_call_id == WebhookEvent.provider_call_id,
            other.status == "pending",
            other.claim_token.is_not(None),
            other.due_at > at,
            or_(WebhookEvent.claim_token.is_(None), other.claim_token != WebhookEvent.claim_token),
        )
    )


def complete(token: str, results: Sequence[dict[str, Any]]) -> None:
    """Store the results of claimed events: one dict of columns each, with `id`. Raises LeaseLost when they were taken over."""
    ids = [result["id"] for result in results]
    held_ids = db.session.scalars(
        select(WebhookEvent.id).where(WebhookEvent.id.in_(ids), WebhookEvent.claim_token == token).with_for_update()
    ).all()
    if len(held_ids) != len(ids):
        raise LeaseLost(f"{len(ids) - len(held_ids)} of {len(ids)} events were taken over.")
    ids_by_values: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for result in results:
        ids_by_values[tuple((name, value) for name, value in result.items() if name != "id")].append(result["id"])
    for values, same_ids in ids_by_values.items():
        db.session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id.in_(same_ids))
            .values(**dict(values), claim_token=None)
            .execution_options(synchronize_session=False)
        )


def get_oldest_due_age_s() -> float:
    """Get the seconds since the oldest due event became due; 0 if none is."""
    oldest = db.session.scalar(
        select(WebhookEvent.due_at)
        .where(WebhookEvent.status == "pending", WebhookEvent.due_at <= now())
        .order_by(WebhookEvent.due_at)
        .limit(1)
    )
    return max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


@contextmanager
def _hold_claim_lock(session: Session) -> Iterator[None]:
    """Hold a named lock of MariaDB, which ends with its connection; SQLite has one writer anyway.

    Its holder may stall, so after a second the claim goes on without it. Then two workers may have events of one call; the lock on
    the call's row and the forward-only rules allow that.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    session.execute(text("SELECT GET_LOCK(:name, 1)"), {"name": CLAIM_LOCK})
    try:
        yield
    finally:
        session.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": CLAIM_LOCK})
