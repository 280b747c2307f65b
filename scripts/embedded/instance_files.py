"""Files of the instance folder, readable by their owner only."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, BinaryIO


class InstanceBusy(Exception):
    """Another server uses this instance folder."""


def write_private(file: Path, text: str) -> None:
    """Replace the file atomically; it is readable by its owner only, from the first byte on."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    draft.replace(file)


def read_json(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text()) if file.exists() else {}


def occupy(instance: Path) -> BinaryIO:
    """Lock the instance for this process; the kernel releases the lock at its end. Raises InstanceBusy."""
    instance.mkdir(parents=True, exist_ok=True)
    instance.chmod(0o700)
    lock = open(instance / "server.lock", "ab")  # noqa: SIM115 - open files hold the lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InstanceBusy from error
    return lock
