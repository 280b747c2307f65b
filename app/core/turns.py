"""What many want at the same moment goes a few at a time, and whoever waits for a turn holds no connection of the pool."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from flask import has_request_context

from app.core.database import set_reading
from app.core.extensions import db
from app.core.transactions import transact

T = TypeVar("T")
# more at once would only wait for each other's rows, and others for their connections
AT_ONCE = 6
_turns = BoundedSemaphore(AT_ONCE)
# SQLite lets one write at a time and asks whoever waits to knock again and again; the unlucky would knock until their time is over
_sqlite_turns = BoundedSemaphore(1)


def transact_in_turn(work: Callable[[], T]) -> T:
    """As transact; what the request has read before is read again, and what it asks afterwards changes nothing any more."""
    db.session.rollback()
    with _sqlite_turns if db.engine.dialect.name == "sqlite" else _turns:
        done = transact(work)
    if has_request_context():
        set_reading(True)
    return done
