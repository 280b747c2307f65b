"""Fixtures for every test: an application on a clean database (SQLite and MariaDB in turn), Redis, a server, a browser."""

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from hypothesis import settings
from pytest_httpserver import HTTPServer

from app.core.extensions import db as the_db
from tests.support import applications, browser, mariadb
from tests.support.redis import private_redis

# What is imported and collected stays to the end: the collector would walk through all of it again and again.
gc.disable()
pytest_plugins = ["tests.support.serving"]
DATABASES = ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)]
# the mark of the tests that need it, whether they run, and what is said if not; in CI they run, and fail where it is missing
NEEDS = (
    ("mariadb", mariadb.is_tested(), "MariaDB is not installed: the tests run on SQLite only."),
    ("browser", browser.is_tested(), "Chromium is not installed: the browser tests are left out."),
)
ROOM_FOR_DATABASES = 2 * 2**30
applications.forget_the_environment()
applications.hash_passwords_cheaply()
applications.compile_stale_translations()
# how long an example takes says more of the machine than of the code
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_report_header() -> list[str]:
    return [line for _, there, line in NEEDS if not there]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a program that is not installed is left out, which the header says."""
    missing = [mark for mark, there, _ in NEEDS if not there]
    if not missing:
        return
    left_out = [any(map(item.get_closest_marker, missing)) for item in items]
    config.hook.pytest_deselected(items=list(compress(items, left_out)))
    items[:] = compress(items, map(not_, left_out))


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for this run, in memory where the machine has enough of it: a database that waits for a disk makes most of a test's time."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_FOR_DATABASES
    with tempfile.TemporaryDirectory(prefix="askproai-", dir=memory if has_room else None, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def redis_url(scratch: Path) -> Iterator[str]:
    folder = scratch / "redis"
    folder.mkdir()
    with private_redis(folder) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url(scratch: Path) -> Iterator[str]:
    """The address of a private MariaDB, without a database's name."""
    folder = scratch / "mariadb"
    folder.mkdir()
    with mariadb.private_mariadb(folder) as url:
        yield url


class Applications:
    """One application per database for the whole run; making one takes longer than most tests."""

    def __init__(self, request: pytest.FixtureRequest, scratch: Path, redis_url: str) -> None:
        self._request, self._scratch, self._redis_url = request, scratch, redis_url
        self._made: dict[str, tuple[Flask, applications.SqliteDatabase | applications.MariaDatabase]] = {}

    def clean(self, kind: str) -> tuple[Flask, str]:
        """The application on a database of this kind as the migrations left it, and the database's URL."""
        if kind not in self._made:
            database = self._database(kind)
            app = applications.new_app(self.settings(database.url))
            database.migrate(app)
            self._made[kind] = (app, database)
        app, database = self._made[kind]
        database.wipe(app)
        return app, database.url

    def settings(self, database_url: str, /, **others: Any) -> Any:
        database_url, redis_url = others.pop("database_url", database_url), others.pop("redis_url", self._redis_url)
        return applications.settings_for(database_url, redis_url, self._scratch / "instance", **others)

    def _database(self, kind: str) -> applications.SqliteDatabase | applications.MariaDatabase:
        if kind == "sqlite":
            return applications.SqliteDatabase(self._scratch)
        return applications.MariaDatabase(mariadb.make_database(self._request.getfixturevalue("mariadb_url"), "askproai"))


@pytest.fixture(scope="session")
def all_applications(request: pytest.FixtureRequest, scratch: Path, redis_url: str) -> Applications:
    return Applications(request, scratch, redis_url)


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test that stands on a database runs once on every kind."""
    return request.param


@pytest.fixture(scope="session")
def redis_connection(redis_url: str) -> Iterator[redis_library.Redis]:
    connection = redis_library.Redis.from_url(redis_url)
    yield connection
    connection.close()


@pytest.fixture
def redis(redis_connection: redis_library.Redis) -> redis_library.Redis:
    """Redis, emptied."""
    redis_connection.flushall()
    return redis_connection


@pytest.fixture
def app(all_applications: Applications, database_kind: str, redis: redis_library.Redis) -> Iterator[Flask]:
    """The application on an empty database; changes to its config last for one test."""
    app, _ = all_applications.clean(database_kind)
    config = dict(app.config)
    yield app
    app.config.clear()
    app.config.update(config)


@pytest.fixture
def database_url(app: Flask) -> str:
    return app.config["SETTINGS"].database_uri


@pytest.fixture
def make_app(all_applications: Applications, database_url: str) -> Iterator[Callable[..., Flask]]:
    """Makes further applications on the test's database, with other settings: `make_app(retell_api_key="")`."""
    with ExitStack() as at_the_end:

        def make(**others: Any) -> Flask:
            app = applications.new_app(all_applications.settings(database_url, **others))
            at_the_end.callback(_close_connections, app)
            return app

        yield make


@pytest.fixture
def db(app: Flask) -> Iterator[SQLAlchemy]:
    """The database inside an application context; requests of `client` do not share it."""
    with app.app_context():
        yield the_db
        the_db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def http(httpserver: HTTPServer) -> HTTPServer:
    """A stand-in for a provider that speaks real HTTP on this machine."""
    return httpserver


def _close_connections(app: Flask) -> None:
    with app.app_context():
        the_db.engine.dispose()
