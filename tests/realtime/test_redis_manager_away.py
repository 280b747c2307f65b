"""Redis dies and comes back while dashboards stay connected: nothing is lost, and everybody knows how things stand."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import redis as redis_library
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core import redis
from app.realtime import broadcast, redis_manager
from scripts.embedded.redis_server import prepare_redis
from tests.support import processes
from tests.support.live import build_turn, live_events, make_call, make_live_company, publish_events
from tests.support.sockets import Dashboard, SocketServer, make_user, sign_in
from tests.support.waiting import HANGS_AFTER_S, wait_until


class MortalRedis:
    """A Redis of the test's own, always at the same address."""

    def __init__(self, folder: Path) -> None:
        self._server = prepare_redis(folder)
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._server.url

    def live(self) -> None:
        connection = redis_library.Redis.from_url(self.url)

        def answers() -> bool:
            try:
                return bool(connection.ping())
            except redis_library.ConnectionError:
                return False

        self._process = processes.start(self._server.command, log=self._log, is_up=answers)
        connection.close()

    def say_nothing(self, silent: bool) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if silent else signal.SIGCONT)

    def die(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[MortalRedis]:
    mortal = MortalRedis(tmp_path / "mortal")
    yield mortal
    mortal.die()


def last_welcome(dashboard: Dashboard) -> dict[str, Any] | None:
    return (dashboard.all("welcome") or [None])[-1]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["threads", "green"])
def test_dashboards_hear_of_it_and_catch_up(
    db: SQLAlchemy,
    mortal: MortalRedis,
    make_app: Callable[..., Flask],
    tmp_path: Path,
    open_dashboard: Callable[..., Dashboard],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    # who pushes tries again with the next event
    monkeypatch.setattr(broadcast, "RETRY_DELAY_S", 0.0)
    monkeypatch.setattr(redis, "FAILURE_BACKOFF_S", 0.0)
    salon = make_live_company()
    cookie = sign_in(make_user(salon, "owner@salon-lindgren.example"))
    call = make_call(salon)
    pushing = make_app(redis_url=mortal.url)

    def said(index: int) -> None:
        with pushing.app_context():
            publish_events(build_turn(call, index, f"Satz {index}"))

    with SocketServer(pushing, tmp_path, kind=kind) as server:
        # away from the start: pages are served, dashboards are asked to poll
        assert urlopen(f"{server.url}/health/ready", timeout=HANGS_AFTER_S).status == 200
        dashboard = open_dashboard(server, cookie)
        wait_until(lambda: last_welcome(dashboard) == {"seq": 0, "gapless": True, "redis": False})
        said(0)

        mortal.live()
        wait_until(lambda: last_welcome(dashboard) == {"seq": 1, "gapless": True, "redis": True})
        assert [event["seq"] for event in dashboard.ask("catch_up", {"since": 0})["events"]] == [1]
        said(1)
        assert dashboard.wait_for("message.received")["data"]["text"] == "Satz 1"

        mortal.die()
        wait_until(lambda: last_welcome(dashboard) == {"seq": 2, "gapless": True, "redis": False})
        said(2)
        said(3)

        mortal.live()
        wait_until(lambda: last_welcome(dashboard) == {"seq": 4, "gapless": True, "redis": True})
        assert [event["seq"] for event in dashboard.ask("catch_up", {"since": 2})["events"]] == [3, 4]
        said(4)
        assert dashboard.wait_for("message.received", count=2)["seq"] == 5
    assert [row.seq for row in live_events()] == [1, 2, 3, 4, 5]


def test_a_redis_that_says_nothing_counts_as_away(mortal: MortalRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut network closes no connection."""
    monkeypatch.setattr(redis_manager, "PING_INTERVAL_S", 0.2)
    changes: list[bool] = []

    class FakeHub:
        def handle_redis_change(self, is_available: bool) -> None:
            changes.append(is_available)

    mortal.live()
    listening = redis_manager.HubRedisManager(mortal.url, FakeHub())  # type: ignore[arg-type]
    threading.Thread(target=lambda: list(listening._listen()), daemon=True).start()
    wait_until(lambda: changes == [True])
    mortal.say_nothing(True)
    wait_until(lambda: changes == [True, False])
    mortal.say_nothing(False)
    wait_until(lambda: changes == [True, False, True])
    assert listening.is_listening
