"""A private MariaDB in a folder of its own: fast because nothing needs to survive, otherwise as in production."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from scripts.embedded.redis_server import free_port
from tests.support import processes
from tests.support.waiting import PROBE_TIMEOUT_S

IN_CI = os.environ.get("CI") == "true"
# nothing is waited for on the disk; locks, isolation and limits stay as they are
HASTY = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=32M",
    "--innodb-fast-shutdown=2",
)
# a commit is on the disk before it is answered, as in production
DURABLE = ("--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=2G", "--innodb-log-file-size=512M")
SETTINGS = (
    "--skip-log-bin",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--max-connections=400",
)


def is_installed() -> bool:
    return shutil.which("mariadbd") is not None and shutil.which("mariadb-install-db") is not None


def is_tested() -> bool:
    """Whether the tests run on MariaDB too; in CI they do, and fail where it is missing."""
    return IN_CI or is_installed()


@contextmanager
def private_mariadb(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Gives the URL of a server without databases of its own; append the name of one."""
    chosen = (*(DURABLE if durable else HASTY), *SETTINGS)
    process, port, socket_file = _start(["mariadbd", *prepare_folder(folder), *chosen], folder / "mariadb.log")
    try:
        yield f"mysql+pymysql://root@127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        socket_file.unlink(missing_ok=True)


def prepare_folder(folder: Path) -> list[str]:
    """Make the system tables in a folder, once, and return the options that say where a server finds everything."""
    data, temporary = folder / "data", folder / "tmp"
    # a starting server empties its folder of temporary tables: in a shared one those of all the others are gone
    temporary.mkdir(exist_ok=True)
    places = ["--no-defaults", f"--datadir={data}", f"--tmpdir={temporary}", f"--user={getpass.getuser()}"]
    if not data.exists():
        install = ["mariadb-install-db", *places, "--auth-root-authentication-method=normal", "--skip-test-db"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"MariaDB's system tables could not be made:\n{done.stdout}{done.stderr}")
    return places


def _start(command: list[str], log: Path) -> tuple[subprocess.Popen[bytes], int, Path]:
    """Start the server on a free port. Somebody else may take the port in between: the server ends then, and another port is tried."""
    for attempts_left in (2, 1, 0):
        port = free_port()
        socket_file = Path("/tmp") / f"mariadb-{os.getpid()}-{port}.sock"
        place = [f"--socket={socket_file}", f"--port={port}", "--bind-address=127.0.0.1"]
        try:
            return processes.start([*command, *place], log=log, is_up=lambda: _answers(socket_file)), port, socket_file  # noqa: B023
        except RuntimeError:
            if not attempts_left:
                raise
    raise AssertionError


def _answers(socket_file: Path) -> bool:
    """Whether this very server greets; behind the port it may be another one."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PROBE_TIMEOUT_S)
        try:
            client.connect(str(socket_file))
            return client.recv(1) != b""
        except OSError:
            return False


def make_database(server_url: str, name: str) -> str:
    """Makes an empty database there and gives its URL."""
    port = int(server_url.rsplit(":", 1)[1])
    connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE DATABASE {name} CHARACTER SET utf8mb4")
    return f"{server_url}/{name}"
