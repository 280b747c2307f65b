"""Programs that a test run starts for itself and takes with it when it ends, however it ends."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from scripts.embedded.parent_death_signal import bound_to
from tests.support.waiting import HANGS_AFTER_S, POLL_S, PROBE_TIMEOUT_S


def start(command: list[str], *, log: Path, is_up: Callable[[], bool]) -> subprocess.Popen[bytes]:
    """Starts a program and waits until it is up; what it says is in the log, and in the error when it does not come up."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, preexec_fn=bound_to(os.getpid())
        )
    deadline = time.monotonic() + HANGS_AFTER_S
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"{command[0]} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(POLL_S)
    return process


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PROBE_TIMEOUT_S).close()
    except OSError:
        return False
    return True
