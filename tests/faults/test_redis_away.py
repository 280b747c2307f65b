"""Redis away, silent or emptied: the intake goes on, the clock works the inbox through, the pages say so, and all heals."""

import os
import re
import signal
from functools import partial

import pytest

from tests.faults.assertions import assert_run
from tests.faults.environment import Environment
from tests.faults.load import send_all
from tests.faults.scenarios import build_run
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = pytest.mark.faults
# what a worker says whose Redis refuses or is silent
NOTICED = "could not connect to Redis instance|Redis connection timeout|worker.redis_away"


@pytest.mark.mariadb
def test_calls_are_processed_while_redis_is_down(mariadb_environment: Environment) -> None:
    environment = mariadb_environment
    environment.wait_until_ready()
    assert environment.redis is not None
    owner = environment.sign_in("owner@salon-lindgren.example")
    assert owner.get(f"{environment.server.url}/live/state", timeout=HANGS_AFTER_S).json()["redis"] is True
    sent, sender = build_run("redis_away", 24, seed=1, garbage=5), environment.sender(tries=1)
    environment.redis.kill()
    send_all(sender, sent, at_once=8, per_second=30, seed=1)
    assert set(sender.answers) <= {204, 400}, "each was taken at the first try"
    state = owner.get(f"{environment.server.url}/live/state", timeout=HANGS_AFTER_S)
    assert (state.status_code, state.json()["redis"]) == (200, False)
    assert environment.get("/health/ready").status_code == 200, "it serves, only slower to be seen"
    environment.wait_until_settled()
    environment.redis.start()
    wait_until(lambda: owner.get(f"{environment.server.url}/live/state", timeout=HANGS_AFTER_S).json()["redis"], what="Redis")
    assert_run(environment, sent)


def test_silent_redis_delays_no_request(sqlite_environment: Environment) -> None:
    """It takes connections and answers nothing: the worst way to be away."""
    environment = sqlite_environment
    environment.wait_until_ready()
    sent, sender = build_run("redis_silent", 16, seed=2, garbage=0), environment.sender(tries=1)
    pid = environment.signal("redis", signal.SIGSTOP)
    try:
        send_all(sender, sent, at_once=8, per_second=20, seed=2)
        assert set(sender.answers) == {204}
        environment.wait_until_settled()
        assert environment.server.pids["redis"] == pid
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: environment.get("/health/ready").json()["status"] == "ok", what="health")
    assert_run(environment, sent)


@pytest.mark.mariadb
def test_flushed_redis_loses_no_event(mariadb_environment: Environment) -> None:
    environment = mariadb_environment
    environment.wait_until_ready()
    assert environment.redis is not None
    sent, sender = build_run("redis_flushed", 40, seed=3, garbage=0), environment.sender(tries=1)
    environment.run_with_kills([partial(send_all, sender, sent, at_once=8, per_second=60, seed=3)], ["flush"], seed=3, every_s=(0.05, 0.4))
    assert set(sender.answers) == {204}
    environment.wait_until_settled()
    assert_run(environment, sent)


@pytest.mark.mariadb
@pytest.mark.parametrize(("go", "come"), [("kill", "start"), ("freeze", "thaw")])
def test_worker_survives_redis_outage(mariadb_environment: Environment, go: str, come: str) -> None:
    """In the same process: a new one would take seconds, and ever longer ones while Redis is away."""
    environment = mariadb_environment
    environment.wait_until_ready()
    assert environment.redis is not None
    sent, before = build_run(f"outlives_{go}", 4, seed=9, garbage=0), environment.server.pids
    before_it = len(environment.server.log.read_text())
    getattr(environment.redis, go)()
    try:
        wait_until(lambda: re.search(NOTICED, environment.server.log.read_text()[before_it:]), "a worker that notices")
    finally:
        getattr(environment.redis, come)()
    # where the web process still holds Redis for away, the clock makes up for the hint
    send_all(environment.sender(tries=1), sent, at_once=4, per_second=100, seed=9)
    environment.wait_until_settled()
    assert {name: environment.server.pids[name] for name in ("worker", "clock")} == {name: before[name] for name in ("worker", "clock")}
    assert_run(environment, sent)
