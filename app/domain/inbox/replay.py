"""Replays webhook events: dead letters after a repair, handled ones as a check."""

from collections.abc import Iterable

from sqlalchemy import select, update

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.events import WebhookEventsReleased
from app.models import WebhookEvent


def find_unknown(ids: Iterable[int]) -> list[int]:
    """The ids that no event has."""
    event_ids = sorted(set(ids))
    existing_ids = set(db.session.scalars(select(WebhookEvent.id).where(WebhookEvent.id.in_(event_ids))))
    return [event_id for event_id in event_ids if event_id not in existing_ids]


def replay(ids: Iterable[int]) -> int:
    """Make these events due again with fresh tries, whatever their status; gives their number.

    Applying an event again changes nothing that it did the first time.
    """
    released = db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.id.in_(list(ids)))
        .values(status="pending", due_at=now(), attempts=0, claim_count=0, claim_token=None, reason=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    if released:
        publish(WebhookEventsReleased(released))
    return released
