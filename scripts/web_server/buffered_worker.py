"""gunicorn's thread worker, whose threads meet complete requests only: heads, bodies and answers of slow clients wait in its main loop.

gunicorn's own gives a thread to every connection at once, and the thread waits for as long as the client likes.
See docs/decisions/0008-slow-clients-wait-without-a-thread.md.
"""

import errno
import resource
import selectors
import socket
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from scripts.web_server.connection import BYTES_PER_S, LINGER_S, REQUEST_TIMEOUT, SEND_TIMEOUT_S, Connection

# connections of one address whose request is not complete; one more, and the oldest of them goes
HALF_OPEN_PER_ADDRESS = 400
# younger ones are just on their way
YOUNG_S = 1.0
SWEEP_S = 0.25
# files that one connection may need: itself, a large request, a large answer
FILES_PER_CONNECTION = 3
OTHER_FILES = 512
# What a supervisor and a load balancer ask is answered also while every thread waits for something. Each has threads of its own:
# whoever asks for readiness waits for the database, and must not stand before who asks for life.
URGENT_THREADS = {b"GET /health/live ": 1, b"GET /health/ready ": 2}
# what a thread says of a request whose end it has not seen
INCOMPLETE = object()


class BufferedThreadWorker(ThreadWorker):
    """Use it as gthread: `--worker-class scripts.web_server.buffered_worker.BufferedThreadWorker --threads 32`. TLS ends before it."""

    def init_process(self) -> None:
        # connections that the main loop waits for, in the order in which they came to wait
        self.parked: dict[Connection, None] = {}
        self.half_open: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._next_sweep = 0.0
        self._lent = 0
        self._urgent = {start: ThreadPoolExecutor(threads, thread_name_prefix="urgent") for start, threads in URGENT_THREADS.items()}
        # a file sent by the kernel would be waited for
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
            # its event came together with what ended it
            return
        if connection.is_lent:
            # the client goes on while its request is answered: it is looked at again behind the answer
            self._watch(connection, 0)
        elif connection.sock.has_unsent:
            self._send(connection)
        elif connection.has_begun or connection.is_lingering:
            self._read(connection)
        else:
            self._lend(connection)

    def _watch(self, connection: Connection, events: int) -> None:
        """A socket stays watched while its request is answered; most clients say nothing meanwhile, and telling the kernel costs."""
        if connection.watched == events:
            return
        if connection.watched:
            self.poller.unregister(connection.sock)
        if events:
            self.poller.register(connection.sock, events, lambda _socket: self._on_event(connection))
        connection.watched = events

    def _read(self, connection: Connection) -> None:
        """Takes what has come, and gives the request to a thread once it is complete."""
        if not connection.receive():
            self._drop(connection)
        elif connection.buffer.stage == "complete" and not connection.is_lingering:
            self._lend(connection)
        else:
            self._park_for_reading(connection)

    def _lend(self, connection: Connection) -> None:
        """To a thread, which has the first look itself: most requests are there as a whole; read here, they would queue."""
        if self._lent >= self.cfg.threads and connection.buffer.stage != "complete":
            # all are busy, maybe with a database that does not answer: this loop reads it, to see whether it is urgent
            self._read(connection)
            return
        self._unpark(connection)
        connection.sock.is_lent = True
        self._lent += 1
        self.enqueue_req(connection, self._urgent_threads(connection) if self._lent > self.cfg.threads else None)

    def _urgent_threads(self, connection: Connection) -> ThreadPoolExecutor | None:
        return next((threads for start, threads in self._urgent.items() if connection.buffer.starts_with(start)), None)

    def enqueue_req(self, conn: Connection, threads: ThreadPoolExecutor | None = None) -> None:
        done = (threads or self.tpool).submit(self.handle, conn)
        done.add_done_callback(lambda result: self.method_queue.defer(self.finish_request, conn, result))

    def handle(self, conn: Connection) -> Any:
        """In a thread: answers the request, or says that it is not complete."""
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
        same = self.half_open[connection.host]
        same[connection] = None
        if len(same) > HALF_OPEN_PER_ADDRESS:
            oldest = next(iter(same))
            if time.monotonic() - oldest.since > YOUNG_S:
                self._give_up(oldest)

    def _unpark(self, connection: Connection) -> None:
        self.parked.pop(connection, None)
        if same := self.half_open.get(connection.host):
            same.pop(connection, None)
            if not same:
                del self.half_open[connection.host]

    def _drop(self, connection: Connection) -> None:
        """Once: a connection that is counted out twice makes a stopping worker leave before its last answer."""
        if connection.is_dropped:
            return
        connection.is_dropped = True
        self._unpark(connection)
        self._watch(connection, 0)
        self.nr_conns -= 1
        connection.close()

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Called in the main loop when a thread has done its part."""
        result = False if fs.cancelled() or fs.exception() else fs.result()
        conn.sock.is_lent = False
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
        """The answer is out: the next request, or the end."""
        if not connection.keeps_alive:
            self._linger(connection)
        elif connection.buffer.stage == "complete":
            self._lend(connection)
        else:
            self._park_for_reading(connection)

    def _linger(self, connection: Connection) -> None:
        """Says that nothing more comes, and reads what is still under way: closing over it would take the answer along (RFC 9112, 9.6)."""
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
        """Its time is over. Who had begun a request hears so."""
        if connection.is_lingering or connection.sock.has_unsent or not connection.has_begun:
            self._drop(connection)
            return
        connection.say(REQUEST_TIMEOUT)
        self._linger(connection)

    def _make_room(self) -> None:
        """Places are short: those that have waited longest go, so that newcomers do not stand outside until the slow are done."""
        moment, room = time.monotonic(), max(1, self.worker_connections // 10)
        surplus = self.nr_conns - (self.worker_connections - room)
        if surplus < room:
            return
        waiting = (parked for parked in self.parked if parked.is_lingering or parked.is_idle or moment - parked.since > YOUNG_S)
        for connection in list(islice(waiting, surplus)):
            if connection.has_begun and not connection.is_lingering:
                connection.say(REQUEST_TIMEOUT)
            self._drop(connection)

    def murder_keepalived(self, force: bool = False) -> None:
        """Gives up those whose time is over, or all."""
        moment = time.monotonic()
        if moment < self._next_sweep and not force:
            return
        self._next_sweep = moment + SWEEP_S
        for connection in [parked for parked in self.parked if force or parked.deadline <= moment]:
            self._drop(connection) if force else self._give_up(connection)
        self._make_room()

    def murder_pending(self) -> None:
        """All that wait are parked."""

    def _cap_keepalive(self, deadline: float) -> None:
        """The process stops: those between two requests are waited for until then."""
        for connection in self.parked:
            if connection.is_idle:
                connection.deadline = min(connection.deadline, deadline)


def allowed_connections() -> int:
    """As many as there are files for, after taking as many files as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 65536
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(64, (wanted - OTHER_FILES) // FILES_PER_CONNECTION)
