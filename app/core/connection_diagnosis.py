"""Diagnose why the database or Redis cannot be used: one line with the variable and its right form, without a password."""

import sqlite3
from dataclasses import dataclass
from typing import Any

import pymysql
import redis
from sqlalchemy import column, create_engine, make_url, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from config import Settings

CONNECT_TIMEOUT_S = 2
ACCESS_DENIED, ACCESS_DENIED_WITHOUT_PASSWORD, DATABASE_DENIED, UNKNOWN_DATABASE, COMMAND_DENIED = 1045, 1698, 1044, 1049, 1142
NO_CONNECTION_FREE, NO_SUCH_TABLE, NO_SUCH_COLUMN = 1040, 1146, 1054
# no connection by socket file or network, server gone, connection lost, connection already closed
UNREACHABLE_ERRORS = {2002, 2003, 2006, 2013, 0}
VERSION = select(column("version_num")).select_from(table("alembic_version"))


@dataclass(frozen=True)
class BackingServiceProblem:
    """`is_final`: the server answered and refused, so waiting does not help."""

    text: str
    is_final: bool
    is_unmigrated: bool = False


def _unmigrated(settings: Settings) -> BackingServiceProblem:
    """Not final: during a release the processes may start before the migration has run."""
    url = make_url(settings.database_uri)
    name = f"{url.database}" if url.get_backend_name() == "sqlite" else f"{url.database!r} at {url.host or 'localhost'}:{url.port or 3306}"
    source = "from DATABASE_URL" if settings.database_url else "for DATABASE_URL is not set"
    return BackingServiceProblem(
        f"The database {name} ({source}, APP_ENV is {settings.app_env}) is not migrated to this version: `flask --app wsgi db upgrade`, "
        "release in the Procfile, does it.",
        is_final=False, is_unmigrated=True,
    )  # fmt: skip


def database_problem(error: DBAPIError, settings: Settings) -> BackingServiceProblem:
    cause = error.orig
    if isinstance(cause, pymysql.MySQLError):
        return _mariadb_problem(cause, settings)
    message = str(cause) if isinstance(cause, sqlite3.Error) else type(cause).__name__
    if "no such table" in message or "no such column" in message:
        return _unmigrated(settings)
    variable = "DATABASE_URL" if settings.database_url else "INSTANCE_PATH"
    file = make_url(settings.database_uri).database
    return BackingServiceProblem(f"{variable}: the database {file} cannot be used: {message}.", is_final="locked" not in message)


def _mariadb_problem(cause: pymysql.MySQLError, settings: Settings) -> BackingServiceProblem:
    url = make_url(settings.database_uri)
    where, code = f"{url.host or 'localhost'}:{url.port or 3306}", cause.args[0] if cause.args else 0
    final_messages = {
        ACCESS_DENIED: f"MariaDB at {where} refuses the user {url.username or ''!r} or its password.",
        ACCESS_DENIED_WITHOUT_PASSWORD: f"MariaDB at {where} refuses the user {url.username or ''!r} or its password.",
        DATABASE_DENIED: f"the user {url.username or ''!r} may not use the database {url.database!r} at {where}: GRANT it the rights.",
        COMMAND_DENIED: f"the user {url.username or ''!r} lacks rights in the database {url.database!r} at {where}: GRANT them.",
        UNKNOWN_DATABASE: f"{where} has no database {url.database!r}: CREATE DATABASE {url.database} CHARACTER SET utf8mb4 makes it.",
    }
    if code in final_messages:
        return BackingServiceProblem(f"DATABASE_URL: {final_messages[code]}", is_final=True)
    if code in (NO_SUCH_TABLE, NO_SUCH_COLUMN):
        return _unmigrated(settings)
    if code == NO_CONNECTION_FREE:
        return BackingServiceProblem(f"DATABASE_URL: MariaDB at {where} has no connection free (max_connections).", is_final=False)
    if code not in UNREACHABLE_ERRORS:
        return BackingServiceProblem(f"MariaDB at {where} says: {cause.args[-1]} ({code}).", is_final=False)
    reason = _get_reason(getattr(cause, "original_exception", None) or cause)
    return BackingServiceProblem(
        f"DATABASE_URL: no MariaDB answers at {where} ({reason}); host and port must be those of one that runs.", is_final=False
    )


def redis_problem(error: redis.RedisError, settings: Settings) -> BackingServiceProblem:
    options: dict[str, Any] = redis.connection.parse_url(settings.redis_url) if settings.redis_url else {}
    if not options:
        return BackingServiceProblem("REDIS_URL is not set, and no embedded server runs; `scripts/server` starts one.", is_final=True)
    where = f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"
    if isinstance(error, redis.AuthenticationError) or "NOAUTH" in str(error):
        return BackingServiceProblem(
            f"REDIS_URL: Redis at {where} refuses the password; redis://:password@host:port/0 names one.", is_final=True
        )
    if isinstance(error, redis.ResponseError) and "DB index" in str(error):
        return BackingServiceProblem(f"REDIS_URL: Redis at {where} has no database {options.get('db')}; 0 is always there.", is_final=True)
    if isinstance(error, redis.InvalidResponse):
        return BackingServiceProblem(f"REDIS_URL: what answers at {where} is not Redis.", is_final=True)
    return BackingServiceProblem(
        f"REDIS_URL: no Redis answers at {where} ({_get_reason(error)}); host and port must be those of one that runs.", is_final=False
    )


def _get_reason(error: BaseException) -> str:
    """The operating system's message, taken from below the libraries' exceptions."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and below.strerror:
            return below.strerror
        below = below.__cause__ or below.__context__
    return "timed out" if "imed out" in str(error) or "Timeout" in str(error) else type(error).__name__


def find_problems(settings: Settings) -> list[BackingServiceProblem]:
    """Connect once to the database and once to Redis; one problem for each that cannot be used."""
    return [problem for problem in (_find_database_problem(settings), _find_redis_problem(settings)) if problem]


def _find_database_problem(settings: Settings) -> BackingServiceProblem | None:
    is_sqlite = settings.database_uri.startswith("sqlite")
    timeout = {} if is_sqlite else {"connect_timeout": CONNECT_TIMEOUT_S, "read_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(settings.database_uri, poolclass=NullPool, connect_args=timeout)
    try:
        with engine.connect() as connection:
            connection.execute(VERSION)
    except DBAPIError as error:
        return database_problem(error, settings)
    except TypeError as error:  # an option in the URL that the driver does not have
        return BackingServiceProblem(f"DATABASE_URL: {str(error).rpartition(') ')[2].rpartition('() ')[2]}.", is_final=True)
    return None


def _find_redis_problem(settings: Settings) -> BackingServiceProblem | None:
    if not settings.redis_url:
        return None
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=CONNECT_TIMEOUT_S) as client:
            client.ping()
    except redis.RedisError as error:
        return redis_problem(error, settings)
    return None
