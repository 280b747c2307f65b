"""Who sits at this process: the sockets that were let in, and on whose behalf."""

import time
from collections import deque
from dataclasses import dataclass, field

from app.core import metrics

# a page asks a few times after a reconnect; more than this is no page
REQUESTS = 30
REQUESTS_WITHIN_S = 10.0


@dataclass(frozen=True)
class Visitor:
    """A signed-in user at one browser, as the session said when the socket was opened."""

    user_id: str
    session: str
    epoch: int
    role: str
    company_id: str
    # the branches that he or she is limited to; none: all
    branch_ids: tuple[str, ...] = ()
    # no user at all, but a line check that waits for its own arrival
    check_id: str = ""


@dataclass
class Seat:
    sid: str
    visitor: Visitor
    _asked: deque[float] = field(default_factory=lambda: deque(maxlen=REQUESTS))

    def may_ask(self) -> bool:
        """Whether this socket may ask for something now, and notes that it did."""
        moment = time.monotonic()
        if len(self._asked) == REQUESTS and moment - self._asked[0] < REQUESTS_WITHIN_S:
            return False
        self._asked.append(moment)
        return True


class Seats:
    """The seats of this process, at most `limit`; beyond that newcomers are asked to poll."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._taken: dict[str, Seat] = {}

    def take(self, sid: str, visitor: Visitor) -> Seat | None:
        """A seat for this socket, or None when all are taken."""
        if len(self._taken) >= self.limit:
            return None
        seat = self._taken[sid] = Seat(sid, visitor)
        self._show()
        return seat

    def leave(self, sid: str) -> None:
        self._taken.pop(sid, None)
        self._show()

    def get(self, sid: str) -> Seat | None:
        return self._taken.get(sid)

    def all(self) -> list[Seat]:
        return list(self._taken.values())

    def of_user(self, user_id: str, session: str | None = None) -> list[Seat]:
        """The user's seats, or only those of one session."""
        return [seat for seat in self.all() if seat.visitor.user_id == user_id and session in (None, seat.visitor.session)]

    def _show(self) -> None:
        metrics.SOCKET_CONNECTIONS.set(len(self._taken))
