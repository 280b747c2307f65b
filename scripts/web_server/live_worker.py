"""A gunicorn worker for live sockets on green threads, with timeouts for clients that send or read slowly."""

import errno
import io
from typing import Any

import gevent
from geventwebsocket.gunicorn.workers import GeventWebSocketWorker
from geventwebsocket.handler import WebSocketHandler

from scripts.web_server.connection import BODY_TIMEOUT_S, HEAD_TIMEOUT_S, REQUEST_TIMEOUT, SEND_TIMEOUT_S
from scripts.web_server.request_buffer import MAX_BODY

TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class SlowClient(ValueError):
    """The request head did not arrive in time."""


class TimedHandler(WebSocketHandler):
    """Read head and body before calling the application; a slow client occupies only its own green thread, until the timeout."""

    def read_requestline(self) -> str:
        line = ""
        with gevent.Timeout(HEAD_TIMEOUT_S, False):
            line = super().read_requestline()
        return line

    def read_request(self, raw_requestline: str) -> bool:
        with gevent.Timeout(HEAD_TIMEOUT_S, SlowClient()):
            return super().read_request(raw_requestline)

    def handle_one_response(self) -> None:
        if refusal := self._read_body():
            self.close_connection = True
            self.socket.sendall(refusal)
        else:
            super().handle_one_response()

    def _read_body(self) -> bytes | None:
        """Read the body; returns the response for one that is too large or too slow."""
        if not self.content_length and not self.wsgi_input.chunked_input:
            return None
        if (self.content_length or 0) > MAX_BODY:
            return TOO_LARGE
        body = None
        with gevent.Timeout(BODY_TIMEOUT_S, False):
            body = self.wsgi_input.read(MAX_BODY + 1)
        if body is None:
            return REQUEST_TIMEOUT
        self.environ["wsgi.input"] = io.BytesIO(body)
        return TOO_LARGE if len(body) > MAX_BODY else None

    def _sendall(self, data: bytes) -> None:
        with gevent.Timeout(SEND_TIMEOUT_S, ConnectionResetError(errno.ECONNRESET, "The client does not read its answer.")):
            super()._sendall(data)

    def _handle_client_error(self, error: Exception) -> Any:
        return ("408", REQUEST_TIMEOUT) if isinstance(error, SlowClient) else super()._handle_client_error(error)


class TimedWebSocketWorker(GeventWebSocketWorker):
    """Usage: `--worker-class scripts.web_server.live_worker.TimedWebSocketWorker`."""

    wsgi_handler = TimedHandler
