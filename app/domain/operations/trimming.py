"""Forgets what is kept for a while only."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import every_company
from app.models.live_event import LiveEvent

LIVE_EVENTS_KEPT = timedelta(hours=24)


def trim_live_events(limit: int) -> int:
    """Deletes live events that nobody will catch up on any more, oldest first and about `limit` at a time; how many it were.

    The numbers go on: a browser that asks for a deleted one is told to read the whole state.
    """
    with every_company():
        old = select(LiveEvent.at).where(LiveEvent.at < now() - LIVE_EVENTS_KEPT).order_by(LiveEvent.at).limit(limit)
        newest = db.session.scalars(old).all()[-1:]
        if not newest:
            return 0
        deleting = delete(LiveEvent).where(LiveEvent.at <= newest[0]).execution_options(synchronize_session=False)
        return db.session.execute(deleting).rowcount  # type: ignore[attr-defined]
