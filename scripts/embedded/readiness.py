"""Asks /health/ready without ever waiting for the answer."""

import contextlib
import socket

REQUEST = b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Readiness:
    """The question waits in the listening socket until a web process takes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._asking: socket.socket | None = None

    def is_reached(self) -> bool:
        """Whether the server has answered 200 by now; call it again and again."""
        try:
            if self._asking is None:
                self._asking = socket.create_connection(self._address, timeout=0.2)
                self._asking.sendall(REQUEST)
                self._asking.setblocking(False)
            answer = self._asking.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self.close()
        return answer.split(b"\r\n")[0].split(b" ")[1:2] == [b"200"]

    def close(self) -> None:
        if self._asking is not None:
            with contextlib.suppress(OSError):
                self._asking.close()
            self._asking = None
