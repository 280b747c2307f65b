"""One client's connection: received bytes, bytes to send, and its deadline."""

import errno
import select
import socket
import struct
import tempfile
import time
from contextlib import suppress
from typing import IO, Any

from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn

from scripts.web_server.request_buffer import RequestBuffer, Source

# limits for a complete head, for the beginning of a body, and for the client to accept a response
HEAD_TIMEOUT_S = 10.0
BODY_TIMEOUT_S = 10.0
SEND_TIMEOUT_S = 10.0
# transferred bytes extend the deadline at this rate, for a body up to a maximum
BYTES_PER_S = 16 * 1024
MAX_BODY_TIME_S = 120.0
# after the last response, until the client closes
LINGER_S = 2.0
# unsent bytes are kept in memory up to the first, then in a file; only beyond the second a thread waits for the client
IN_MEMORY = 64 * 1024
MAX_UNSENT = 32 * 1024 * 1024
# below malloc's threshold for a new mapping per allocation
PIECE = 64 * 1024
REQUEST_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ResponseSocket(socket.socket):
    """A socket whose `sendall` does not wait for the client: bytes not accepted yet are kept for `flush`."""

    is_lent = False
    is_closed = False
    _unsent: IO[bytes] | None = None
    _piece: memoryview = memoryview(b"")
    _sent = _written = 0

    @classmethod
    def around(cls, client: socket.socket) -> "ResponseSocket":
        """Take over the client's socket. Sends that bypass `sendall` (WebSockets) block, up to SEND_TIMEOUT_S."""
        response_socket = cls(client.family, client.type, client.proto, fileno=client.detach())
        response_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(SEND_TIMEOUT_S), 0))
        return response_socket

    @property
    def has_unsent(self) -> bool:
        return self._unsent is not None

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self._unsent is None:
            view = self._send(memoryview(data).cast("B"))
            if not view:
                return
            self._unsent, self._sent, self._written = tempfile.SpooledTemporaryFile(IN_MEMORY), 0, 0  # noqa: SIM115 - see flush, close
            data = view
        self._unsent.write(data)
        self._written += len(data)
        if self._written - self._sent > MAX_UNSENT:
            self._wait_for_client()

    def flush(self) -> int:
        """Send as much as the client accepts now; returns the number of bytes, `has_unsent` says whether some are left."""
        sent_before = self._sent
        while self._unsent is not None:
            if not self._piece:
                self._unsent.seek(self._sent)
                self._piece = memoryview(self._unsent.read(PIECE))
            rest = self._send(self._piece)
            self._sent += len(self._piece) - len(rest)
            self._piece = rest
            if rest:
                self._unsent.seek(0, 2)
                break
            if self._sent == self._written:
                self._forget()
        return self._sent - sent_before

    def close(self) -> None:
        """Shut the connection down, from any thread. The descriptor stays open until `release`: closed while the main loop still
        watches it, its number would be reused for the next client, whose connection could not be registered."""
        self.is_closed = True
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Close the descriptor; called by the main loop, which no longer watches it."""
        self.is_closed = True
        self._forget()
        super().close()

    def _send(self, view: memoryview) -> memoryview:
        """Send as much as the client accepts; returns the rest."""
        while view:
            try:
                view = view[self.send(view, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                break
        return view

    def _forget(self) -> None:
        if self._unsent is not None:
            self._unsent.close()
            self._unsent, self._piece = None, memoryview(b"")

    def _wait_for_client(self) -> None:
        deadline = time.monotonic() + SEND_TIMEOUT_S
        while self.has_unsent:
            if not select.select([], [self], [], max(0.0, deadline - time.monotonic()))[1]:
                raise OSError(errno.ECONNRESET, "The client does not read its answer.")
            deadline += self.flush() / BYTES_PER_S


class BufferedUnreader(Unreader):
    """The source of gunicorn's parser: reads the buffered request, never the socket."""

    source = Source(b"", None)

    def chunk(self, size_hint: int | None = None) -> bytes:
        return self.source.read(max(size_hint or 0, 8192))


class Connection(TConn):
    """gunicorn's connection with a buffer for the incoming request."""

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(cfg, ResponseSocket.around(client), address, server)
        self.initialized = self.data_ready = True
        self.buffer = RequestBuffer()
        self.parser = RequestParser(cfg, (), address)
        self.parser.unreader = BufferedUnreader()
        self.host = address[0] if isinstance(address, tuple) else ""
        # when the connection is ended, and the start of the current phase
        self.deadline = 0.0
        self.since = time.monotonic()
        # events registered in the main loop
        self.watched = 0
        self.is_lingering = False
        self.is_dropped = False
        self.keeps_alive = False
        self.has_answered = False
        self._body_bytes = 0

    @property
    def is_idle(self) -> bool:
        """Whether it is between two requests."""
        return self.has_answered and self.buffer.is_empty

    @property
    def has_begun(self) -> bool:
        """Whether a part of a request has arrived."""
        return not self.buffer.is_empty

    def receive(self) -> bool:
        """Read the available bytes; False if the client has closed."""
        try:
            data = self.sock.recv(PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        if self.is_lingering:
            return True
        stage, was_idle, now = self.buffer.stage, self.is_idle, time.monotonic()
        self.buffer.feed(data)
        if was_idle:
            self.since = now
        if self.buffer.stage == "body":
            if stage == "head":
                self.since, self._body_bytes = now, 0
            self._body_bytes += len(data)
        if self.buffer.expects_continue:
            self.buffer.expects_continue = False
            self.say(CONTINUE)
        return True

    def set_deadline(self) -> None:
        """Set the deadline for the missing part of the request."""
        if self.buffer.stage == "body":
            self.deadline = self.since + min(BODY_TIMEOUT_S + self._body_bytes / BYTES_PER_S, MAX_BODY_TIME_S)
        elif self.is_idle:
            self.set_keepalive()
        else:
            self.deadline = self.since + HEAD_TIMEOUT_S

    def set_keepalive(self) -> None:
        self.deadline = self.since + self.cfg.keepalive

    @property
    def is_lent(self) -> bool:
        """Whether a thread is answering a request of it."""
        return self.sock.is_lent

    def hand_over(self) -> None:
        """Pass the complete request to the parser."""
        self.parser.unreader.source = self.buffer.take()

    def is_ready_for_another(self) -> bool:
        """Reset after a response; False if no request can follow."""
        self.parser.unreader.source.close()
        self.has_answered, self.since = True, time.monotonic()
        return not self.buffer.is_cut and not self.parser.unreader.buf.getvalue()

    def say(self, words: bytes) -> None:
        """Send a few bytes, which fit into the kernel's buffer; errors are ignored."""
        with suppress(OSError):
            self.sock.send(words, socket.MSG_DONTWAIT)

    def close(self, graceful: bool = False) -> None:
        self.buffer.close()
        self.parser.unreader.source.close()
        self.sock.release()
