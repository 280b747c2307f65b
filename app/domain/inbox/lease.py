"""Takes waiting events to work on: oldest first, one worker a call at a time, under a token that fences off a stalled twin."""

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

# a batch takes far less; who takes longer has died or stalls, and others may have its events
LEASE = timedelta(seconds=15)
# an event whose workers died this often kills them
MOST_CLAIMS = 20
CLAIM_LOCK = "askproai.inbox.claim"


class ClaimLost(Exception):
    """Somebody else has these events by now; nothing of this batch may be written."""


def claim(limit: int) -> tuple[str, Sequence[WebhookEvent]]:
    """A token and up to `limit` due events in the order they came, detached from the session; they are ours for the lease."""
    return run_in_transaction(lambda: _claim(limit))


def _claim(limit: int) -> tuple[str, Sequence[WebhookEvent]]:
    token = new_ulid()
    moment = now()
    with db.engine.connect() as connection, Session(connection, expire_on_commit=False) as session, _one_claims_at_a_time(session):
        ids = session.scalars(
            select(WebhookEvent.id)
            .where(WebhookEvent.status == "pending", WebhookEvent.due_at <= moment, ~_call_is_worked_on(moment))
            .order_by(WebhookEvent.due_at, WebhookEvent.id)
            .limit(limit)
        ).all()
        if not ids:
            return token, []
        session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id.in_(ids), WebhookEvent.status == "pending", WebhookEvent.due_at <= moment)
            .values(claim_token=token, due_at=moment + LEASE, claims=WebhookEvent.claims + 1)
            .execution_options(synchronize_session=False)
        )
        wanted = select(WebhookEvent).where(WebhookEvent.claim_token == token, WebhookEvent.id.in_(ids)).order_by(WebhookEvent.id)
        events = session.scalars(wanted).all()
        session.commit()
    return token, events


def _call_is_worked_on(moment: Any) -> Any:
    """Whether another event of the same call is in somebody's hands right now."""
    other = aliased(WebhookEvent)
    return exists().where(
        and_(
            other.provider_call_id == WebhookEvent.provider_call_id,
            other.status == "pending",
            other.claim_token.is_not(None),
            other.due_at > moment,
            or_(WebhookEvent.claim_token.is_(None), other.claim_token != WebhookEvent.claim_token),
        )
    )


def settle(token: str, outcomes: Sequence[dict[str, Any]]) -> None:
    """Writes what became of the claimed events: one dict of columns each, with `id`. Raises ClaimLost when the claim is gone."""
    ids = [outcome["id"] for outcome in outcomes]
    held = db.session.scalars(
        select(WebhookEvent.id).where(WebhookEvent.id.in_(ids), WebhookEvent.claim_token == token).with_for_update()
    ).all()
    if len(held) != len(ids):
        raise ClaimLost(f"{len(ids) - len(held)} of {len(ids)} events were taken over.")
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for outcome in outcomes:
        alike[tuple((name, value) for name, value in outcome.items() if name != "id")].append(outcome["id"])
    for values, same in alike.items():
        db.session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id.in_(same))
            .values(**dict(values), claim_token=None)
            .execution_options(synchronize_session=False)
        )


def oldest_due_age_s() -> float:
    """For how long the oldest due event has been waiting, in seconds; 0 when none is."""
    oldest = db.session.scalar(
        select(WebhookEvent.due_at)
        .where(WebhookEvent.status == "pending", WebhookEvent.due_at <= now())
        .order_by(WebhookEvent.due_at)
        .limit(1)
    )
    return max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


@contextmanager
def _one_claims_at_a_time(session: Session) -> Iterator[None]:
    """On MariaDB a named lock that belongs to this one connection and dies with it; SQLite has one writer anyway.

    Whoever holds it may stall: after a second we claim without it. Then two workers may have events of one call, which the
    lock on the call's row and the forward-only rules bear.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    session.execute(text("SELECT GET_LOCK(:name, 1)"), {"name": CLAIM_LOCK})
    try:
        yield
    finally:
        session.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": CLAIM_LOCK})
