"""A Redis and a MariaDB that a test may kill, freeze, empty and restart, on a fixed port and folder."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pymysql
import redis

from scripts.embedded.redis_server import free_port, prepare_redis
from tests.support import processes
from tests.support.mariadb import SETTINGS, prepare_folder
from tests.support.waiting import HANGS_AFTER_S


class ExternalServer:
    """A local server process; a context manager."""

    url: str

    def __init__(self, command: list[str], *, log: Path, is_up: Callable[[], bool]) -> None:
        self._command, self._log, self._is_up = command, log, is_up
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ExternalServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the process unless it is running."""
        if self._process is None or self._process.poll() is not None:
            self._process = processes.start(self._command, log=self._log, is_up=self._is_up)

    def kill(self) -> None:
        """Kill the process with SIGKILL, frozen or not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop the process: it accepts connections and responds to nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


class RedisServer(ExternalServer):
    """Debian's Redis where it is installed, else the embedded Valkey, with its data on disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        server = prepare_redis(folder, program=shutil.which("redis-server"))
        self.url = server.url
        super().__init__(server.command, log=folder / "redis.log", is_up=self._pings)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()

    def _pings(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as connection:
                return bool(connection.ping())
        except redis.ConnectionError:
            return False


class MariaDbServer(ExternalServer):
    """A MariaDB with one database, durable as in production: acknowledged writes survive SIGKILL."""

    def __init__(self, folder: Path, *settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._port, self._socket = free_port(), Path("/tmp") / f"mariadb-{os.getpid()}-{free_port()}.sock"
        self.url = f"mysql+pymysql://root@127.0.0.1:{self._port}/askproai"
        own = [f"--socket={self._socket}", f"--port={self._port}", "--bind-address=127.0.0.1"]
        own += ["--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1"]
        super().__init__(["mariadbd", *prepare_folder(folder), *SETTINGS, *own, *settings], log=folder / "mariadb.log", is_up=self._answers)

    def start(self) -> None:
        super().start()
        with self.connect(database=None) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS askproai CHARACTER SET utf8mb4")

    def kill(self) -> None:
        super().kill()
        self._socket.unlink(missing_ok=True)

    def connect(self, database: str | None = "askproai") -> "pymysql.Connection[pymysql.cursors.Cursor]":
        """Open a connection for the test."""
        place = {"host": "127.0.0.1", "port": self._port, "user": "root", "database": database}
        return pymysql.connect(**place, connect_timeout=HANGS_AFTER_S, autocommit=True)

    def execute(self, statement: str) -> None:
        """Execute a statement as administrator."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def _answers(self) -> bool:
        try:
            self.connect(database=None).close()
        except pymysql.OperationalError:
            return False
        return True
