"""A gunicorn thread worker whose threads get complete requests only; slow clients wait in its main loop, reading or sending.

gunicorn's gthread gives every connection a thread at once, which a slow client then occupies.
See docs/decisions/0008-slow-clients-wait-without-a-thread.md.
"""

import errno
import resource
import selectors
import socket
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from scripts.web_server.connection import BYTES_PER_S, LINGER_S, REQUEST_TIMEOUT, SEND_TIMEOUT_S, Connection

# connections of one address with an incomplete request; beyond it the oldest is closed
HALF_OPEN_PER_ADDRESS = 400
# younger connections are never closed to make room
YOUNG_S = 1.0
SWEEP_S = 0.25
# file descriptors per connection: the socket, a large request, a large response
FILES_PER_CONNECTION = 3
OTHER_FILES = 512
# Health checks are answered even while all threads are busy: readiness, which waits for the database, in threads of its own, and
# liveness by the main loop, in the words of app/web/health.py.
READINESS = b"GET /health/ready "
READINESS_THREADS = 2
LIVENESS = b"GET /health/live "
ALIVE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: 16\r\n\r\n"
    b'{"status":"ok"}\n'
)
# How long a thread may compute before another one's turn. While all are busy the main loop would wait for its turn among them; at all
# times the shorter one costs throughput (benchmarks/README.md).
SWITCH_INTERVAL_S, BUSY_SWITCH_INTERVAL_S = 0.005, 0.001
# result of a thread for a request that is not complete yet
INCOMPLETE = object()


