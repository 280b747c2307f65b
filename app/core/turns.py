"""What many want at the same moment goes a few at a time, and whoever waits for a turn holds no connection of the pool."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from app.core.extensions import db
from app.core.transactions import transact

T = TypeVar("T")
# more at once would only wait for each other's rows, and others for their connections
AT_ONCE = 6
_turns = BoundedSemaphore(AT_ONCE)


def transact_in_turn(work: Callable[[], T]) -> T:
    """As transact; what the request has read before is read again."""
    db.session.rollback()
    with _turns:
        return transact(work)
