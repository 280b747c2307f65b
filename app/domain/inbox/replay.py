"""Sends events through again: dead letters after a repair, handled ones to be sure."""

from collections.abc import Iterable

from sqlalchemy import select, update

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.events import WebhookEventsReleased
from app.models import WebhookEvent


def find_unknown(ids: Iterable[int]) -> list[int]:
    """Those of them that no event has."""
    wanted = sorted(set(ids))
    known = set(db.session.scalars(select(WebhookEvent.id).where(WebhookEvent.id.in_(wanted))))
    return [each for each in wanted if each not in known]


def replay(ids: Iterable[int]) -> int:
    """Makes these events due again with fresh tries, whatever became of them; how many there were.

    Applying an event again changes nothing that it did the first time.
    """
    released = db.session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.id.in_(list(ids)))
        .values(status="pending", due_at=now(), attempts=0, claims=0, claim_token=None, reason=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    if released:
        publish(WebhookEventsReleased(released))
    return released
