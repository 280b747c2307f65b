"""MariaDB frozen or cut off: everybody hears 503 before three seconds are over, nobody waits twice, and it heals by itself."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from app.core.clock import now, to_ms
from app.core.extensions import db
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import PhoneNumber
from tests.support.api_clients import make_api_client
from tests.support.applications import new_app, settings_for
from tests.support.external_servers import MariaDbServer, RedisServer, wait_until
from tests.support.production import Production
from tests.support.running_server import ROOT
from tests.support.tcp_proxy import TcpProxy
from tests.support.users import PASSWORD, branch_ids, make_company, make_user

pytestmark = [pytest.mark.faults, pytest.mark.mariadb, pytest.mark.timeout(300)]
# three seconds are promised and were measured on a quiet machine; a busy one may take its time, but nobody hangs
HANGS_S = 15.0
NUMBER = "+493023125100"


class Place:
    """The processes, the wire to their database, and people with cookies and keys."""

    def __init__(self, production: Production, maria: MariaDbServer, wire: TcpProxy, scratch: Path) -> None:
        self.production, self.maria, self.wire = production, maria, wire
        app = new_app(settings_for(maria.url, production.environment["REDIS_URL"], scratch / "instance"))
        with app.app_context():
            company = make_company()
            self.email = make_user(company).email
            with company_scope(company.id), transaction():
                db.session.add(PhoneNumber(e164=NUMBER, branch_id=branch_ids(company)[0]))
            self.key = make_api_client(app, company).plain
            db.engine.dispose()
        self.cookie = self._sign_in()

    def _sign_in(self) -> str:
        form = requests.get(f"{self.url}/login", timeout=20)
        token = form.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        filled = {"email": self.email, "password": PASSWORD, "csrf_token": token}
        kept = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in form.cookies)}
        answer = requests.post(f"{self.url}/login", data=filled, headers=kept, timeout=20, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)

    @property
    def url(self) -> str:
        return self.production.url

    def page(self, path: str) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers={"Cookie": self.cookie}, timeout=60, allow_redirects=False)

    def asks(self) -> dict[str, Callable[[], requests.Response]]:
        """What all kinds of people ask."""
        pages = {path: (lambda path=path: self.page(path)) for path in ("/dashboard", "/live", "/calls", "/bookings", "/calendar")}
        return pages | {
            "api": lambda: requests.get(f"{self.url}/api/v1/calls", headers={"Authorization": f"Bearer {self.key}"}, timeout=60),
            "webhook": lambda: self.post(
                "/api/retell/webhook", b'{"event":"call_started","call":{"call_id":"silent_%d"}}' % time.time_ns()
            ),
            "ready": lambda: requests.get(f"{self.url}/health/ready", timeout=60),
            "sign-in": lambda: requests.get(f"{self.url}/login", headers={"Cookie": self.cookie}, timeout=60),
        }

    def post(self, path: str, body: bytes) -> requests.Response:
        headers = {"X-Retell-Signature": sign_retell(body, self.production.secrets["RETELL_API_KEY"], to_ms(now()))}
        return requests.post(f"{self.url}{path}", data=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def place(scratch: Path) -> Iterator[Place]:
    folder = scratch / "silent"
    with ExitStack() as started:
        maria, redis = (started.enter_context(kind(folder / kind.__name__)) for kind in (MariaDbServer, RedisServer))
        assert isinstance(maria, MariaDbServer)
        wire = started.enter_context(TcpProxy(urlsplit(maria.url).port or 0))
        cut = maria.url.replace(f":{urlsplit(maria.url).port}/", f":{wire.port}/")
        production = Production(folder, ROOT / ".venv" / "bin", database_url=cut, redis_url=redis.url)
        started.enter_context(production)
        assert production.start("release").wait() == 0
        production.serve("web", "worker", "clock")
        yield Place(production, maria, wire, scratch)


@contextmanager
def frozen(place: Place) -> Iterator[None]:
    place.maria.freeze()
    try:
        yield
    finally:
        place.maria.thaw()


@contextmanager
def cut_off(place: Place) -> Iterator[None]:
    place.wire.cut()
    try:
        yield
    finally:
        place.wire.restore()


SUPERVISOR = """
import http.client, sys, threading, time
port, over = int(sys.argv[1]), threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
while not over.wait(0.1):
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200
    print(time.monotonic() - began)
"""


@contextmanager
def asked_for_life(place: Place) -> Iterator[list[float]]:
    """Asks `/health/live` ten times a second, as a process of its own: the many people here would slow down its clock. Gives seconds."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(urlsplit(place.url).port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    lives: list[float] = []
    try:
        yield lives
    finally:
        lines, _ = supervisor.communicate()
        lives.extend(map(float, lines.split()))
    assert supervisor.returncode == 0 and lives


@pytest.mark.parametrize("fault", [frozen, cut_off])
def test_silent_database_returns_503_soon_and_recovers(place: Place, fault: Callable[[Place], "ExitStack"]) -> None:
    before = {name: process.is_running for name, process in place.production.processes.items() if name != "release"}
    for ask in place.asks().values():
        assert ask().status_code < 400
    told: dict[str, list[tuple[int, float]]] = {name: [] for name in place.asks()}

    def timed(name: str) -> None:
        began = time.monotonic()
        answer = place.asks()[name]()
        told[name].append((answer.status_code, time.monotonic() - began))
        assert answer.headers.get("Retry-After"), (name, answer.status_code)

    with fault(place), asked_for_life(place) as lives, ThreadPoolExecutor(100) as people:
        for _round in range(3):
            list(people.map(timed, [*told] * 10))
    slowest = {name: max(took for _status, took in answers) for name, answers in told.items()}
    print(f"\n{fault.__name__}: slowest { ({name: round(took, 2) for name, took in slowest.items()}) }, /health/live {max(lives):.2f} s")
    assert {status for answers in told.values() for status, _took in answers} == {503}
    assert max(slowest.values()) < HANGS_S
    assert max(lives) < HANGS_S
    wait_until(lambda: all(ask().status_code < 400 for ask in place.asks().values()), within_s=30, what="the database")
    checks = lambda: requests.get(f"{place.url}/health", timeout=20).json()["checks"]  # noqa: E731
    wait_until(
        lambda: all(checks()[name]["status"] == "ok" for name in ("workers", "clock", "inbox")), within_s=90, what="worker and clock"
    )
    assert {name: place.production.processes[name].is_running for name in before} == before, "nobody had to be started again"


def test_slow_statement_is_not_taken_for_silence(place: Place) -> None:
    """Somebody holds rows for longer than the watchdog is patient: who waits for them is served in the end."""
    with place.maria.connect() as rival, rival.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM users FOR UPDATE")
        with ThreadPoolExecutor(1) as beside:
            form = beside.submit(place._sign_in)
            time.sleep(4)
            assert not form.done() or form.result()
            cursor.execute("ROLLBACK")
            assert form.result(30)
