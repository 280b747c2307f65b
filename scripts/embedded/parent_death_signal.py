"""Bind child processes to their parent, so that they end with it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def bound_to(parent_pid: int) -> Callable[[], None]:
    """A preexec_fn for a child: the kernel kills it when the parent dies, even by kill -9 (Linux only)."""

    def bind() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # the parent died before prctl
            os._exit(1)

    return bind
