"""A live socket to ourselves, as a browser opens it: says whether an event comes out of it."""

import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simple_websocket import Client, ConnectionClosed, ConnectionError as NotConnected

PATH = "/socket.io/?EIO=4&transport=websocket"


class SocketError(Exception):
    """No socket could be opened there; the message says why."""


class SocketClient:
    """Speaks just enough of Engine.IO 4 to be seated and to listen."""

    def __init__(self, url: str, headers: dict[str, str], *, within_s: float) -> None:
        """Seated when this returns. Raises SocketError."""
        address = "ws" + url.removeprefix("http").rstrip("/") + PATH
        try:
            self._socket = Client(address, headers=headers, ssl_context=ssl.create_default_context() if address[2] == "s" else None)
            self._socket.send("40")
        except (NotConnected, ConnectionClosed, OSError) as error:
            raise SocketError(_reason(error)) from error
        seated = self._next(lambda text: text.startswith(("40", "44")), within_s)
        if seated is None or seated.startswith("44"):
            self.close()
            raise SocketError("refused" if seated else "silent")

    def hears(self, name: str, fits: Callable[[dict[str, Any]], bool], *, within_s: float) -> bool:
        """Whether an event of this name that fits comes in time."""

        def is_it(text: str) -> bool:
            if not text.startswith("42"):
                return False
            heard = json.loads(text[text.index("[") :])
            return heard[0] == name and isinstance(heard[1], dict) and fits(heard[1])

        return self._next(is_it, within_s) is not None

    def close(self) -> None:
        with suppress(ConnectionClosed, OSError):
            self._socket.close()

    def _next(self, wanted: Callable[[str], bool], within_s: float) -> str | None:
        """The next message that is wanted; pings are answered meanwhile."""
        until = time.monotonic() + within_s
        with suppress(ConnectionClosed, OSError):
            while (left := until - time.monotonic()) > 0:
                text = self._socket.receive(timeout=left)
                if text == "2":
                    self._socket.send("3")
                elif isinstance(text, str) and wanted(text):
                    return text
        return None


def _reason(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"HTTP {status}" if status else type(error).__name__
