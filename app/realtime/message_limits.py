"""Limits of what a socket may send: dashboards send little, and the WebSocket libraries accept anything."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from engineio.packet import Packet
from socketio import Server

# writes one line of each sort a minute (core/logs)
log = logging.getLogger("engineio.server")
MAX_MESSAGE_BYTES = 10_000
MAX_BYTES_PER_MINUTE = 200_000


class SocketTrafficExceeded(Exception):
    """Raised inside a read; the connection is then closed."""


def close_on_unreadable(server: Server) -> None:
    """Close a connection on an unreadable packet, as if the browser had closed it.

    Engine.IO lets the decoding error through to the server and leaves the socket's thread behind.
    """
    # engine.io has no other place to choose the class
    driver = dict(server.eio._async)

    class CheckedWebSocket(driver["websocket"]):  # type: ignore[misc]
        def wait(self) -> Any:
            message = super().wait()
            return message if message is None or _is_packet(message) else None

    driver["websocket"] = CheckedWebSocket
    server.eio._async = driver


def _is_packet(message: str | bytes) -> bool:
    try:
        Packet(encoded_packet=message)
    except Exception as error:
        log.warning("A packet could not be read: %s", type(error).__name__)
        return False
    return True


def limit_message_size(server: Server) -> None:
    """Make simple-websocket close a socket whose message exceeds MAX_MESSAGE_BYTES over all its frames."""
    driver = dict(server.eio._async)
    driver["websocket"] = partial(driver["websocket"], max_message_size=MAX_MESSAGE_BYTES)
    server.eio._async = driver


def limit_gevent_traffic(environ: dict[str, Any]) -> None:
    """Limit the frames that gevent-websocket reads; the library has no limit of its own."""
    websocket = environ.get("wsgi.websocket")
    if websocket is not None:
        websocket.raw_read = _limit_reads(websocket.raw_read)


def _limit_reads(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    minute, bytes_read = time.monotonic(), 0

    def read_some(length: int) -> bytes:
        nonlocal minute, bytes_read
        if time.monotonic() - minute > 60:
            minute, bytes_read = time.monotonic(), 0
        bytes_read += length
        if length > MAX_MESSAGE_BYTES or bytes_read > MAX_BYTES_PER_MINUTE:
            raise SocketTrafficExceeded
        return read(length)

    return read_some
