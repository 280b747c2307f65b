"""Accepted webhooks per second, against the baselines F1 and F2 in the same run, in turn to even out the machine's load.

python -m benchmarks.intake [sqlite|mariadb] [requests a round] [rounds]
"""

import sys
import time
from statistics import median

from benchmarks import client, payloads, servers

CLIENTS = 16
P99_TARGETS_MS = {200: 25, 800: 100}
SERVERS = {
    "F1 plain": ("benchmarks.baselines.plain_intake:app", "gevent"),
    "F2 grouped": ("benchmarks.baselines.grouped_intake:app", "gevent"),
    "ours": ("wsgi:app", servers.WEB_WORKER),
}


def main(kind: str, count: int, rounds: int) -> None:
    with servers.isolated_environment(kind) as environment:
        servers.run_flask(environment, "db", "upgrade")
        results: dict[str, list[client.LoadResult]] = {name: [] for name in SERVERS}
        for turn in range(rounds):
            for name, (module, worker) in SERVERS.items():
                if kind == "sqlite" and worker == "gevent":
                    worker = "gthread"
                with servers.web_server(module, environment, worker=worker, workers=2) as port:
                    warm = _requests(300, f"warm{turn}{name[:2]}")
                    client.send(port, warm, clients=CLIENTS)
                    results[name].append(client.send(port, _requests(count, f"run{turn}{name[:2]}"), clients=CLIENTS))
        with servers.web_server("wsgi:app", environment, worker=servers.WEB_WORKER, workers=2) as port:
            client.send(port, _requests(300, "warmrate"), clients=CLIENTS)
            paced = {rate: client.send(port, _requests(rate * 5, f"rate{rate}"), clients=CLIENTS * 2, rate=rate) for rate in P99_TARGETS_MS}
    print_results(kind, results, paced)


def _requests(count: int, prefix: str) -> list[bytes]:
    now_ms = time.time_ns() // 10**6
    return client.build_requests(
        "/api/retell/webhook", payloads.signed(count, key=servers.KEY, now_ms=now_ms, prefix=prefix.replace(" ", ""))
    )


def print_results(kind: str, results: dict[str, list[client.LoadResult]], paced: dict[int, client.LoadResult]) -> None:
    size = len(next(payloads.signed(1, key="k", now_ms=1, prefix="p"))[0])
    print(f"intake on {kind}: {CLIENTS} clients, 2 web processes, body {size} bytes")
    rates = {name: median(answers.per_second for answers in runs) for name, runs in results.items()}
    for name, runs in results.items():
        p50, p99 = (median(answers.percentile(share) for answers in runs) for share in (0.5, 0.99))
        bad = sum(count for answers in runs for status, count in answers.statuses.items() if status != 204)
        print(f"  {name:10} {rates[name]:7.0f} /s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   not 204: {bad}")
    for baseline, target in (("F1 plain", 1.2), ("F2 grouped", 0.7)):
        print(f"  ours / {baseline} = {rates['ours'] / rates[baseline]:.2f} (target {target})")
    for rate, answers in paced.items():
        p50, p99 = answers.percentile(0.5), answers.percentile(0.99)
        print(f"  ours at {rate}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms (target {P99_TARGETS_MS[rate]})")


if __name__ == "__main__":
    kind, count, rounds = [*sys.argv[1:], *("mariadb", "3000", "3")[len(sys.argv) - 1 :]]
    main(kind, int(count), int(rounds))
