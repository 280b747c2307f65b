"""Latency from commit to dashboard: one live process, many sockets, events pushed through Redis at a steady rate.

python -m benchmarks.live_push [sockets] [events a second] [seconds] [gevent|gthread]
"""

import os
import sys
import time

from benchmarks import servers
from benchmarks.socket_clients import SocketClients

COMPANIES = 50
WORKERS = {"gevent": "geventwebsocket.gunicorn.workers.GeventWebSocketWorker", "gthread": "gthread"}
TARGET_MS = 20


def main(sockets: int, rate: int, seconds: int, kind: str) -> None:
    with servers.isolated_environment("sqlite") as environment:
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        live = environment | {
            "LIVE_IN_WEB": "1",
            "LIVE_SOCKETS": str(sockets),
            "GUNICORN_CMD_ARGS": f"--worker-connections {sockets + 100}",
        }
        from app import create_app

        app = create_app()
        with app.app_context():
            companies = create_companies()
        with servers.web_server("wsgi:app", live, worker=WORKERS[kind], workers=1, threads=sockets + 20) as port:
            clients = SocketClients(port, [list(companies.values())[number % COMPANIES] for number in range(sockets)])
            clients.wait_until_connected()
            with app.app_context():
                _push(list(companies), rate, 2)
                clients.arrivals.clear()
                pushed = _push(list(companies), rate, seconds)
            time.sleep(2)
            clients.close()
    delays = sorted((arrived - pushed[mark]) * 1000 for mark, arrived in clients.arrivals)
    p50, p99 = (delays[int(len(delays) * share)] for share in (0.5, 0.99))
    print(f"push to browser, {kind}: {sockets} sockets of {COMPANIES} companies, {rate} events/s, {len(delays) / seconds:.0f} deliveries/s")
    print(f"  p50 {p50:.1f} ms, p99 {p99:.1f} ms (target {TARGET_MS}); {len(delays)} of {len(pushed) * sockets // COMPANIES} arrived")


def _push(companies: list[str], rate: int, seconds: int) -> dict[int, float]:
    """Push each event at its time; return the times."""
    from app.core.clock import now
    from app.realtime import broadcast

    pushed = {}
    began = time.perf_counter()
    for mark in range(rate * seconds):
        time.sleep(max(0.0, began + mark / rate - time.perf_counter()))
        data = {"index": mark, "role": "caller", "text": f"#{mark}# Ich hätte gern einen Termin am Donnerstag.", "start_s": 1.0}
        company = companies[mark % COMPANIES]
        pushed[mark] = time.perf_counter()
        broadcast.push(
            [
                {
                    "seq": mark + 1, "occurred_at": now(), "company_id": company, "name": "message.received", "data": data,
                    "branch_id": None, "call_id": None, "booking_id": None,
                }
            ]
        )  # fmt: skip
    return pushed


def create_companies() -> dict[str, str]:
    """Create companies; return the cookie of a signed-in user for each."""
    from tests.support.live import make_live_company
    from tests.support.sockets import make_user, sign_in

    salons = [make_live_company(f"salon-{number}", branches=1) for number in range(COMPANIES)]
    return {salon.company_id: sign_in(make_user(salon, f"owner@{salon.company_id.lower()}.example")) for salon in salons}


if __name__ == "__main__":
    sockets, rate, seconds, kind = [*sys.argv[1:], *("2000", "200", "10", "gevent")[len(sys.argv) - 1 :]]
    main(int(sockets), int(rate), int(seconds), kind)
