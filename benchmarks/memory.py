"""Memory of one web process under mixed traffic: pages, API and webhooks among hostile requests.

python -m benchmarks.memory [requests] [--by-kind]
"""

import http.client
import json
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks import servers

CLIENTS = 16
STEP = 10_000
THREADS = 32
# maximal growth after the first step, when all modules are loaded and all caches are filled
MAX_GROWTH = 1.15
# relative frequency of a kind; large ones are rare because they occupy the client
WEIGHTS = {"page": 3, "live": 4, "api": 3, "webhook": 3, "asset": 4, "big form": 0.5, "big body": 0.5, "rim day": 0.5}
OWNER_KEY = "ask_measuring_" + "k" * 40
Request = tuple[str, str, bytes, dict[str, str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


def main(total: int, *, by_kind: bool) -> None:
    with servers.isolated_environment("sqlite") as environment:
        environment |= {"DEMO_PASSWORD": "benchmarks-only-1", "DEMO_API_KEY": OWNER_KEY}
        os.environ.clear()
        os.environ.update(environment)
        servers.run_flask(environment, "db", "upgrade")
        servers.run_flask(environment, "seed", "demo")
        cookie = _cookie()
        with servers.web_server("wsgi:app", environment, worker=servers.WEB_WORKER, workers=1, threads=THREADS) as port:
            kinds = build_request_kinds(cookie, environment["BENCH_KEY"])
            print_results(f"{'at the start':>14}", port, Counter())
            if by_kind:
                for name, make in kinds.items():
                    print_results(f"{name:>14}", port, send(port, [make] * total))
                return
            first = 0
            for done in range(STEP, total + 1, STEP):
                shuffled = random.Random(done).choices([*kinds.values()], weights=[WEIGHTS.get(kind, 2) for kind in kinds], k=STEP)
                now = print_results(f"{done:>14,}", port, send(port, shuffled))
                first = first or now
            print(f"growth after the first {STEP:,}: x {now / first:.2f}, target at most x {MAX_GROWTH}")


def build_request_kinds(cookie: str, key: str) -> dict[str, Callable[[random.Random], Request]]:
    """Build a function for each kind that creates a new request; the first five kinds are legitimate."""
    from app.core.clock import now, to_ms
    from app.core.signatures import sign_retell

    def webhook(chance: random.Random) -> Request:
        call = {"call_id": f"call_{chance.getrandbits(64):x}", "to_number": "+493023125100", "start_timestamp": to_ms(now())}
        raw = json.dumps({"event": "call_started", "call": call}).encode()
        return "POST", "/api/retell/webhook", raw, JSON | {"X-Retell-Signature": sign_retell(raw, key, to_ms(now()))}

    session = {"Cookie": f"askproai={cookie}"}

    def page(chance: random.Random) -> Request:
        path = chance.choice(("/dashboard", "/calls", f"/calls?q={chance.getrandbits(20):x}", "/bookings", "/calendar", "/customers"))
        return "GET", path, b"", session

    def any_path(chance: random.Random) -> Request:
        return chance.choice(("GET", "PUT", "BREW")), f"/{chance.getrandbits(64):x}/{'a' * chance.randrange(4000)}", b"", {}

    def login(chance: random.Random) -> Request:
        return "POST", "/login", f"email={chance.getrandbits(64):x}@x.example&password=x".encode(), FORM

    def big_form(chance: random.Random) -> Request:
        return "POST", "/login", b"email=" + b"x" * chance.randrange(2_500_000), FORM

    def big_body(chance: random.Random) -> Request:
        return "POST", "/api/retell/webhook", os.urandom(1000) * chance.randrange(11_000), JSON | {"X-Retell-Signature": "v=1,d=0"}

    def headers(chance: random.Random) -> Request:
        return "GET", "/login", b"", {f"X-{chance.getrandbits(64):x}": "x" * 4000, "Accept-Language": f"{chance.getrandbits(32):x}"}

    def report(chance: random.Random) -> Request:
        return "POST", "/api/reports", json.dumps([{"type": f"{chance.getrandbits(64):x}", "body": {"id": "x"}}]).encode(), JSON

    return {
        "page": page,
        "live": lambda _: ("GET", "/live/state", b"", session),
        "api": lambda _: ("GET", "/api/v1/calls", b"", {"Authorization": f"Bearer {OWNER_KEY}"}),
        "webhook": webhook,
        "asset": lambda _: ("GET", "/static/css/base.css", b"", {}),
        "any path": any_path,
        "login": login,
        "wrong key": lambda chance: ("GET", "/api/v1/calls", b"", {"Authorization": f"Bearer apk_{chance.getrandbits(200):x}"}),
        "link": lambda chance: ("GET", f"/b/{chance.getrandbits(256):x}", b"", {}),
        "rim day": lambda chance: ("GET", f"/calendar?day=9999-12-31&q={chance.getrandbits(64):x}", b"", session),
        "headers": lambda chance: (
            "GET",
            "/login",
            b"",
            {f"X-{chance.getrandbits(64):x}": "x" * 4000, "Accept-Language": f"{chance.getrandbits(32):x}"},
        ),
        "cookie": lambda chance: ("GET", "/live", b"", {"Cookie": f"askproai={chance.getrandbits(256):x}"}),
        "deep": lambda chance: ("POST", "/api/reports", b"[" * chance.randrange(60_000), JSON),
        "report": lambda chance: (
            "POST",
            "/api/reports",
            json.dumps([{"type": f"{chance.getrandbits(64):x}", "body": {"id": "x"}}]).encode(),
            JSON,
        ),
        "big form": big_form,
        "big body": big_body,
    }


def send(port: int, makers: list[Callable[[random.Random], Request]]) -> Counter[int]:
    """Send one request of each maker on several connections; return the response statuses."""
    answers: Counter[int] = Counter()
    lock, left = threading.Lock(), iter(enumerate(makers))

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                place, make = next(left, (0, None))
            if make is None:
                break
            method, path, body, headers = make(random.Random(f"{place}-{os.urandom(4).hex()}"))
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                # the server closes the connection of a too large request
                connection.close()
                status = 0
            with lock:
                answers[status] += 1
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _cookie() -> str:
    from app import create_app
    from benchmarks.pages import load_salon

    with create_app().app_context():
        return load_salon()[1]


def print_results(label: str, port: int, answers: Counter[int]) -> int:
    memory = max(resident_mb(pid) for pid in _listeners(port))
    print(f"{label}  {memory:5} MB   {dict(sorted(answers.items()))}", flush=True)
    return memory


def _listeners(port: int) -> list[int]:
    """List the gunicorn processes of this port: the arbiter and its worker."""
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"127.0.0.1:{port}" in (folder / "cmdline").read_text():
                pids.append(int(folder.name))
        except OSError:
            continue
    return pids


def resident_mb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 // 2**20


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--by-kind"]
    main(int(arguments[0]) if arguments else 100_000, by_kind="--by-kind" in sys.argv)
