"""A Socket.IO client for our own live server, to check that an event is delivered as to a browser."""

import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simple_websocket import Client, ConnectionClosed, ConnectionError as NotConnected

PATH = "/socket.io/?EIO=4&transport=websocket"


class ListenerError(Exception):
    """The socket could not be opened; the message is the reason."""


class SocketListener:
    """The part of Engine.IO 4 needed to connect and to receive events. Decision 17 says why it is not socketio.SimpleClient."""

    def __init__(self, url: str, headers: dict[str, str], *, within_s: float) -> None:
        """Connect and wait until the server accepts; raises ListenerError."""
        address = "ws" + url.removeprefix("http").rstrip("/") + PATH
        try:
            self._socket = Client(address, headers=headers, ssl_context=ssl.create_default_context() if address[2] == "s" else None)
            self._socket.send("40")
        except (NotConnected, ConnectionClosed, OSError) as error:
            raise ListenerError(_reason(error)) from error
        reply = self._next(lambda text: text.startswith(("40", "44")), within_s)
        if reply is None or reply.startswith("44"):
            self.close()
            raise ListenerError("refused" if reply else "silent")

    def receives(self, name: str, matches: Callable[[dict[str, Any]], bool], *, within_s: float) -> bool:
        """Whether an event of this name that matches arrives in time."""

        def is_expected(text: str) -> bool:
            if not text.startswith("42"):
                return False
            event = json.loads(text[text.index("[") :])
            return event[0] == name and isinstance(event[1], dict) and matches(event[1])

        return self._next(is_expected, within_s) is not None

    def close(self) -> None:
        with suppress(ConnectionClosed, OSError):
            self._socket.close()

    def _next(self, matches: Callable[[str], bool], within_s: float) -> str | None:
        """The next matching message, or None after the time; answers pings meanwhile."""
        deadline = time.monotonic() + within_s
        with suppress(ConnectionClosed, OSError):
            while (remaining_s := deadline - time.monotonic()) > 0:
                text = self._socket.receive(timeout=remaining_s)
                if text == "2":
                    self._socket.send("3")
                elif isinstance(text, str) and matches(text):
                    return text
        return None


def _reason(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"HTTP {status}" if status else type(error).__name__
