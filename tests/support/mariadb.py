"""A private MariaDB in a folder of its own: fast because nothing needs to survive, otherwise as in production."""

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from scripts.embedded.redis_server import free_port
from tests.support import processes

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
    data, socket_file, port = folder / "data", Path("/tmp") / f"mariadb-{os.getpid()}-{free_port()}.sock", free_port()
    user = getpass.getuser()
    place = ["--no-defaults", f"--datadir={data}", f"--user={user}"]
    subprocess.run(
        ["mariadb-install-db", *place, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
    )
    chosen = (*(DURABLE if durable else HASTY), *SETTINGS)
    command = ["mariadbd", *place, *chosen, f"--socket={socket_file}", f"--port={port}", "--bind-address=127.0.0.1"]
    process = processes.start(command, log=folder / "mariadb.log", is_up=lambda: processes.answers(port))
    try:
        yield f"mysql+pymysql://root@127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        socket_file.unlink(missing_ok=True)


def make_database(server_url: str, name: str) -> str:
    """Makes an empty database there and gives its URL."""
    port = int(server_url.rsplit(":", 1)[1])
    connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE DATABASE {name} CHARACTER SET utf8mb4")
    return f"{server_url}/{name}"
