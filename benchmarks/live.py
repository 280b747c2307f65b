"""Latency from webhook to browser: 200 sockets of 50 companies, with a web, a live and a worker process as in production.

python -m benchmarks.live [sqlite|mariadb] [seconds a rate]
"""

import json
import os
import re
import secrets
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import client, servers

COMPANIES = 50
SOCKETS_EACH = 4
RATES = {200: 100, 800: 250}
TOKEN = re.compile(rb"zeichen([0-9]{8})x")


def main(kind: str, seconds: float) -> None:
    with servers.isolated_environment(kind) as environment:
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        cookies = create_companies()
        live = environment | {"LIVE_IN_WEB": "1", "LIVE_SOCKETS": "1000"}
        with (
            servers.web_server("wsgi:app", environment | {"LIVE_IN_WEB": "0"}, worker=servers.WEB_WORKER, workers=1) as web,
            servers.web_server("wsgi:app", live, worker="scripts.web_server.live_worker.TimedWebSocketWorker", workers=1) as sockets,
            _worker(environment),
        ):
            live_sockets = LiveSockets(sockets, cookies)
            print(f"webhook to browser on {kind}: {len(cookies) * SOCKETS_EACH} sockets, {COMPANIES} companies")
            _run(web, live_sockets, rate=50, seconds=3)
            for rate, target in RATES.items():
                sent, received = _run(web, live_sockets, rate=rate, seconds=seconds)
                ordered = sorted(received)
                p50, p99 = (ordered[int(len(ordered) * share)] if ordered else float("nan") for share in (0.5, 0.99))
                summary = f"{sent} webhooks, received {len(received)} times, missing {sent * SOCKETS_EACH - len(received)}"
                print(f"  {rate}/s: {summary}; p50 {p50:.0f} ms, p99 {p99:.0f} ms (target {target})")
            live_sockets.close()


class LiveSockets:
    """All sockets in one thread; records the time at which each received a token."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self.received: list[tuple[int, float]] = []
        self._selector = selectors.DefaultSelector()
        self._open = True
        for cookie in cookies * SOCKETS_EACH:
            self._selector.register(_open_socket(port, cookie), selectors.EVENT_READ, bytearray())
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while self._open:
            for key, _ in self._selector.select(0.2):
                data = key.fileobj.recv(262144)  # type: ignore[union-attr]
                moment = time.perf_counter()
                if not data:
                    self._selector.unregister(key.fileobj)
                    continue
                buffer: bytearray = key.data
                buffer += data
                match = None
                for match in TOKEN.finditer(buffer):
                    self.received.append((int(match[1]), moment))
                del buffer[: match.end() if match else max(0, len(buffer) - 32)]

    def close(self) -> None:
        self._open = False


def _run(port: int, live_sockets: LiveSockets, *, rate: int, seconds: float) -> tuple[int, list[float]]:
    """Send webhooks; return their number and the milliseconds until each socket received its turn."""
    count = int(rate * seconds)
    first = secrets.randbelow(9_000) * 10_000
    requests = client.build_requests("/api/retell/webhook", _snapshots(first, count))
    live_sockets.received.clear()
    began = time.perf_counter()
    client.send(port, requests, clients=32, rate=rate)
    time.sleep(4)
    receipts: dict[int, int] = {}
    latencies = []
    for token, moment in list(live_sockets.received):
        place = token - first
        if 0 <= place < count and receipts.get(place, 0) < SOCKETS_EACH:
            receipts[place] = receipts.get(place, 0) + 1
            latencies.append((moment - began - place / rate) * 1000)
    return count, latencies


def _snapshots(first: int, count: int) -> Iterator[tuple[bytes, str]]:
    """Build webhooks; each adds a turn with its token to a running call of a company."""
    from app.core.signatures import sign_retell

    turns: dict[int, list[dict]] = {}
    for place in range(count):
        company = place % COMPANIES
        spoken = turns.setdefault(company, [])
        spoken.append({"role": "user", "content": f"zeichen{first + place:08d}x und noch einige Worte", "words": []})
        if len(spoken) > 20:
            spoken[:] = spoken[-1:]
        call = {
            "call_id": f"call_{first}_{company}_{place // COMPANIES // 20}", "call_type": "phone_call", "direction": "inbound",
            "from_number": "+491713920050", "to_number": _format_number(company), "start_timestamp": 1773130445120,
            "transcript_object": spoken,
        }  # fmt: skip
        raw = json.dumps({"event": "transcript_updated", "call": call}).encode()
        yield raw, sign_retell(raw, servers.KEY, time.time_ns() // 10**6)


def _format_number(company: int) -> str:
    return f"+4930231251{company:02d}"


def create_companies() -> list[str]:
    """Create companies with a phone number and a signed-in owner; return the cookies."""
    from app import create_app
    from tests.support import live, retell_webhooks, sockets

    cookies = []
    with create_app().app_context():
        for company in range(COMPANIES):
            salon = retell_webhooks.make_company_with_number(f"salon-{company}", _format_number(company))
            user = sockets.make_user(live.LiveCompany(salon.id, ()), f"owner{company}@example.com")
            cookies.append(sockets.sign_in(user))
    return cookies


def _open_socket(port: int, cookie: str) -> socket.socket:
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nCookie: askproai={cookie}\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise ConnectionError(answer.decode(errors="replace"))
    # Socket.IO's connect packet "40", masked with zeros
    connection.sendall(b"\x81\x82\0\0\0\x0040")
    return connection


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(command, env=environment)
    time.sleep(4)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    kind, seconds = [*sys.argv[1:], *("mariadb", "8")[len(sys.argv) - 1 :]]
    main(kind, float(seconds))
