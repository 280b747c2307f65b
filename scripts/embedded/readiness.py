"""Poll /health/ready without blocking."""

import contextlib
import socket

REQUEST = b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Readiness:
    """One request, which waits in the backlog of the listening socket until a web process accepts it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._connection: socket.socket | None = None

    def is_reached(self) -> bool:
        """Whether the server has answered 200; call it repeatedly, another answer starts a new request."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(self._address, timeout=0.2)
                self._connection.sendall(REQUEST)
                self._connection.setblocking(False)
            answer = self._connection.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self.close()
        return answer.split(b"\r\n")[0].split(b" ")[1:2] == [b"200"]

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None
