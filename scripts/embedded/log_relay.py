"""Relay the output of the processes, each line prefixed with their name; a stalled reader loses lines and blocks no process."""

import os
import select
import time

KEPT_BYTES = 256 * 1024
# a pipe that `select` calls writable takes at least this much without blocking (POSIX PIPE_BUF on Linux)
SAFE_WRITE_BYTES = 4096
COLOURS = {"web": 36, "worker": 33, "clock": 35, "redis": 31, "migrate": 32, "seed": 32}


class Output:
    """Standard output with non-blocking writes: keeps up to KEPT_BYTES for a slow reader, then drops the oldest lines."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._in_colour = os.isatty(descriptor) and "NO_COLOR" not in os.environ
        self._waiting = bytearray()
        self._closed = False

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def say(self, text: str = "") -> None:
        self._write(text.encode() + b"\n")

    def relay(self, name: str, line: bytes) -> None:
        start = f"{name:<7} | "
        if self._in_colour:
            start = f"\033[{COLOURS.get(name, 37)}m{start}\033[0m"
        self._write(start.encode() + line + b"\n")

    def flush(self, *, within_s: float = 0.0) -> None:
        """Write as much as the reader accepts now, or within the given time."""
        deadline = time.monotonic() + within_s
        while self._waiting and not self._closed:
            if not select.select([], [self._descriptor], [], max(0.0, deadline - time.monotonic()))[1]:
                return
            try:
                written = os.write(self._descriptor, self._waiting[:SAFE_WRITE_BYTES])
            except OSError:
                self._closed = True
                return
            del self._waiting[:written]

    def _write(self, data: bytes) -> None:
        if self._closed:
            return
        self._waiting += data
        self.flush()
        if len(self._waiting) > KEPT_BYTES:
            del self._waiting[: self._waiting.index(b"\n", len(self._waiting) - KEPT_BYTES) + 1]
