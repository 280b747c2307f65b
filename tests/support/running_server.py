"""The real server, started as `scripts/server` starts it, in an instance folder of its own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from scripts.embedded.parent_death_signal import bound_to
from tests.support.applications import SECRETS
from tests.support.waiting import HANGS_AFTER_S, PROBE_TIMEOUT_S, wait_until

ROOT = Path(__file__).resolve().parents[2]
DEMO_PASSWORD = "tests only: a password"
# API keys of the demo companies; one encryption key for all, since a test reads the databases of several servers with one keyring
API_KEYS = {
    "salon-lindgren": "key_tests_lindgren_0123456789abcdefg",
    "praxis-morgenstern": "key_tests_morgenstern_0123456789abc",
    "werkstatt-kruse": "key_tests_kruse_0123456789abcdef012",
}
DEMO_VARIABLES = dict(zip(("DEMO_API_KEY", "DEMO_API_KEY_2", "DEMO_API_KEY_3"), API_KEYS.values(), strict=True)) | {
    "ENCRYPTION_KEYS": SECRETS["encryption_keys"]
}
DATABASE = "askproai.sqlite3"
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")


class RunningServer:
    """Use it as a context manager; variables given on top replace its own."""

    def __init__(self, instance: Path, **variables: str) -> None:
        self.instance = instance
        outside = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ}
        own = {"APP_ENV": "development", "INSTANCE_PATH": str(instance), "PORT": "0", "DEMO_PASSWORD": DEMO_PASSWORD}
        self.environment = outside | own | variables
        self.log = instance.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RunningServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def note(self) -> dict[str, Any]:
        """What the server says of itself: url, port, pids by name."""
        return json.loads((self.instance / "server.json").read_text())

    @property
    def url(self) -> str:
        return self.note["url"]

    @property
    def pids(self) -> dict[str, int]:
        return self.note["pids"]

    @property
    def secrets(self) -> dict[str, str]:
        return json.loads((self.instance / "secrets.json").read_text())

    def copy_demo_data(self, instance: Path) -> None:
        copy_demo_data(self.instance, instance)

    def start(self) -> None:
        """Starts it and waits until it can serve."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "scripts.embedded"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=bound_to(os.getpid()),
            )
        # the clock is started last
        self.wait_until(lambda: self.is_ready() and "clock" in self.pids)

    def stop(self) -> int | None:
        """Asks it to stop as Ctrl-C does, and gives its exit code."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            return self._process.wait(HANGS_AFTER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process = None

    def kill(self, name: str) -> int:
        """kill -9 for one of its processes (`server` is the one above them all); gives the id that it had.

        Returns when the process and its children are gone: a web worker outlives its arbiter by a moment and would still answer.
        """
        pid = self.pids[name]
        family = [pid, *find_children(pid)]
        os.kill(pid, signal.SIGKILL)
        if name == "server" and self._process is not None:
            self._process.wait()
            self._process = None
        self.wait_until(lambda: not any(map(is_running, family)))
        return pid

    def is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/ready", timeout=PROBE_TIMEOUT_S) as answer:
                return answer.status == 200
        except (OSError, URLError, ValueError, KeyError):
            return False

    def flask(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a `flask` command beside the server, on the same instance."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        environment = self.environment | {"PORT": str(self.note["port"])}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False)
        assert not check or done.returncode == 0, f"flask {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done

    def wait_until(self, is_so: Callable[[], object], what: str = "it") -> None:
        """Waits for what should come; the error carries the end of the server's log."""

        def is_so_while_running() -> bool:
            if is_so():
                return True
            assert self._process is None or self._process.poll() is None, "The server ended"
            return False

        try:
            wait_until(is_so_while_running, what)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.log.read_text(errors='replace')[-4000:]}") from error


def find_children(pid: int) -> list[int]:
    """The ids of all processes that a process started, and of those that they started."""
    try:
        children = [int(child) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()]
    except OSError:
        return []
    return [found for child in children for found in (child, *find_children(child))]


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; one that nobody has waited for yet has ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def copy_demo_data(source: Path, instance: Path) -> None:
    """Gives a server's instance the database and the secrets of another one's, so that it need not seed demo data."""
    instance.mkdir(mode=0o700)
    for name in ("secrets.json", "demo.json"):
        shutil.copy(source / name, instance / name)
    with closing(sqlite3.connect(source / DATABASE)) as here, closing(sqlite3.connect(instance / DATABASE)) as there:
        here.backup(there)
    (instance / DATABASE).chmod(0o600)
