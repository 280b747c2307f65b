"""MariaDB frozen or cut off: everybody hears 503, the watchdog lets go whoever waits, and it heals by itself."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from pymysql.cursors import Cursor

from app.core.clock import now, to_ms
from app.core.extensions import db
from app.core.signatures import sign_retell
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import PhoneNumber
from tests.support.api_clients import make_api_client
from tests.support.applications import new_app, settings_for
from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.production import Production
from tests.support.running_server import ROOT
from tests.support.tcp_proxy import TcpProxy
from tests.support.users import PASSWORD, branch_ids, make_company, make_user
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.mariadb]
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
        form = requests.get(f"{self.url}/login", timeout=HANGS_AFTER_S)
        token = form.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        filled = {"email": self.email, "password": PASSWORD, "csrf_token": token}
        kept = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in form.cookies)}
        answer = requests.post(f"{self.url}/login", data=filled, headers=kept, timeout=HANGS_AFTER_S, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)

    @property
    def url(self) -> str:
        return self.production.url

    def page(self, path: str) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers={"Cookie": self.cookie}, timeout=HANGS_AFTER_S, allow_redirects=False)

    def asks(self) -> dict[str, Callable[[], requests.Response]]:
        """What all kinds of people ask."""
        pages = {path: (lambda path=path: self.page(path)) for path in ("/dashboard", "/live", "/calls", "/bookings", "/calendar")}
        return pages | {
            "api": lambda: requests.get(f"{self.url}/api/v1/calls", headers={"Authorization": f"Bearer {self.key}"}, timeout=HANGS_AFTER_S),
            "webhook": lambda: self.post(
                "/api/retell/webhook", b'{"event":"call_started","call":{"call_id":"silent_%d"}}' % time.time_ns()
            ),
            "ready": lambda: requests.get(f"{self.url}/health/ready", timeout=HANGS_AFTER_S),
            "sign-in": lambda: requests.get(f"{self.url}/login", headers={"Cookie": self.cookie}, timeout=HANGS_AFTER_S),
        }

    def post(self, path: str, body: bytes) -> requests.Response:
        headers = {"X-Retell-Signature": sign_retell(body, self.production.secrets["RETELL_API_KEY"], to_ms(now()))}
        return requests.post(f"{self.url}{path}", data=body, headers=headers, timeout=HANGS_AFTER_S)


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


@pytest.mark.parametrize("fault", [frozen, cut_off])
def test_silent_database_returns_503_soon_and_recovers(place: Place, fault: Callable[[Place], "ExitStack"]) -> None:
    before = {name: process.is_running for name, process in place.production.processes.items() if name != "release"}
    for ask in place.asks().values():
        assert ask().status_code < 400
    web = place.production.processes["web"]
    said = web.said

    def ask(name: str) -> int:
        answer = place.asks()[name]()
        assert answer.headers.get("Retry-After"), (name, answer.status_code)
        return answer.status_code

    with fault(place), ThreadPoolExecutor(100) as people:
        for _round in range(3):
            told = people.map(ask, [*place.asks()] * 10)
            assert requests.get(f"{place.url}/health/live", timeout=HANGS_AFTER_S).status_code == 200
            assert set(told) == {503}
    assert "database.silent" in web.said[len(said) :], "nobody waited for the driver to give up"
    wait_until(lambda: all(ask().status_code < 400 for ask in place.asks().values()), what="the database")
    checks = lambda: requests.get(f"{place.url}/health", timeout=HANGS_AFTER_S).json()["checks"]  # noqa: E731
    wait_until(lambda: all(checks()[name]["status"] == "ok" for name in ("workers", "clock", "inbox")), what="worker and clock")
    assert {name: place.production.processes[name].is_running for name in before} == before, "nobody had to be started again"


def longest_statement_s(cursor: Cursor) -> int:
    """How long the slowest of the others' statements has been running."""
    cursor.execute("SELECT MAX(TIME) FROM information_schema.processlist WHERE COMMAND = 'Query' AND ID <> CONNECTION_ID()")
    return cursor.fetchone()[0] or 0


def test_slow_statement_is_not_taken_for_silence(place: Place) -> None:
    """Somebody holds rows for longer than the watchdog is patient: who waits for them is served in the end."""
    with place.maria.connect() as rival, rival.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM users FOR UPDATE")
        with ThreadPoolExecutor(1) as beside:
            form = beside.submit(place._sign_in)
            wait_until(lambda: form.done() or longest_statement_s(cursor) >= 3, "a statement that waits")
            cursor.execute("ROLLBACK")
            assert form.result()
