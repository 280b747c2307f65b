"""How connections are made, and which errors pass by themselves; asked of real databases wherever they can be provoked."""

import threading
from collections.abc import Callable, Iterator

import pymysql
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError, TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from app.core.database import POOL_TIMEOUT_S, engine_options, is_transient, is_unavailable, prepare_engine, read_only
from app.models import Company
from tests.support.applications import settings_for
from tests.support.external_servers import MariaDbServer

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ON_MARIADB = pytest.mark.parametrize("database_kind", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True)


def wrapped(kind: type[DBAPIError], number: int, words: str) -> DBAPIError:
    return kind("UPDATE", {}, pymysql.err.OperationalError(number, words))


@pytest.mark.parametrize(
    ("error", "passing", "away"),
    [
        (wrapped(OperationalError, 1213, "Deadlock found when trying to get lock"), True, True),
        (wrapped(OperationalError, 1205, "Lock wait timeout exceeded"), True, True),
        (wrapped(OperationalError, 1020, "Record has changed since last read"), True, True),
        (wrapped(OperationalError, 1305, "SAVEPOINT sa_savepoint_1 does not exist"), True, True),
        (OperationalError("INSERT", {}, Exception("database is locked")), True, True),
        (wrapped(OperationalError, 2003, "Can't connect to MySQL server"), False, True),
        (wrapped(OperationalError, 2013, "Lost connection to MySQL server during query"), False, True),
        (wrapped(OperationalError, 1040, "Too many connections"), False, True),
        (PoolTimeout("QueuePool limit reached"), False, True),
        (IntegrityError("INSERT", {}, Exception("Duplicate entry")), False, False),
        (ProgrammingError("SELECT", {}, Exception("no such table")), False, False),
        (ValueError("no"), False, False),
    ],
)
def test_errors_are_told_apart(error: Exception, passing: bool, away: bool) -> None:
    assert (is_transient(error), is_unavailable(error)) == (passing, away)


@ON_MARIADB
def test_on_mariadb_a_plain_read_sees_what_is_committed(db: SQLAlchemy) -> None:
    """READ COMMITTED: the second look inside one transaction finds the newer row."""
    db.session.add(Company(slug="a", name="before"))
    db.session.commit()
    assert db.session.scalar(select(Company.name)) == "before"
    with db.engine.begin() as other:
        other.execute(update(Company).values(name="after"))
    assert db.session.scalar(text("SELECT name FROM companies")) == "after"
    assert db.session.scalar(text("SELECT @@tx_isolation")) == "READ-COMMITTED"


@ON_SQLITE
def test_on_sqlite_readers_wait_for_no_writer(app: Flask, db: SQLAlchemy) -> None:
    db.session.add(Company(slug="a", name="before"))
    db.session.commit()
    with db.engine.begin() as writer:
        writer.execute(update(Company).values(name="after"))
        # who waited here would wait for a commit that comes afterwards, and be refused in the end
        with read_only(), db.engine.begin() as reader:
            assert reader.execute(select(Company.name)).scalar() == "before"


@ON_SQLITE
def test_on_sqlite_who_reads_first_and_writes_then_is_never_refused(app: Flask, db: SQLAlchemy) -> None:
    """BEGIN IMMEDIATE: with a deferred one the second of two such transactions would fail at once, whatever its patience."""
    db.session.add(Company(slug="a", name="0"))
    db.session.commit()

    def count_up() -> None:
        for _ in range(20):
            with db.engine.begin() as connection:
                at = int(connection.execute(select(Company.name)).scalar() or 0)
                connection.execute(update(Company).values(name=str(at + 1)))

    threads = [threading.Thread(target=_inside(app, count_up)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.scalar(select(Company.name)) == "80"


@ON_SQLITE
def test_sqlite_keeps_references_and_commits_durably(db: SQLAlchemy) -> None:
    asked = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "synchronous", "journal_mode")}
    assert asked == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    with MariaDbServer(tmp_path_factory.mktemp("own_mariadb"), "--max-connections=6") as started:
        yield started


@pytest.mark.mariadb
@pytest.mark.parametrize("idle", [True, False])
def test_a_killed_mariadb_is_away_at_once_and_needs_no_new_engine(
    backend: MariaDbServer, idle: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = own_engine(backend, tmp_path_factory)
    connection = engine.connect()
    connection.execute(text("SELECT 1"))
    if idle:
        connection.close()
    backend.kill()
    with pytest.raises(DBAPIError) as raised:
        (engine.connect() if idle else connection).execute(text("SELECT 1"))
    assert is_unavailable(raised.value)
    connection.close()
    backend.start()
    with engine.connect() as again:
        assert again.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.mariadb
def test_no_connection_left_means_away(backend: MariaDbServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    backend.start()
    held = []
    with pytest.raises(pymysql.err.OperationalError, match="Too many"):
        while True:
            held.append(backend.connect(database=None))
    engine = own_engine(backend, tmp_path_factory)
    with pytest.raises(OperationalError, match="Too many") as raised:
        engine.connect()
    assert is_unavailable(raised.value)
    for connection in held:
        connection.close()
    with engine.connect() as again:
        assert again.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.mariadb
def test_a_pool_that_is_used_up_says_so_after_one_wait(
    backend: MariaDbServer, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.start()
    engine = own_engine(backend, tmp_path_factory, database_pool=2)
    held = [engine.connect() for _ in range(2)]
    waits: list[float] = []
    wait = QueuePool._do_get
    monkeypatch.setattr(QueuePool, "_do_get", lambda pool: waits.append(pool.timeout()) or wait(pool))
    with pytest.raises(PoolTimeout) as raised:
        engine.connect()
    assert waits == [POOL_TIMEOUT_S]
    assert is_unavailable(raised.value)
    for connection in held:
        connection.close()
    engine.dispose()


def own_engine(backend: MariaDbServer, folders: pytest.TempPathFactory, **others: int) -> Engine:
    settings = settings_for(backend.url, "redis://127.0.0.1:1/0", folders.mktemp("instance"), **others)
    engine = create_engine(settings.database_uri, **engine_options(settings))
    prepare_engine(engine)
    return engine


def _inside(app: Flask, work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            work()

    return run
