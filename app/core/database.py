"""Connections to MariaDB and SQLite, and which database errors are transient."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError, TimeoutError as PoolTimeout

from app.core.database_outage_detector import DatabaseWatchdog, OutageAwarePool, WatchedConnection, build_ping
from app.core.errors import NotFound
from config import Settings

# MariaDB: lock wait time-out, deadlock; "record has changed since last read"; a savepoint that a deadlock took along
TRANSIENT_MARIADB_ERRORS = {1205, 1213, 1020, 1305}
# a column was compared with text outside its character set
ILLEGAL_MIX_OF_COLLATIONS = 1267
# all connections are taken, here or at the server
NO_CONNECTION_LEFT = {1040, 1203}
# wait for a connection before the pool checks whether other queries are answered
POOL_TIMEOUT_S = 0.5
# a connection idle for longer is pinged before use
PING_AFTER_IDLE_S = 2.0
_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def read_only() -> Iterator[None]:
    """Begin transactions inside the block as readers: on SQLite they wait for no writer and block none."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def read_write() -> Iterator[None]:
    """Begin transactions inside the block as writers, also within a read-only request."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


def set_read_only(reading: bool) -> None:
    """Set whether transactions of this context (a request) are read-only."""
    _reading.set(reading)


def engine_options(settings: Settings) -> dict[str, Any]:
    """Engine options for SETTINGS.database_uri.

    READ COMMITTED on MariaDB: its default hides newer rows from a plain read, and SKIP LOCKED against inserting
    neighbours deadlocks under it.
    """
    if settings.database_uri.startswith("sqlite"):
        connect_args = {"timeout": 15, "check_same_thread": False}
        return {"connect_args": connect_args, "pool_size": settings.database_pool, "hide_parameters": True}
    return {
        # the parameters hold personal data, and the error text reaches the log and the reasons of events
        "hide_parameters": True,
        "isolation_level": "READ COMMITTED",
        "poolclass": OutageAwarePool,
        "pool_size": settings.database_pool,
        "max_overflow": 0,
        "pool_timeout": POOL_TIMEOUT_S,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 2, "read_timeout": 20, "write_timeout": 20, "charset": "utf8mb4", "conv": _conversions()},
    }


def _conversions() -> dict[Any, Any]:
    """The driver's conversions, but times are parsed by fromisoformat instead of a regular expression: ten times as fast."""
    from pymysql.constants import FIELD_TYPE
    from pymysql.converters import conversions, convert_datetime

    def read(text: str) -> Any:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return convert_datetime(text)

    return conversions | {FIELD_TYPE.DATETIME: read, FIELD_TYPE.TIMESTAMP: read}


def prepare_engine(engine: Engine) -> None:
    """Configure the engine. SQLite: WAL, foreign keys, durable commits, explicit BEGIN (its driver begins too late). MariaDB: see below."""
    if engine.dialect.name != "sqlite":
        _install_watchdog(engine)
        _ping_idle(engine)
        _treat_collation_mix_as_no_match(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        # secure_delete: deleted personal data must not remain in the file's free pages
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "cache_size=-16000", "secure_delete=ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def _install_watchdog(engine: Engine) -> None:
    """Make the engine's connections WatchedConnections; the watchdog pings with the parameters of the latest connection."""
    assert isinstance(engine.pool, OutageAwarePool)
    watchdog = engine.pool.watchdog = DatabaseWatchdog()

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> WatchedConnection:
        watchdog.ping = build_ping(parameters)
        return WatchedConnection(watchdog, **parameters)


def overwrite_deleted(engine: Engine) -> None:
    """Overwrite deleted text on SQLite, which old segments of the full-text index and the write-ahead log still hold.

    While another connection reads or writes, this does nothing, and the next call does it.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=500")
        with suppress(sqlite3.OperationalError):
            cursor.execute("INSERT INTO call_search_texts_fts(call_search_texts_fts) VALUES ('optimize')")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA busy_timeout=15000")
    finally:
        connection.close()


def _ping_idle(engine: Engine) -> None:
    """Ping a connection that was idle before it is used; a ping on every use would double a short query's time."""

    @event.listens_for(engine, "checkin")
    def _remember(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < PING_AFTER_IDLE_S:
            return
        try:
            connection.ping(reconnect=False)
        except Exception as error:
            raise DisconnectionError("The connection was closed while it lay idle.") from error


def _treat_collation_mix_as_no_match(engine: Engine) -> None:
    """Answer NotFound when `ü` is looked up in an ASCII column: SQLite finds no row, MariaDB raises an error."""

    @event.listens_for(engine, "handle_error")
    def _not_found(context: Any) -> None:
        cause = context.original_exception
        if getattr(cause, "args", None) and cause.args[0] == ILLEGAL_MIX_OF_COLLATIONS:
            raise NotFound(_("Das gibt es hier nicht.")) from cause


def is_transient(error: BaseException) -> bool:
    """Whether a retry may succeed: a deadlock, a lock time-out, a locked SQLite file."""
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if cause is not None and cause.args and cause.args[0] in TRANSIENT_MARIADB_ERRORS:
        return True
    return isinstance(error, OperationalError) and "locked" in str(cause)


def is_busy(error: BaseException) -> bool:
    """Whether the database is reachable but overloaded: no connection free, or a transient error."""
    if isinstance(error, DBAPIError) and error.orig is not None and error.orig.args and error.orig.args[0] in NO_CONNECTION_LEFT:
        return True
    return isinstance(error, PoolTimeout) or is_transient(error)


def is_unavailable(error: BaseException) -> bool:
    """Whether the database cannot be reached."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, OperationalError))
