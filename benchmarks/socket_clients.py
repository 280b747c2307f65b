"""Many dashboard sockets in one thread with little overhead; they record when a text with a mark like `#17#` arrives."""

import base64
import os
import re
import selectors
import socket
import threading
import time
from collections.abc import Iterable

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nCookie: askproai={cookie}\r\n\r\n"
)
MARK = re.compile(rb"#(\d+)#")


class SocketClients:
    """Sockets that receive until closed; `arrivals` holds pairs of mark and time.perf_counter()."""

    def __init__(self, port: int, cookies: Iterable[str]) -> None:
        self.arrivals: list[tuple[int, float]] = []
        self.connected = 0
        self._selector = selectors.DefaultSelector()
        self._open = True
        self._sockets = [self._connect(port, cookie) for cookie in cookies]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def wait_until_connected(self, within_s: float = 60.0) -> None:
        deadline = time.monotonic() + within_s
        while self.connected < len(self._sockets):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.connected} of {len(self._sockets)} dashboards were connected.")
            time.sleep(0.05)

    def close(self) -> None:
        self._open = False
        self._thread.join()
        for each in self._sockets:
            each.close()

    def _connect(self, port: int, cookie: str) -> socket.socket:
        each = socket.create_connection(("127.0.0.1", port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        each.sendall(HANDSHAKE.format(port=port, key=key, cookie=cookie).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += each.recv(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        each.sendall(_frame(b"40"))
        each.setblocking(False)
        self._selector.register(each, selectors.EVENT_READ, bytearray())
        return each

    def _listen(self) -> None:
        while self._open:
            for key, _ in self._selector.select(0.2):
                self._read(key.fileobj, key.data)  # type: ignore[arg-type]

    def _read(self, each: socket.socket, buffer: bytearray) -> None:
        try:
            data = each.recv(262144)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(each)
            return
        arrived = time.perf_counter()
        buffer += data
        while (payload := _take(buffer)) is not None:
            if payload == b"2":
                each.sendall(_frame(b"3"))
            elif payload.startswith(b'42["message.'):
                if match := MARK.search(payload):
                    self.arrivals.append((int(match[1]), arrived))
            elif payload.startswith(b'42["welcome"'):
                self.connected += 1


def _frame(text: bytes) -> bytes:
    """Build a WebSocket frame, masked with zeros."""
    return bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text


def _take(buffer: bytearray) -> bytes | None:
    """Remove the next complete frame from the buffer and return its payload."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7F, 2
    if length >= 126:
        start = 4 if length == 126 else 10
        if len(buffer) < start:
            return None
        length = int.from_bytes(buffer[2:start], "big")
    if len(buffer) < start + length:
        return None
    payload = bytes(buffer[start : start + length])
    del buffer[: start + length]
    return payload
