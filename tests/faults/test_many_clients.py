"""Far more people at once than there are threads and connections: all are served, in turn, and nobody hears more than "come again"."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.core.clock import now, to_ms
from app.core.signatures import sign_retell
from tests.faults.environment import Environment
from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.production import Production
from tests.support.running_server import API_KEYS, DEMO_PASSWORD, DEMO_VARIABLES, ROOT
from tests.support.waiting import HANGS_AFTER_S

pytestmark = pytest.mark.faults
OWNER = "owner@salon-lindgren.example"
BOOKED = (
    b'{"name":"check_availability","args":{"service":"Haarschnitt","date":"morgen"},"call":{"call_id":"%s","to_number":"+493023125100"}}'
)
EVENT = b'{"event":"call_started","call":{"call_id":"%s","to_number":"+493023125100","from_number":"+491713920051"}}'


class Town:
    """A running demo town, and what people and providers want of it."""

    def __init__(self, url: str, retell_key: str) -> None:
        self.url, self._retell_key = url, retell_key
        self.person = Environment.sign_in(self, OWNER)  # type: ignore[arg-type]

    @property
    def server(self) -> "Town":
        return self

    def want(self, number: int) -> tuple[str, int]:
        """On a slow machine the last in line may wait too long: they hear when to come again, and do."""
        what = ("page", "api", "webhook", "function", "login")[number % 5]
        while (answer := getattr(self, f"_{what}")(number)).status_code == 503:
            time.sleep(int(answer.headers["Retry-After"]))
        return what, answer.status_code

    def _page(self, number: int) -> requests.Response:
        path = ("/dashboard", "/live", "/calls", "/bookings", "/calendar")[number // 5 % 5]
        return requests.get(f"{self.url}{path}", cookies=self.person.cookies, timeout=HANGS_AFTER_S)

    def _login(self, _number: int) -> requests.Response:
        return requests.get(f"{self.url}/login", timeout=HANGS_AFTER_S)

    def _api(self, number: int) -> requests.Response:
        path = ("calls", "bookings", "customers", "services")[number // 5 % 4]
        key = {"Authorization": f"Bearer {API_KEYS['salon-lindgren']}"}
        return requests.get(f"{self.url}/api/v1/{path}", headers=key, timeout=HANGS_AFTER_S)

    def _webhook(self, number: int) -> requests.Response:
        return self._signed("webhook", EVENT % f"many_{number}_{time.time_ns()}".encode())

    def _function(self, number: int) -> requests.Response:
        return self._signed("function", BOOKED % f"many_{number}_{time.time_ns()}".encode())

    def _signed(self, door: str, body: bytes) -> requests.Response:
        headers = {"X-Retell-Signature": sign_retell(body, self._retell_key, to_ms(now())), "Content-Type": "application/json"}
        return requests.post(f"{self.url}/api/retell/{door}", data=body, headers=headers, timeout=HANGS_AFTER_S)


@pytest.fixture(params=["scripts/server on SQLite", pytest.param("web on MariaDB", marks=pytest.mark.mariadb)], scope="module")
def visited(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Town]:
    if "SQLite" in request.param:
        environment: Environment = request.getfixturevalue("sqlite_environment")
        environment.wait_until_ready()
        yield Town(environment.server.url, environment.server.secrets["RETELL_API_KEY"])
        return
    folder = scratch / "many_clients"
    with ExitStack() as started:
        maria, redis = (started.enter_context(kind(folder / kind.__name__)) for kind in (MariaDbServer, RedisServer))
        production = Production(folder, ROOT / ".venv" / "bin", database_url=maria.url, redis_url=redis.url)
        # the demo town, and cookies that go without https
        production.environment |= DEMO_VARIABLES | {"APP_ENV": "development", "LIVE_IN_WEB": "0", "DEMO_PASSWORD": DEMO_PASSWORD}
        production.environment["ENCRYPTION_KEYS"] = production.secrets["ENCRYPTION_KEYS"]
        started.enter_context(production)
        assert production.start("release").wait() == 0
        seed = [ROOT / ".venv" / "bin" / "flask", "--app", "wsgi", "seed", "demo"]
        subprocess.run(seed, cwd=ROOT, env=production.environment, check=True, capture_output=True, timeout=HANGS_AFTER_S)
        production.serve("web")
        yield Town(production.url, production.secrets["RETELL_API_KEY"])


@pytest.mark.parametrize("clients", [120, 500])
def test_concurrent_clients_are_all_served(visited: Town, clients: int) -> None:
    with ThreadPoolExecutor(clients) as people:
        answers = Counter(people.map(visited.want, range(clients)))
    assert {status for _what, status in answers} <= {200, 204}, answers
