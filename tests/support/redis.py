"""A private Redis: Debian's where it is installed, else the embedded Valkey, so that a machine with it tests both."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from scripts.embedded.redis_server import prepare_redis
from tests.support import processes


@contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """Gives the URL of an empty server that ends with the block."""
    server = prepare_redis(folder, program=shutil.which("redis-server"))
    connection = redis.Redis.from_url(server.url)
    process = processes.start(server.command, log=folder / "redis.log", is_up=lambda: _pings(connection))
    connection.close()
    try:
        yield server.url
    finally:
        process.kill()
        process.wait()


def _pings(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.ConnectionError:
        return False
