"""Notices that MariaDB has fallen silent (frozen, cut off), so that nobody waits for it longer than it takes to notice.

A slow statement is none of its business: it asks for itself whether the server still answers anybody.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from pymysql import Connection
from pymysql.constants import CR
from pymysql.err import Error, OperationalError
from sqlalchemy.exc import InterfaceError, TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

log = structlog.get_logger()
# somebody waits so long and nobody has heard anything: the server is asked
SUSPECT_AFTER_S = 0.8
PING_TIMEOUT_S = 1.0
POLL_INTERVAL_S = 0.2
# with nobody waiting for so long the thread ends; the next statement begins another one
IDLE_TIMEOUT_S = 30.0
# who waits for a connection goes on waiting while the others get answers
POOL_TIMEOUT_S = 20.0
NO_ANSWER = {CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST}
Ping = Callable[[], None]


class DatabaseWatchdog:
    """One per engine and process. While `is_silent`, everything that would ask the database fails at once."""

    def __init__(self) -> None:
        self.is_silent = False
        self.answered_at = 0.0
        self.ping: Ping = lambda: None
        self._waiting: dict[Any, float] = {}
        self._lock = threading.Lock()
        self._watches_in: int | None = None

    @contextmanager
    def waiting(self, connection: "WatchedConnection") -> Iterator[None]:
        """Around everything that waits for the server. Raises OperationalError while the server is silent."""
        if connection in self._waiting:
            yield
            return
        if self.is_silent:
            raise OperationalError(CR.CR_SERVER_LOST, "The database does not answer at present.")
        self._waiting[connection] = time.monotonic()
        if self._watches_in != os.getpid():
            self._begin_to_watch(connection)
        try:
            yield
        except BaseException as error:
            if is_answer(error):
                self.answered_at = time.monotonic()
            raise
        else:
            self.answered_at = time.monotonic()
        finally:
            self._waiting.pop(connection, None)

    def is_asked(self, *, since: float) -> bool:
        """Whether others are getting their answers, or wait for one."""
        return bool(self._waiting) or self.answered_at >= since

    def _begin_to_watch(self, connection: "WatchedConnection") -> None:
        with self._lock:
            if self._watches_in == os.getpid():
                return
            if self._watches_in is not None:
                # a child of fork: what its parent waited for is not its own
                self._waiting = {connection: time.monotonic()}
            self._watches_in = os.getpid()
        threading.Thread(target=self._watch, name="database-watchdog", daemon=True).start()

    def _watch(self) -> None:
        busy_at = time.monotonic()
        while True:
            time.sleep(POLL_INTERVAL_S)
            moment = time.monotonic()
            if self._waiting or self.is_silent:
                busy_at = moment
            with self._lock:
                if moment - busy_at > IDLE_TIMEOUT_S and not self._waiting:
                    self._watches_in = None
                    return
            try:
                self._look()
            except Exception:
                log.exception("database.watchdog_failed")

    def _look(self) -> None:
        since = min(list(self._waiting.values()), default=None)
        if not self.is_silent:
            if since is None or time.monotonic() - max(since, self.answered_at) < SUSPECT_AFTER_S:
                return
            asked_at = time.monotonic()
            if self._answers() or self.answered_at > asked_at:
                return
            self.is_silent = True
            log.error("database.silent", waiting=len(self._waiting))
        for connection in list(self._waiting):
            connection.give_up()
        if self._answers():
            self.is_silent = False
            log.warning("database.answers_again")

    def _answers(self) -> bool:
        try:
            self.ping()
        except Exception as error:
            if not is_answer(error):
                return False
        self.answered_at = time.monotonic()
        return True


class WatchedConnection(Connection):  # type: ignore[type-arg]
    """The driver's connection, with everything that waits for the server watched over."""

    def __init__(self, watchdog: DatabaseWatchdog, **parameters: Any) -> None:
        self._watchdog = watchdog
        super().__init__(**parameters)

    def connect(self, sock: Any = None) -> None:
        with self._watchdog.waiting(self):
            super().connect(sock)

    def query(self, sql: Any, unbuffered: bool = False) -> int:
        with self._watchdog.waiting(self):
            return super().query(sql, unbuffered)

    def commit(self) -> None:
        with self._watchdog.waiting(self):
            super().commit()

    def rollback(self) -> None:
        with self._watchdog.waiting(self):
            super().rollback()

    def ping(self, reconnect: bool = False) -> None:
        with self._watchdog.waiting(self):
            super().ping(reconnect)

    def wait_without_limit(self) -> None:
        """For a migration: a statement may take as long as it takes."""
        self._read_timeout = None

    def give_up(self) -> None:
        """Called from outside: whoever waits here hears at once that the connection is lost."""
        with suppress(OSError, AttributeError):
            self._sock.shutdown(socket.SHUT_RDWR)


class WatchedPool(QueuePool):
    """A pool whose waiters go on waiting while the database answers others: many at once are served in turn, none is sent away."""

    watchdog: DatabaseWatchdog

    def recreate(self) -> "WatchedPool":
        fresh: Any = super().recreate()
        fresh.watchdog = self.watchdog
        return fresh

    def _do_get(self) -> ConnectionPoolEntry:
        until = time.monotonic() + POOL_TIMEOUT_S
        while True:
            began = time.monotonic()
            try:
                return super()._do_get()
            except PoolTimeout:
                if self.watchdog.is_silent:
                    raise InterfaceError("The database does not answer at present.", None, None) from None
                if not self.watchdog.is_asked(since=began) or time.monotonic() > until:
                    raise


def is_answer(error: BaseException) -> bool:
    """Whether the server itself has said this, and not its absence."""
    return isinstance(error, Error) and bool(error.args) and error.args[0] not in NO_ANSWER and error.args[0] != 0


def build_ping(parameters: dict[str, Any]) -> Ping:
    """Asks the server for a connection, made as the engine's are; to be let in takes a few answers."""
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), PING_TIMEOUT_S)

    def ping() -> None:
        Connection(**parameters | limits).close()

    return ping
