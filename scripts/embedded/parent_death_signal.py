"""Processes that do not outlive the one that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def bound_to(parent_pid: int) -> Callable[[], None]:
    """What a child runs before its program: the kernel kills it when the parent dies, even by kill -9 (Linux only)."""

    def bind() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # it died before the kernel was asked
            os._exit(1)

    return bind
