"""The sockets that are connected to this process, and their subscribers."""

import time
from collections import deque
from dataclasses import dataclass, field

from app.core import metrics

# A page sends a few requests after a reconnect; more than this is abuse.
MAX_REQUESTS = 30
REQUEST_WINDOW_S = 10.0


@dataclass(frozen=True)
class SocketUser:
    """A signed-in user at one browser, as stored in the session when the socket was opened."""

    user_id: str
    session: str
    epoch: int
    role: str
    company_id: str
    # the branches that the user is limited to; none: all
    branch_ids: tuple[str, ...] = ()
    # the person beyond whose calendar the user sees nothing; None: the appointments of all
    calendar: str | None = None
    # no user but a line check that waits for its own event
    check_id: str = ""

    @property
    def hears_all(self) -> bool:
        """Whether every event of the company comes to this user."""
        return not self.branch_ids and self.calendar is None


@dataclass
class SocketConnection:
    sid: str
    subscriber: SocketUser
    _request_times: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_REQUESTS))

    def allow_request(self) -> bool:
        """Count a request against the limit of this socket; False where the limit is reached."""
        now = time.monotonic()
        if len(self._request_times) == MAX_REQUESTS and now - self._request_times[0] < REQUEST_WINDOW_S:
            return False
        self._request_times.append(now)
        return True


class ConnectionRegistry:
    """The connections of this process, at most `limit`; beyond that clients have to poll."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._connections: dict[str, SocketConnection] = {}

    def add(self, sid: str, subscriber: SocketUser) -> SocketConnection | None:
        """Register this socket; None where the limit is reached."""
        if len(self._connections) >= self.limit:
            return None
        connection = self._connections[sid] = SocketConnection(sid, subscriber)
        self._update_gauge()
        return connection

    def remove(self, sid: str) -> None:
        self._connections.pop(sid, None)
        self._update_gauge()

    def get(self, sid: str) -> SocketConnection | None:
        return self._connections.get(sid)

    def all(self) -> list[SocketConnection]:
        return list(self._connections.values())

    def list_for_user(self, user_id: str, session: str | None = None) -> list[SocketConnection]:
        """List the user's connections, or only those of one session."""
        return [
            connection
            for connection in self.all()
            if connection.subscriber.user_id == user_id and session in (None, connection.subscriber.session)
        ]

    def _update_gauge(self) -> None:
        metrics.SOCKET_CONNECTIONS.set(len(self._connections))
