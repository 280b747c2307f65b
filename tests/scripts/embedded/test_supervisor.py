import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
import redis

from tests.support.running_server import ROOT, is_running
from tests.support.waiting import HANGS_AFTER_S, wait_until

# Linux keeps 64 KiB; a line that does not fit any more is not written
PIPE_IS_FULL_BYTES = 60_000


class SupervisorUnderTest:
    def __init__(self, folder: Path, *names: str, read: bool = True) -> None:
        self.folder, self.output = folder, folder / "output.txt"
        command = [sys.executable, "-m", "tests.scripts.embedded.small_programs", str(folder), *names]
        with self.output.open("wb") as file:
            out: Any = file if read else subprocess.PIPE
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        self.wait_for(lambda: len(self.pids) == len(names) or "broken" in names)

    @property
    def pids(self) -> dict[str, int]:
        file = self.folder / "pids.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def kill(self, name: str) -> int:
        old = self.pids[name]
        os.kill(old, signal.SIGKILL)
        return old

    def wait_for(self, is_so: Callable[[], object]) -> None:
        """The error carries what the supervisor said."""
        try:
            wait_until(is_so)
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.output.read_text()}") from error


@pytest.fixture
def make_supervisor(tmp_path: Path) -> Iterator[Callable[..., SupervisorUnderTest]]:
    started: list[SupervisorUnderTest] = []

    def build(*names: str, **options: Any) -> SupervisorUnderTest:
        started.append(SupervisorUnderTest(tmp_path, *names, **options))
        return started[-1]

    yield build
    for supervisor in started:
        supervisor.process.kill()
        supervisor.process.wait()
        if supervisor.process.stdout:
            supervisor.process.stdout.close()


def test_a_killed_process_starts_again(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("sleeper")
    for _ in range(3):
        old = supervisor.kill("sleeper")
        supervisor.wait_for(lambda old=old: supervisor.pids.get("sleeper") not in (None, old))
    assert supervisor.output.read_text().count("sleeper ended (SIGKILL)") == 3


def test_what_keeps_dying_waits_longer_each_time(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("broken")
    supervisor.wait_for(lambda: "it starts again in 0.8 s" in supervisor.output.read_text())
    output = supervisor.output.read_text()
    assert output.index("in 0.2 s") < output.index("in 0.4 s") < output.index("in 0.8 s")
    assert "broken  | cannot start" in output


def test_children_and_their_children_end_with_a_killed_parent(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("sleeper", "stubborn", "redis")
    pids = list(supervisor.pids.values())
    assert all(is_running(pid) for pid in pids)
    supervisor.process.kill()
    supervisor.wait_for(lambda: not any(is_running(pid) for pid in pids))


def test_what_a_killed_process_leaves_behind_is_cleared_away(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("parent")
    supervisor.wait_for(lambda: "| child" in supervisor.output.read_text())
    left_behind = int(supervisor.output.read_text().split("| child ")[1].split()[0])
    supervisor.kill("parent")
    supervisor.wait_for(lambda: not is_running(left_behind))


def test_stopping_ends_even_what_does_not_want_to(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("sleeper", "stubborn", "redis")
    supervisor.wait_for(lambda: "stubborn | no" in supervisor.output.read_text())
    pids = list(supervisor.pids.values())
    supervisor.process.terminate()
    assert supervisor.process.wait(HANGS_AFTER_S) == 0
    assert not any(is_running(pid) for pid in pids)


def test_a_killed_redis_comes_back_with_its_address_and_its_data(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("redis")
    connection = redis.Redis.from_url((supervisor.folder / "redis.url").read_text())
    supervisor.wait_for(lambda: pings(connection))
    connection.set("kept", "yes")
    old = supervisor.kill("redis")
    supervisor.wait_for(lambda: supervisor.pids.get("redis") not in (None, old) and pings(connection))
    assert connection.get("kept") == b"yes"
    assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    connection.close()


def test_redis_lets_nobody_in_without_the_password(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("redis")
    url = (supervisor.folder / "redis.url").read_text()
    connection = redis.Redis.from_url(url)
    supervisor.wait_for(lambda: pings(connection))
    connection.close()
    stranger = redis.Redis.from_url("redis://" + url.split("@")[1])
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()
    assert (supervisor.folder / "redis.conf").stat().st_mode & 0o777 == 0o600


def test_nobody_reading_what_is_said_stops_nothing(make_supervisor: Callable[..., SupervisorUnderTest]) -> None:
    supervisor = make_supervisor("chatty", "sleeper", read=False)
    supervisor.wait_for(lambda: waiting_bytes(supervisor.process.stdout) > PIPE_IS_FULL_BYTES)
    old = supervisor.kill("sleeper")
    supervisor.wait_for(lambda: supervisor.pids.get("sleeper") not in (None, old))


def waiting_bytes(pipe: IO[bytes]) -> int:
    """What nobody has read yet."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def pings(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.ConnectionError:
        return False
