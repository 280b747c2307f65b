"""Clients that take their time: they send half a head, half a body or a byte a second, or never read what they asked for."""

import select
import socket
import threading
import time
from collections import Counter
from types import TracebackType

from tests.support.waiting import HANGS_AFTER_S

HALF_HEAD = b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_BODY = b"POST /api/retell/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\nContent-Type: application/json\r\n\r\n{"
HALF_CHUNKS = b"POST /api/retell/webhook HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"


class SlowSockets:
    """Opens them all, and lets those of `DRIPPING` go on a byte a second; use it as a context manager."""

    def __init__(self, port: int, *, each: int, large_path: str = "") -> None:
        asks = f"GET {large_path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 10
        kinds = {"head": HALF_HEAD, "body": HALF_BODY, "chunks": HALF_CHUNKS, "drip_head": HALF_HEAD, "drip_body": HALF_BODY}
        if large_path:
            kinds["reads_not"] = asks
        self.sockets: list[tuple[str, socket.socket]] = []
        for kind, words in kinds.items():
            for _ in range(each):
                slow = socket.socket()
                if kind == "reads_not":
                    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                slow.settimeout(HANGS_AFTER_S)
                slow.connect(("127.0.0.1", port))
                slow.sendall(words)
                self.sockets.append((kind, slow))
        self._over = threading.Event()
        self._dripping = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self) -> "SlowSockets":
        self._dripping.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._dripping.join()
        for _kind, slow in self.sockets:
            slow.close()

    def ends(self) -> Counter[tuple[str, str]]:
        """How each of those that send slowly ended: `408`, `closed`, or `open` where the server still waits for it."""
        waiting = {slow: kind for kind, slow in self.sockets if kind != "reads_not"}
        found: Counter[tuple[str, str]] = Counter()
        until = time.monotonic() + HANGS_AFTER_S
        while waiting and time.monotonic() < until:
            for slow in select.select(list(waiting), [], [], 0.5)[0]:
                found[waiting.pop(slow), self._end_of(slow)] += 1
        found.update((kind, "open") for kind in waiting.values())
        return found

    @staticmethod
    def _end_of(slow: socket.socket) -> str:
        try:
            answer = slow.recv(65536)
        except OSError:
            return "closed"
        return answer.split(b" ")[1].decode() if answer else "closed"

    def _drip(self) -> None:
        while not self._over.wait(1.0):
            for kind, slow in self.sockets:
                if kind.startswith("drip"):
                    try:
                        slow.sendall(b"a")
                    except OSError:
                        continue
