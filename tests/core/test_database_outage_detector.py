"""A silent MariaDB is noticed and nobody waits for it; a slow one is waited for, and so is a pool that serves others."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError, TimeoutError as PoolTimeout

from app.core import database_outage_detector
from app.core.database import engine_options, is_busy, is_unavailable, prepare_engine
from tests.support.applications import settings_for
from tests.support.external_servers import MariaDbServer
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = pytest.mark.mariadb
# the driver itself gives up long after the test has: whoever is let go sooner was let go by the watchdog
DRIVER_TIMEOUT_S = 10 * HANGS_AFTER_S


@pytest.fixture(scope="module")
def maria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    with MariaDbServer(tmp_path_factory.mktemp("watched_mariadb")) as started:
        yield started


@pytest.fixture
def engine(maria: MariaDbServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = settings_for(maria.url, "redis://127.0.0.1:1/0", tmp_path_factory.mktemp("instance"), database_pool=2)
    options = engine_options(settings)
    options["connect_args"] |= dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), DRIVER_TIMEOUT_S)
    engine = create_engine(settings.database_uri, **options)
    prepare_engine(engine)
    yield engine
    engine.dispose()


def ask(engine: Engine, statement: str = "SELECT 1") -> object:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar()


def asked_at_once(engine: Engine, count: int) -> list[SQLAlchemyError]:
    errors: list[SQLAlchemyError] = []

    def run() -> None:
        try:
            ask(engine)
        except SQLAlchemyError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANGS_AFTER_S)
    return errors


def answers(engine: Engine) -> bool:
    try:
        return ask(engine) == 1
    except SQLAlchemyError:
        return False


def test_who_waits_for_a_frozen_database_is_let_go_and_those_behind_do_not_wait_at_all(maria: MariaDbServer, engine: Engine) -> None:
    ask(engine)
    maria.freeze()
    try:
        errors = asked_at_once(engine, 8)
        assert [(is_unavailable(error), is_busy(error)) for error in errors] == [(True, False)] * 8
        assert engine.pool.watchdog.is_silent  # type: ignore[attr-defined]
        with pytest.raises(SQLAlchemyError, match="does not answer at present"):
            ask(engine)
    finally:
        maria.thaw()
    wait_until(lambda: answers(engine), what="the database")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watchdog that asks often and takes no slow machine for a silent database."""
    monkeypatch.setattr(database_outage_detector, "SUSPECT_AFTER_S", 0.1)
    monkeypatch.setattr(database_outage_detector, "PING_TIMEOUT_S", HANGS_AFTER_S)
    monkeypatch.setattr(database_outage_detector, "POOL_TIMEOUT_S", HANGS_AFTER_S)


def test_slow_statement_is_waited_for(patient: None, engine: Engine) -> None:
    assert ask(engine, "SELECT SLEEP(1.5)") == 0


def test_many_wait_for_few_connections_as_long_as_others_are_answered(patient: None, engine: Engine) -> None:
    over = threading.Event()

    def keep_busy() -> None:
        while not over.is_set():
            ask(engine, "SELECT SLEEP(0.4)")
            time.sleep(0.05)

    busy = [threading.Thread(target=keep_busy) for _ in range(2)]
    for thread in busy:
        thread.start()
    errors = asked_at_once(engine, 12)
    over.set()
    for thread in busy:
        thread.join()
    assert errors == []


def test_pool_whose_connections_are_only_held_is_busy_and_not_away(engine: Engine) -> None:
    held = [engine.connect() for _ in range(2)]
    with pytest.raises(PoolTimeout) as raised:
        engine.connect()
    assert is_busy(raised.value)
    for connection in held:
        connection.close()


def test_forked_process_watches_for_itself(engine: Engine) -> None:
    ask(engine)
    watchdog = engine.pool.watchdog  # type: ignore[attr-defined]
    watchdog._watching_pid = -1
    ask(engine)
    assert [thread.name for thread in threading.enumerate()].count("database-watchdog") >= 2
