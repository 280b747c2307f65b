"""Two houses to rage in: SQLite with everything embedded, and MariaDB and Redis of their own."""

from collections.abc import Iterator

import pytest

from tests.faults.house import VARIABLES, House
from tests.support.backends import MariaBackend, RedisBackend
from tests.support.running_server import RunningServer


@pytest.fixture(scope="package")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with RunningServer(tmp_path_factory.mktemp("sqlite_house") / "instance", **VARIABLES) as server:
        yield House(server)


@pytest.fixture(scope="package")
def mariadb_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("mariadb_house")
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
