"""Two environments for fault injection: SQLite with everything embedded, and a separate MariaDB and Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.environment import VARIABLES, Environment
from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.running_server import RunningServer, copy_demo_data


@pytest.fixture(scope="session")
def sqlite_environment(scratch: Path, demo_data: Path) -> Iterator[Environment]:
    copy_demo_data(demo_data, scratch / "sqlite_environment")
    with RunningServer(scratch / "sqlite_environment", **VARIABLES) as server:
        yield Environment(server)


@pytest.fixture(scope="session")
def mariadb_environment(scratch: Path) -> Iterator[Environment]:
    folder = scratch / "mariadb_environment"
    with MariaDbServer(folder / "mariadb") as maria, RedisServer(folder / "redis") as redis:
        assert isinstance(maria, MariaDbServer)
        assert isinstance(redis, RedisServer)
        addresses = {"DATABASE_URL": maria.url, "REDIS_URL": redis.url}
        with RunningServer(folder / "instance", **VARIABLES, **addresses) as server:
            yield Environment(server, redis=redis, maria=maria)


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def environment(request: pytest.FixtureRequest) -> Environment:
    """Each environment in turn, with all processes up and an empty inbox."""
    prepared: Environment = request.getfixturevalue(f"{request.param}_environment")
    prepared.wait_until_ready()
    prepared.wait_until_settled()
    return prepared
