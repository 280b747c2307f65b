"""Starts processes, relays what they say, starts those again that die, and stops them all.

One thread and one loop: a child is forked from a process without other threads, and nothing here waits for anybody.
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

# a process that lived shorter than this died young; its next start waits twice as long
YOUNG_S = 2.0
FIRST_PAUSE_S = 0.1
MAX_RESTART_DELAY_S = 10.0
READ_BYTES = 65536


@dataclass(frozen=True)
class Program:
    """What to run. One that others need while they stop carries `stops_last`; lines with a `hidden` word are not relayed."""

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
    """`turn()` does one round of work; the caller loops. `on_change` hears of every start and end."""

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
        """Waits for something to happen, at most `longest_s`, and deals with it."""
        now = time.monotonic()
        for child in self.children.values():
            if child.due_at is not None and child.due_at <= now:
                self._launch(child)
        due = [child.due_at - now for child in self.children.values() if child.due_at is not None]
        pause = min([longest_s, *due, *([0.05] if self.output.has_waiting else [])])
        for key, _ in self._selector.select(max(0.0, pause)):
            self._relay(key.fileobj, key.data)
        self.output.flush()
        for child in list(self.children.values()):
            self._reap(child)

    def stop(self, *, within_s: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Asks all to end, those that others need last, and ends by force what has not ended in time."""
        for child in self.children.values():
            child.due_at = None
        deadline = time.monotonic() + within_s
        for last in (False, True):
            asked = [child for child in self.children.values() if child.program.stops_last is last and child.process is not None]
            for child in asked:
                child.program = replace(child.program, restart=False)
                _signal(child, signal.SIGTERM)
            limit = deadline if last else deadline - 1.5
            while any(child.process is not None for child in asked) and time.monotonic() < limit and not hurry():
                self.turn(0.1)
            for child in asked:
                if child.process is not None:
                    _signal(child, signal.SIGKILL)
            while any(child.process is not None for child in asked):
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
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
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
        _signal(child, signal.SIGKILL)  # whatever it started and left behind
        child.process, child.code = None, code
        if child.program.restart:
            self._plan_restart(child, code)
        self._on_change()

    def _plan_restart(self, child: Child, code: int) -> None:
        lived = time.monotonic() - child.started_at
        child.young_deaths = child.young_deaths + 1 if lived < YOUNG_S else 0
        pause = min(FIRST_PAUSE_S * 2**child.young_deaths, MAX_RESTART_DELAY_S)
        child.due_at = time.monotonic() + pause
        self.output.say(f"{child.program.name} ended ({_reason(code)}); it starts again in {pause:.1f} s.")

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
    """SIGTERM goes to the process alone, which tells its own children; SIGKILL to all of its session."""
    if child.process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if number == signal.SIGKILL:
            os.killpg(child.process.pid, signal.SIGKILL)
        else:
            os.kill(child.process.pid, number)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
