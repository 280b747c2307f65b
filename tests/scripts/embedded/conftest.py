"""Production as its tests start it, an environment for all of them and a database for each file."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.external_servers import MariaDbServer, RedisServer
from tests.support.production import Production, make_environment


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("production") / "venv")


@pytest.fixture(scope="module")
def production(scratch: Path, programs: Path, request: pytest.FixtureRequest) -> Iterator[Production]:
    """The lines of the Procfile on a MariaDB and a Redis of their own, migrated and else empty."""
    folder = scratch / request.module.__name__.rpartition(".")[2]
    with ExitStack() as started:
        maria, redis = (started.enter_context(kind(folder / kind.__name__)) for kind in (MariaDbServer, RedisServer))
        running = started.enter_context(Production(folder, programs, database_url=maria.url, redis_url=redis.url))
        release = running.start("release")
        assert release.wait() == 0, release.said
        yield running
