"""Waiting for what should come; the deadline tells only what works from what hangs."""

import time
from collections.abc import Callable

# longer than anything takes that works, also on a slow machine with three runs of tests; shorter than pytest's own limit for one test
HANGS_AFTER_S = 120.0
POLL_S = 0.02
# of one question that is asked again while it is waited for
PROBE_TIMEOUT_S = 30.0


def wait_until(is_so: Callable[[], object], what: str = "it") -> None:
    """Wait until the condition holds; `what` names it where it does not come."""
    deadline = time.monotonic() + HANGS_AFTER_S
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come within {HANGS_AFTER_S:.0f} s"
        time.sleep(POLL_S)
