import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.support.running_server import ROOT


class House:
    def __init__(self, folder: Path, *names: str, read: bool = True) -> None:
        self.folder, self.said = folder, folder / "said.txt"
        command = [sys.executable, "-m", "tests.scripts.embedded.small_programs", str(folder), *names]
        with self.said.open("wb") as said:
            out: Any = said if read else subprocess.PIPE
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

    def wait_for(self, is_so: Callable[[], Any], within_s: float = 10.0) -> float:
        start = time.monotonic()
        while not is_so():
            assert time.monotonic() - start < within_s, self.said.read_text() if self.said.exists() else "nothing said"
            time.sleep(0.01)
        return time.monotonic() - start


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def build(*names: str, **options: Any) -> House:
        houses.append(House(tmp_path, *names, **options))
        return houses[-1]

    yield build
    for built in houses:
        built.process.kill()
        built.process.wait()
        if built.process.stdout:
            built.process.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_starts_again(house: Callable[..., House]) -> None:
    built = house("sleeper")
    for _ in range(3):
        old = built.kill("sleeper")
        built.wait_for(lambda old=old: built.pids.get("sleeper") not in (None, old))
    assert built.said.read_text().count("sleeper ended (SIGKILL)") == 3


def test_what_keeps_dying_waits_longer_each_time(house: Callable[..., House]) -> None:
    built = house("broken")
    built.wait_for(lambda: "it starts again in 0.8 s" in built.said.read_text())
    said = built.said.read_text()
    assert said.index("in 0.2 s") < said.index("in 0.4 s") < said.index("in 0.8 s")
    assert "broken  | cannot start" in said


def test_children_and_their_children_end_with_a_killed_parent(house: Callable[..., House]) -> None:
    built = house("sleeper", "stubborn", "redis")
    pids = list(built.pids.values())
    assert all(is_alive(pid) for pid in pids)
    built.process.kill()
    built.wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_what_a_killed_process_leaves_behind_is_cleared_away(house: Callable[..., House]) -> None:
    built = house("parent")
    built.wait_for(lambda: "| child" in built.said.read_text())
    left_behind = int(built.said.read_text().split("| child ")[1].split()[0])
    built.kill("parent")
    built.wait_for(lambda: not is_alive(left_behind))


def test_stopping_ends_even_what_does_not_want_to(house: Callable[..., House]) -> None:
    built = house("sleeper", "stubborn", "redis")
    built.wait_for(lambda: "stubborn | no" in built.said.read_text())
    pids = list(built.pids.values())
    built.process.terminate()
    assert built.process.wait(10) == 0
    assert not any(is_alive(pid) for pid in pids)


def test_a_killed_redis_comes_back_with_its_address_and_its_data(house: Callable[..., House]) -> None:
    built = house("redis")
    connection = redis.Redis.from_url((built.folder / "redis.url").read_text())
    built.wait_for(lambda: pings(connection))
    connection.set("kept", "yes")
    old = built.kill("redis")
    built.wait_for(lambda: built.pids.get("redis") not in (None, old) and pings(connection))
    assert connection.get("kept") == b"yes"
    assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    connection.close()


def test_redis_lets_nobody_in_without_the_password(house: Callable[..., House]) -> None:
    built = house("redis")
    url = (built.folder / "redis.url").read_text()
    connection = redis.Redis.from_url(url)
    built.wait_for(lambda: pings(connection))
    connection.close()
    stranger = redis.Redis.from_url("redis://" + url.split("@")[1])
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()
    assert (built.folder / "redis.conf").stat().st_mode & 0o777 == 0o600


def test_nobody_reading_what_is_said_stops_nothing(house: Callable[..., House]) -> None:
    built = house("chatty", "sleeper", read=False)
    time.sleep(1)
    old = built.kill("sleeper")
    built.wait_for(lambda: built.pids.get("sleeper") not in (None, old))


def pings(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.ConnectionError:
        return False
