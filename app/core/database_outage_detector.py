"""Detect that MariaDB does not answer (frozen, cut off) and fail all pending and new statements at once.

A slow statement alone does not count: the watchdog pings over a connection of its own.
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
# ping once a statement has waited so long and no other was answered meanwhile
SUSPECT_AFTER_S = 0.8
PING_TIMEOUT_S = 1.0
POLL_INTERVAL_S = 0.2
# the thread ends after so long without a pending statement; the next statement starts another one
IDLE_TIMEOUT_S = 30.0
# a request waits so long for a connection as long as other statements are answered
POOL_TIMEOUT_S = 20.0
NO_ANSWER = {CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST}
Ping = Callable[[], None]


class DatabaseWatchdog:
    """One per engine and process. While `is_silent`, every statement fails at once."""

    def __init__(self) -> None:
        self.is_silent = False
        self.answered_at = 0.0
        self.ping: Ping = lambda: None
        self._waiting: dict[Any, float] = {}
        self._lock = threading.Lock()
        self._watching_pid: int | None = None

    @contextmanager
    def waiting(self, connection: "WatchedConnection") -> Iterator[None]:
        """Register a wait for the server, its length watched; raises OperationalError while the server is silent."""
        if connection in self._waiting:
            yield
            return
        if self.is_silent:
            raise OperationalError(CR.CR_SERVER_LOST, "The database does not answer at present.")
        self._waiting[connection] = time.monotonic()
        if self._watching_pid != os.getpid():
            self._start_watching(connection)
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

    def is_active(self, *, since: float) -> bool:
        """Whether a statement is pending, or was answered since then."""
        return bool(self._waiting) or self.answered_at >= since

    def _start_watching(self, connection: "WatchedConnection") -> None:
        with self._lock:
            if self._watching_pid == os.getpid():
                return
            if self._watching_pid is not None:
                # after a fork: the parent's pending statements do not belong to this process
                self._waiting = {connection: time.monotonic()}
            self._watching_pid = os.getpid()
        threading.Thread(target=self._watch, name="database-watchdog", daemon=True).start()

    def _watch(self) -> None:
        busy_at = time.monotonic()
        while True:
            time.sleep(POLL_INTERVAL_S)
            checked_at = time.monotonic()
            if self._waiting or self.is_silent:
                busy_at = checked_at
            with self._lock:
                if checked_at - busy_at > IDLE_TIMEOUT_S and not self._waiting:
                    self._watching_pid = None
                    return
            try:
                self._check()
            except Exception:
                log.exception("database.watchdog_failed")

    def _check(self) -> None:
        since = min(list(self._waiting.values()), default=None)
        if not self.is_silent:
            if since is None or time.monotonic() - max(since, self.answered_at) < SUSPECT_AFTER_S:
                return
            pinged_at = time.monotonic()
            if self._responds() or self.answered_at > pinged_at:
                return
            self.is_silent = True
            log.error("database.silent", waiting=len(self._waiting))
        for connection in list(self._waiting):
            connection.give_up()
        if self._responds():
            self.is_silent = False
            log.warning("database.answers_again")

    def _responds(self) -> bool:
        try:
            self.ping()
        except Exception as error:
            if not is_answer(error):
                return False
        self.answered_at = time.monotonic()
        return True


class WatchedConnection(Connection):  # type: ignore[type-arg]
    """The driver's connection; the watchdog watches every wait for the server."""

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
        """Remove the read timeout, for statements of a migration."""
        self._read_timeout = None

    def give_up(self) -> None:
        """Shut the socket down from another thread, so that the waiting one fails at once with a lost connection."""
        with suppress(OSError, AttributeError):
            self._sock.shutdown(socket.SHUT_RDWR)


class OutageAwarePool(QueuePool):
    """A pool that keeps requests waiting for a connection, up to POOL_TIMEOUT_S, while the database answers other statements."""

    watchdog: DatabaseWatchdog

    def recreate(self) -> "OutageAwarePool":
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
                if not self.watchdog.is_active(since=began) or time.monotonic() > until:
                    raise


def is_answer(error: BaseException) -> bool:
    """Whether the error was sent by the server, not caused by a lost connection."""
    return isinstance(error, Error) and bool(error.args) and error.args[0] not in NO_ANSWER and error.args[0] != 0


def build_ping(parameters: dict[str, Any]) -> Ping:
    """A ping that opens a connection with the engine's parameters; the handshake needs several answers from the server."""
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), PING_TIMEOUT_S)

    def ping() -> None:
        Connection(**parameters | limits).close()

    return ping
