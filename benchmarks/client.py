"""A load client with little overhead: prepared requests on keep-alive connections, one thread for each."""

import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class LoadResult:
    """Response statuses, and latencies in milliseconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def build_requests(path: str, events: Iterable[tuple[bytes, str]]) -> list[bytes]:
    """Build complete HTTP requests."""
    return [
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Retell-Signature: {signature}\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n".encode() + raw
        for raw, signature in events
    ]  # fmt: skip


def send(port: int, requests: list[bytes], *, clients: int, rate: float | None = None) -> LoadResult:
    """Send all requests on `clients` connections, at a rate per second or as fast as responses arrive."""
    answers = LoadResult()
    lock = threading.Lock()
    position = iter(range(len(requests)))
    began = time.perf_counter()

    def work() -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        mine: list[tuple[int, float]] = []
        while True:
            with lock:
                index = next(position, None)
            if index is None:
                break
            due = began + index / rate if rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.sendall(requests[index])
            status, closes = _read_answer(connection)
            mine.append((status, (time.perf_counter() - due) * 1000))
            if closes:
                connection.close()
                connection = socket.create_connection(("127.0.0.1", port))
        connection.close()
        with lock:
            for status, latency in mine:
                answers.statuses[status] = answers.statuses.get(status, 0) + 1
                answers.latencies_ms.append(latency)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.seconds = time.perf_counter() - began
    return answers


def _read_answer(connection: socket.socket) -> tuple[int, bool]:
    """Read a response and return its status and whether the server closes the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("The server closed the connection.")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(lines[0].split()[1]), b"connection: close" in lines
