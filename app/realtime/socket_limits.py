"""How much a socket may send: dashboards say little, and the WebSocket libraries would take whatever comes."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from engineio.packet import Packet
from socketio import Server

# writes one line of each sort a minute (core/logs)
log = logging.getLogger("engineio.server")
LARGEST_MESSAGE = 10_000
BYTES_A_MINUTE = 200_000


class TooMuch(Exception):
    """The connection is closed over it."""


def close_on_unreadable(server: Server) -> None:
    """Engine.IO lets the error of a packet that it cannot read through to the server, and leaves the socket's own thread behind.

    Here such a packet ends the conversation as if the browser had gone.
    """
    driver = dict(server.eio._async)

    class Readable(driver["websocket"]):  # type: ignore[misc]
        def wait(self) -> Any:
            message = super().wait()
            return message if message is None or _is_packet(message) else None

    driver["websocket"] = Readable
    server.eio._async = driver


def _is_packet(message: str | bytes) -> bool:
    try:
        Packet(encoded_packet=message)
    except Exception as error:
        log.warning("A packet could not be read: %s", type(error).__name__)
        return False
    return True


def limit_threads(server: Server) -> None:
    """simple-websocket closes a socket whose message grows beyond this, however many frames it comes in."""
    driver = dict(server.eio._async)
    driver["websocket"] = partial(driver["websocket"], max_message_size=LARGEST_MESSAGE)
    server.eio._async = driver


def limit_green(environ: dict[str, Any]) -> None:
    """gevent-websocket has no limit of its own, so its reads of frames are measured."""
    websocket = environ.get("wsgi.websocket")
    if websocket is not None:
        websocket.raw_read = _metered(websocket.raw_read)


def _metered(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    minute, taken = time.monotonic(), 0

    def read_some(length: int) -> bytes:
        nonlocal minute, taken
        if time.monotonic() - minute > 60:
            minute, taken = time.monotonic(), 0
        taken += length
        if length > LARGEST_MESSAGE or taken > BYTES_A_MINUTE:
            raise TooMuch
        return read(length)

    return read_some
