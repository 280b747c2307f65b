"""Private databases, Redis and web servers for a benchmark, on loopback, removed afterwards."""

import base64
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import mariadb
from tests.support.redis import private_redis

KEY = "key_for_measuring"
# the worker class of `web` in the Procfile
WEB_WORKER = "scripts.web_server.buffered_worker.BufferedThreadWorker"
ENVIRONMENT = {
    "SECRET_KEY": "s" * 40,
    "ENCRYPTION_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "RETELL_API_KEY": KEY,
    "LOG_LEVEL": "WARNING",
    "APP_ENV": "testing",
}


@contextmanager
def isolated_environment(kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of an application on a new database of this kind (sqlite, mariadb) and a new Redis."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        with private_redis(folder / "redis") as redis_url:
            base = (
                os.environ
                | ENVIRONMENT
                | {"INSTANCE_PATH": str(folder / "instance"), "REDIS_URL": redis_url, "BENCH_REDIS_URL": redis_url, "BENCH_KEY": KEY}
            )
            base.pop("PROMETHEUS_MULTIPROC_DIR", None)
            if kind == "sqlite":
                yield base | {
                    "DATABASE_URL": f"sqlite:///{folder}/ours.sqlite3",
                    "BENCH_DATABASE_URL": f"sqlite:///{folder}/baseline.sqlite3",
                }
                return
            (folder / "mariadb").mkdir()
            with mariadb.private_mariadb(folder / "mariadb", durable=True) as server:
                yield base | {
                    "DATABASE_URL": mariadb.make_database(server, "ours"), "BENCH_DATABASE_URL": mariadb.make_database(server, "baseline"),
                }  # fmt: skip


@contextmanager
def web_server(module: str, environment: dict[str, str], *, worker: str, workers: int, threads: int = 32) -> Iterator[int]:
    """Serve the application with gunicorn; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}", "--worker-class", worker, "--workers", str(workers),
        "--log-level", "warning", "--keep-alive", "60", "--no-control-socket",
    ]  # fmt: skip
    if worker in ("gthread", WEB_WORKER):
        command += ["--threads", str(threads)]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def run_flask(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("The server does not come up.")
