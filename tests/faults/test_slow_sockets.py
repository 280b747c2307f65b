"""Three hundred clients that send slowly or read nothing: everybody else is served, and the slow ones are let go in time."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.faults.environment import Environment
from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.production import Production
from tests.support.running_server import ROOT
from tests.support.slow_sockets import SlowSockets
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = pytest.mark.faults
LARGE = "/static/vendor/socket.io-client-4.8.4/socket.io.esm.min.js"
EACH = 50

ON_MARIADB = [pytest.param(name, marks=pytest.mark.mariadb) for name in ("web", "live")]


@pytest.fixture(scope="module")
def mariadb_production(scratch: Path) -> Iterator[Production]:
    folder = scratch / "slow_sockets"
    with ExitStack() as started:
        maria, redis = (started.enter_context(kind(folder / kind.__name__)) for kind in (MariaDbServer, RedisServer))
        production = Production(folder, ROOT / ".venv" / "bin", database_url=maria.url, redis_url=redis.url)
        started.enter_context(production)
        assert production.start("release").wait() == 0
        yield production


@pytest.fixture(params=["scripts/server on SQLite", *ON_MARIADB])
def port(request: pytest.FixtureRequest) -> int:
    if "SQLite" in request.param:
        environment: Environment = request.getfixturevalue("sqlite_environment")
        environment.wait_until_ready()
        return environment.server.note["port"]
    production: Production = request.getfixturevalue("mariadb_production")
    production.serve(request.param)
    return production.processes[request.param].port


def test_slow_clients_block_no_request_and_are_disconnected(port: int) -> None:
    def ask() -> None:
        for path in ("/login", "/health/ready", LARGE):
            assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=HANGS_AFTER_S).status_code == 200

    ask()
    processes = processes_of(port)
    before = {pid: open_files(pid) for pid in processes}
    with SlowSockets(port, each=EACH, large_path=LARGE) as slow:
        for _ in range(20):
            ask()
        ends = slow.ends()
    assert {kind: ends[kind, "408"] for kind in ("head", "body", "chunks", "drip_head", "drip_body")} == dict.fromkeys(
        ("head", "body", "chunks", "drip_head", "drip_body"), EACH
    )
    wait_until(lambda: all(open_files(pid) < before[pid] + 20 for pid in processes), what="closed sockets")


def processes_of(port: int) -> list[int]:
    """Those that listen there."""
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and inodes & set(sockets_of(int(pid)))]


def sockets_of(pid: int) -> list[str]:
    found = []
    folder = Path(f"/proc/{pid}/fd")
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        # a process of another test that has ended meanwhile
        return []
    for name in names:
        try:
            target = os.readlink(folder / name)
        except OSError:
            continue
        if target.startswith("socket:["):
            found.append(target[8:-1])
    return found


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