class BufferedThreadWorker(ThreadWorker):
    """Usage: `--worker-class scripts.web_server.buffered_worker.BufferedThreadWorker --threads 32`. TLS must end before it."""

    def init_process(self) -> None:
        # connections that the main loop waits for, longest first
        self.parked: dict[Connection, None] = {}
        self.half_open: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._next_sweep = 0.0
        self._lent = 0
        self._readiness = ThreadPoolExecutor(READINESS_THREADS, thread_name_prefix="readiness")
        # sendfile would block
        self.cfg.set("sendfile", False)
        self.worker_connections = min(self.worker_connections, allowed_connections())
        super().init_process()

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        self._park_for_reading(Connection(self.cfg, client, address, listener.getsockname()))
        self._make_room()

    def _on_event(self, connection: Connection) -> None:
        if connection.is_dropped:
            # reported in the same poll as the event that ended it
            return
        if connection.is_lent:
            # the client sends more while its request is answered: read after the response
            self._watch(connection, 0)
        elif connection.sock.has_unsent:
            self._send(connection)
        elif connection.has_begun or connection.is_lingering:
            self._read(connection)
        else:
            self._lend(connection)

    def _watch(self, connection: Connection, events: int) -> None:
        """Set the watched events. A socket stays registered during its request, to save system calls: few clients send meanwhile."""
        if connection.watched == events:
            return
        if connection.watched:
            self.poller.unregister(connection.sock)
        if events:
            self.poller.register(connection.sock, events, lambda _socket: self._on_event(connection))
        connection.watched = events

    def _read(self, connection: Connection) -> None:
        """Read the available bytes, and pass the request to a thread once it is complete."""
        if not connection.receive():
            self._drop(connection)
        elif connection.buffer.stage == "complete" and not connection.is_lingering:
            self._lend(connection)
        else:
            self._park_for_reading(connection)

    def _lend(self, connection: Connection) -> None:
        """Pass the connection to a thread, which reads first: most requests have fully arrived, and would queue in the main loop."""
        if self._lent >= self.cfg.threads and connection.buffer.stage != "complete":
            # all threads are busy, maybe with an unresponsive database: read it here to recognise a health check
            self._read(connection)
            return
        is_busy = self._lent >= self.cfg.threads
        if is_busy and connection.buffer.starts_with(LIVENESS):
            connection.say(ALIVE)
            self._linger(connection)
            return
        self._unpark(connection)
        connection.sock.is_lent = True
        self._lent += 1
        if self._lent == self.cfg.threads:
            sys.setswitchinterval(BUSY_SWITCH_INTERVAL_S)
        self.enqueue_req(connection, self._readiness if is_busy and connection.buffer.starts_with(READINESS) else None)

    def enqueue_req(self, conn: Connection, threads: ThreadPoolExecutor | None = None) -> None:
        done = (threads or self.tpool).submit(self.handle, conn)
        done.add_done_callback(lambda result: self.method_queue.defer(self.finish_request, conn, result))

    def handle(self, conn: Connection) -> Any:
        """Answer the request in a thread, or return INCOMPLETE."""
        if conn.buffer.stage != "complete" and not conn.receive():
            return False
        if conn.buffer.stage != "complete":
            return INCOMPLETE
        conn.hand_over()
        return super().handle(conn)

    def _park_for_reading(self, connection: Connection) -> None:
        if not connection.is_lingering:
            connection.set_deadline()
        self._watch(connection, selectors.EVENT_READ)
        self.parked[connection] = None
        if connection.is_idle or connection.is_lingering:
            return
        of_same_host = self.half_open[connection.host]
        of_same_host[connection] = None
        if len(of_same_host) > HALF_OPEN_PER_ADDRESS:
            oldest = next(iter(of_same_host))
            if time.monotonic() - oldest.since > YOUNG_S:
                self._give_up(oldest)

    def _unpark(self, connection: Connection) -> None:
        self.parked.pop(connection, None)
        if of_same_host := self.half_open.get(connection.host):
            of_same_host.pop(connection, None)
            if not of_same_host:
                del self.half_open[connection.host]

    def _drop(self, connection: Connection) -> None:
        """Close the connection, once: counted twice, it would make a stopping worker exit before its last response."""
        if connection.is_dropped:
            return
        connection.is_dropped = True
        self._unpark(connection)
        self._watch(connection, 0)
        self.nr_conns -= 1
        connection.close()

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Continue in the main loop after a thread has finished."""
        result = False if fs.cancelled() or fs.exception() else fs.result()
        conn.sock.is_lent = False
        if self._lent == self.cfg.threads:
            sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._lent -= 1
        if result is INCOMPLETE:
            self._park_for_reading(conn)
            return
        conn.keeps_alive = conn.is_ready_for_another() and result
        if conn.sock.is_closed:
            self._drop(conn)
        elif conn.sock.has_unsent:
            conn.deadline = time.monotonic() + SEND_TIMEOUT_S
            self._watch(conn, selectors.EVENT_WRITE)
            self.parked[conn] = None
        else:
            self._go_on(conn)

    def _send(self, connection: Connection) -> None:
        try:
            connection.deadline += connection.sock.flush() / BYTES_PER_S
        except OSError:
            self._drop(connection)
            return
        if not connection.sock.has_unsent:
            self._unpark(connection)
            self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """Continue after a sent response: with the next request, or the end of the connection."""
        if not connection.keeps_alive:
            self._linger(connection)
        elif connection.buffer.stage == "complete":
            self._lend(connection)
        else:
            self._park_for_reading(connection)

    def _linger(self, connection: Connection) -> None:
        """Shut down sending, and read the rest: closing with unread bytes could destroy the response (RFC 9112, 9.6)."""
        self._unpark(connection)
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(connection)
            return
        connection.is_lingering = True
        connection.deadline = time.monotonic() + LINGER_S
        self._read(connection)

    def _give_up(self, connection: Connection) -> None:
        """End a connection after its deadline; answer 408 if a request has begun."""
        if connection.is_lingering or connection.sock.has_unsent or not connection.has_begun:
            self._drop(connection)
            return
        connection.say(REQUEST_TIMEOUT)
        self._linger(connection)

    def _make_room(self) -> None:
        """Close the longest waiting connections when few places are left, so that new clients are accepted."""
        now, room = time.monotonic(), max(1, self.worker_connections // 10)
        surplus = self.nr_conns - (self.worker_connections - room)
        if surplus < room:
            return
        waiting = (parked for parked in self.parked if parked.is_lingering or parked.is_idle or now - parked.since > YOUNG_S)
        for connection in list(islice(waiting, surplus)):
            if connection.has_begun and not connection.is_lingering:
                connection.say(REQUEST_TIMEOUT)
            self._drop(connection)

    def murder_keepalived(self, force: bool = False) -> None:
        """End the connections past their deadline, or all with `force`."""
        now = time.monotonic()
        if now < self._next_sweep and not force:
            return
        self._next_sweep = now + SWEEP_S
        for connection in [parked for parked in self.parked if force or parked.deadline <= now]:
            self._drop(connection) if force else self._give_up(connection)
        self._make_room()

    def murder_pending(self) -> None:
        """Do nothing: all waiting connections are in `parked`."""

    def _cap_keepalive(self, deadline: float) -> None:
        """Limit the wait for idle connections to the deadline while the process stops."""
        for connection in self.parked:
            if connection.is_idle:
                connection.deadline = min(connection.deadline, deadline)


def allowed_connections() -> int:
    """Raise the limit of open files to the maximum; the number of connections that it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = hard if hard != resource.RLIM_INFINITY else 65536
    if soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(64, (limit - OTHER_FILES) // FILES_PER_CONNECTION)
