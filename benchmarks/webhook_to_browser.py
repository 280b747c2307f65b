"""From a signed webhook to the dashboards that show it: web, worker and live process as in production, 200 dashboards of 50 companies.

python -m benchmarks.webhook_to_browser [sqlite|mariadb] [seconds] [rates, like 200,800]
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import places
from benchmarks.audience import Audience
from benchmarks.client import prepared

COMPANIES = 50
DASHBOARDS_EACH = 4
STEPS = 10
SENDERS = 16
NUMBER = "+4930231{:05d}"
TARGETS_MS = {200: 100, 800: 250}
GREEN = "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"
SENTENCE = "Ich hätte gern einen Termin am nächsten Donnerstag, am liebsten am Vormittag bei Mara."


def main(kind: str, seconds: int, rates: list[int]) -> None:
    with places.place(kind) as environment:
        os.environ.clear()
        os.environ.update(environment)
        places.run_flask(environment, "db", "upgrade")
        cookies = _companies()
        live = environment | {"LIVE_IN_WEB": "1", "LIVE_SOCKETS": "1000"}
        print(f"webhook to browser on {kind}: {len(cookies) * DASHBOARDS_EACH} dashboards, {len(cookies)} companies, {seconds} s each")
        with (
            places.served("wsgi:app", environment | {"LIVE_IN_WEB": "0"}, worker="gthread", workers=2) as web,
            places.served("wsgi:app", live, worker=GREEN, workers=1) as sockets,
            _worker(environment),
        ):
            audience = Audience(sockets, [cookie for cookie in cookies for _ in range(DASHBOARDS_EACH)])
            audience.wait_until_welcomed()
            _measure(web, audience, rate=50, seconds=4)
            for rate in rates:
                _tell(rate, *_measure(web, audience, rate=rate, seconds=seconds))
            audience.close()


def _measure(port: int, audience: Audience, *, rate: int, seconds: int) -> tuple[int, list[float]]:
    """How many dashboards should have heard a turn, and the milliseconds after which they did."""
    from app.core.signatures import sign_retell

    audience.arrivals.clear()
    run, count = os.urandom(3).hex(), rate * seconds
    now_ms = time.time_ns() // 10**6
    bodies = list(_events(count, run))
    requests = prepared("/api/retell/webhook", [(raw, sign_retell(raw, places.KEY, now_ms)) for raw in bodies])
    sent = _send(port, requests, rate)
    expected = DASHBOARDS_EACH * sum(b"#" in raw for raw in bodies)
    deadline = time.monotonic() + 20
    while len(audience.arrivals) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return expected, sorted((arrived - sent[mark]) * 1000 for mark, arrived in list(audience.arrivals))


def _events(count: int, run: str) -> Iterator[bytes]:
    """Calls that all speak at the same time; each event after the first of a call adds a turn with the event's own mark."""
    calls = max(1, count // STEPS)
    texts: dict[int, list[str]] = {}
    for mark in range(count):
        number = mark % calls
        turns = texts.setdefault(number, [])
        call = {
            "call_id": f"call_{run}_{number}", "call_type": "phone_call", "agent_id": "agent_lena", "direction": "inbound",
            "from_number": "+491713920050", "to_number": NUMBER.format(number % COMPANIES), "start_timestamp": time.time_ns() // 10**6,
        }  # fmt: skip
        if mark < calls:
            yield json.dumps({"event": "call_started", "call": call}).encode()
            continue
        turns.append(f"#{mark}# {SENTENCE}")
        spoken = [{"role": "agent" if turn % 2 else "user", "content": text, "words": []} for turn, text in enumerate(turns)]
        yield json.dumps({"event": "transcript_updated", "call": call | {"transcript_object": spoken}}).encode()


def _send(port: int, requests: list[bytes], rate: int) -> dict[int, float]:
    """Sends each at its time; when that was."""
    due = dict.fromkeys(range(len(requests)), 0.0)
    began = time.perf_counter() + 0.2
    position, lock = iter(range(len(requests))), threading.Lock()

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                with lock:
                    index = next(position, None)
                if index is None:
                    return
                due[index] = began + index / rate
                time.sleep(max(0.0, due[index] - time.perf_counter()))
                connection.sendall(requests[index])
                answer = connection.recv(65536)
                if b" 204 " not in answer[:16]:
                    raise ConnectionError(answer.split(b"\r\n")[0].decode())

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return due


def _companies() -> list[str]:
    """Fifty companies with a number, and the cookie of somebody who is signed in at each."""
    from app import create_app
    from app.core.extensions import db
    from tests.support.lindgren import make_salon
    from tests.support.live import Salon
    from tests.support.sockets import make_user, sign_in

    cookies = []
    app = create_app()
    with app.app_context():
        for number in range(COMPANIES):
            company = make_salon(f"salon-{number}", NUMBER.format(number))
            cookies.append(sign_in(make_user(Salon(company.id, ()), f"owner@salon-{number}.example")))
        db.engine.dispose()
    return cookies


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env=environment)
    try:
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _tell(rate: int, expected: int, delays_ms: list[float]) -> None:
    if not delays_ms:
        print(f"  {rate}/s: nothing arrived of {expected}")
        return
    p50, p99 = (delays_ms[min(len(delays_ms) - 1, int(len(delays_ms) * share))] for share in (0.5, 0.99))
    target = f" (target {TARGETS_MS[rate]})" if rate in TARGETS_MS else ""
    print(f"  {rate}/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms{target}; {len(delays_ms)} of {expected} arrived by push")


if __name__ == "__main__":
    kind, seconds, rates = [*sys.argv[1:], *("mariadb", "10", "200,800")[len(sys.argv) - 1 :]]
    main(kind, int(seconds), [int(rate) for rate in rates.split(",")])
