"""How much a socket may send: dashboards say little, and the WebSocket libraries would take whatever comes."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from socketio import Server

LARGEST_MESSAGE = 10_000
BYTES_A_MINUTE = 200_000


class TooMuch(Exception):
    """The connection is closed over it."""


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
