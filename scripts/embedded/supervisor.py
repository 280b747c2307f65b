"""Start processes, relay their output, restart those that end, and stop all of them.

One thread and one non-blocking loop: children must be forked from a process without other threads.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from scripts.embedded.log_relay import Output
from scripts.embedded.parent_death_signal import bound_to

# a process that ends sooner counts as an early exit, which doubles the delay of its next start
YOUNG_S = 2.0
FIRST_PAUSE_S = 0.1
MAX_RESTART_DELAY_S = 10.0
READ_BYTES = 65536


@dataclass(frozen=True)
class Program:
    """A command to run. `stops_last`: needed by the others while they stop; lines with a `hidden` word are not relayed."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    keep_open: tuple[int, ...] = ()
    restart: bool = True
    stops_last: bool = False
    hidden: tuple[bytes, ...] = ()


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    young_deaths: int = 0
    due_at: float | None = None
    code: int | None = None
    unfinished: dict[int, bytes] = field(default_factory=dict)


class Supervisor:
    """`turn()` runs one iteration; the caller loops. `on_change` is called after every start and end of a process."""

    def __init__(self, output: Output, *, on_change: Callable[[], None] = lambda: None) -> None:
        self.output = output
        self.children: dict[str, Child] = {}
        self._on_change = on_change
        self._selector = selectors.PollSelector()
        self._wake = self._wake_on_signals()

    @property
    def process_ids(self) -> dict[str, int]:
        return {name: child.process.pid for name, child in self.children.items() if child.process is not None}

    def start(self, program: Program) -> Child:
        child = self.children[program.name] = Child(program)
        self._launch(child)
        return child

    def turn(self, longest_s: float = 1.0) -> None:
        """Wait for output, a signal or a due restart, at most `longest_s`, and handle it."""
        now = time.monotonic()
        for child in self.children.values():
            if child.due_at is not None and child.due_at <= now:
                self._launch(child)
        due = [child.due_at - now for child in self.children.values() if child.due_at is not None]
        timeout_s = min([longest_s, *due, *([0.05] if self.output.has_waiting else [])])
        for key, _ in self._selector.select(max(0.0, timeout_s)):
            self._relay(key.fileobj, key.data)
        self.output.flush()
        for child in list(self.children.values()):
            self._reap(child)

    def stop(self, *, within_s: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Send SIGTERM to all, `stops_last` programs after the others, and SIGKILL to those still running after the time."""
        for child in self.children.values():
            child.due_at = None
        deadline = time.monotonic() + within_s
        for last in (False, True):
            stopping = [child for child in self.children.values() if child.program.stops_last is last and child.process is not None]
            for child in stopping:
                child.program = replace(child.program, restart=False)
                _signal(child, signal.SIGTERM)
            limit = deadline if last else deadline - 1.5
            while any(child.process is not None for child in stopping) and time.monotonic() < limit and not hurry():
                self.turn(0.1)
            for child in stopping:
                if child.process is not None:
                    _signal(child, signal.SIGKILL)
            while any(child.process is not None for child in stopping):
                self.turn(0.1)

    def _launch(self, child: Child) -> None:
        child.due_at, child.started_at = None, time.monotonic()
        child.process = subprocess.Popen(
            child.program.command,
            env=dict(child.program.environment),
            pass_fds=child.program.keep_open,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only this process, which stops them in order
            preexec_fn=bound_to(os.getpid()),
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        self._on_change()

    def _reap(self, child: Child) -> None:
        if child.process is None or (code := child.process.poll()) is None:
            return
        if child.process.stdout is not None and not child.process.stdout.closed:
            self._relay(child.process.stdout, child)
        _signal(child, signal.SIGKILL)  # processes that it left behind
        child.process, child.code = None, code
        if child.program.restart:
            self._plan_restart(child, code)
        self._on_change()

    def _plan_restart(self, child: Child, code: int) -> None:
        lifetime_s = time.monotonic() - child.started_at
        child.young_deaths = child.young_deaths + 1 if lifetime_s < YOUNG_S else 0
        delay_s = min(FIRST_PAUSE_S * 2**child.young_deaths, MAX_RESTART_DELAY_S)
        child.due_at = time.monotonic() + delay_s
        self.output.say(f"{child.program.name} ended ({_reason(code)}); it starts again in {delay_s:.1f} s.")

    def _relay(self, source: IO[bytes], child: Child | None) -> None:
        if child is None:  # a signal woke us
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, READ_BYTES)
            return
        descriptor = source.fileno()
        try:
            data = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return
        *lines, rest = (child.unfinished.pop(descriptor, b"") + data).split(b"\n")
        if rest and (not data or len(rest) > READ_BYTES):
            lines.append(rest)
        elif rest:
            child.unfinished[descriptor] = rest
        if not data:
            self._selector.unregister(source)
            source.close()
        for line in lines:
            if not any(word in line for word in child.program.hidden):
                self.output.relay(child.program.name, line)

    def _wake_on_signals(self) -> int:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(reading, selectors.EVENT_READ, None)
        return reading


def _signal(child: Child, number: int) -> None:
    """Signal a child: SIGTERM goes to the process only, which stops its own children, SIGKILL to its whole session."""
    if child.process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if number == signal.SIGKILL:
            os.killpg(child.process.pid, signal.SIGKILL)
        else:
            os.kill(child.process.pid, number)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
