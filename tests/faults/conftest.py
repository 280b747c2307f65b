"""Two houses to rage in: SQLite with everything embedded, and MariaDB and Redis of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import VARIABLES, House
from tests.support.backends import MariaBackend, RedisBackend
from tests.support.running_server import RunningServer, copy_town


@pytest.fixture(scope="session")
def sqlite_house(scratch: Path, town: Path) -> Iterator[House]:
    copy_town(town, scratch / "sqlite_house")
    with RunningServer(scratch / "sqlite_house", **VARIABLES) as server:
        yield House(server)


@pytest.fixture(scope="session")
def mariadb_house(scratch: Path) -> Iterator[House]:
    folder = scratch / "mariadb_house"
    with MariaBackend(folder / "mariadb") as maria, RedisBackend(folder / "redis") as redis:
        assert isinstance(maria, MariaBackend)
        assert isinstance(redis, RedisBackend)
        addresses = {"DATABASE_URL": maria.url, "REDIS_URL": redis.url}
        with RunningServer(folder / "instance", **VARIABLES, **addresses) as server:
            yield House(server, redis=redis, maria=maria)


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def house(request: pytest.FixtureRequest) -> House:
    """Each of the two in turn, whole and at rest."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    found.wait_until_ready()
    found.wait_until_settled()
    return found
