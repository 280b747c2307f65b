"""Redis away, silent or emptied: the intake goes on, the clock works the inbox through, the pages say so, and all heals."""

import os
import signal
import time
from functools import partial

import pytest

from tests.faults.house import House
from tests.faults.judging import judge
from tests.faults.sending import send_all
from tests.faults.stories import tell
from tests.support.backends import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
AWAY_S = float(os.environ.get("FAULTS_AWAY_S", "8"))


@pytest.mark.mariadb
def test_calls_come_in_and_are_worked_through_while_redis_is_away(mariadb_house: House) -> None:
    house = mariadb_house
    house.wait_until_ready()
    assert house.redis is not None
    owner = house.sign_in("owner@salon-lindgren.example")
    assert owner.get(f"{house.server.url}/live/state", timeout=20).json()["redis"] is True
    sent, sender = tell("redis_away", 24, seed=1, garbage=5), house.sender(tries=1)
    house.redis.kill()
    gone = time.monotonic()
    send_all(sender, sent, at_once=8, per_second=30, seed=1)
    assert set(sender.answers) <= {204, 400}, "each was taken at the first try"
    assert sender.slowest_s < 3
    state = owner.get(f"{house.server.url}/live/state", timeout=20)
    assert (state.status_code, state.json()["redis"]) == (200, False)
    assert house.get("/health/ready").status_code == 200, "it serves, only slower to be seen"
    house.wait_until_settled(within_s=30)
    time.sleep(max(0.0, AWAY_S - (time.monotonic() - gone)))
    house.redis.start()
    wait_until(lambda: owner.get(f"{house.server.url}/live/state", timeout=20).json()["redis"], within_s=10, what="Redis")
    judge(house, sent)


def test_a_silent_redis_holds_nobody_up(sqlite_house: House) -> None:
    """It takes connections and answers nothing: the worst way to be away."""
    house = sqlite_house
    house.wait_until_ready()
    sent, sender = tell("redis_silent", 16, seed=2, garbage=0), house.sender(tries=1)
    pid = house.signal("redis", signal.SIGSTOP)
    try:
        send_all(sender, sent, at_once=8, per_second=20, seed=2)
        assert set(sender.answers) == {204}
        assert sender.slowest_s < 5
        house.wait_until_settled(within_s=45)
        assert house.server.pids["redis"] == pid
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: house.get("/health/ready").json()["status"] == "ok", within_s=15, what="health")
    judge(house, sent)


@pytest.mark.mariadb
def test_a_redis_that_forgets_everything_loses_nothing(mariadb_house: House) -> None:
    house = mariadb_house
    house.wait_until_ready()
    assert house.redis is not None
    sent, sender = tell("redis_flushed", 40, seed=3, garbage=0), house.sender(tries=1)
    house.rage_while([partial(send_all, sender, sent, at_once=8, per_second=60, seed=3)], ["flush"], seed=3, every_s=(0.05, 0.4))
    assert set(sender.answers) == {204}
    house.wait_until_settled(within_s=30)
    judge(house, sent)


@pytest.mark.mariadb
@pytest.mark.parametrize(("go", "come", "away_s"), [("kill", "start", 6), ("freeze", "thaw", 17)])
def test_the_worker_outlives_it_and_is_back_at_once(mariadb_house: House, go: str, come: str, away_s: float) -> None:
    """In the same process: a new one would take seconds, and ever longer ones while Redis is away."""
    house = mariadb_house
    house.wait_until_ready()
    assert house.redis is not None
    sent, before = tell(f"outlives_{go}", 4, seed=9, garbage=0), house.server.pids
    getattr(house.redis, go)()
    time.sleep(away_s)
    getattr(house.redis, come)()
    time.sleep(5)
    send_all(house.sender(tries=1), sent, at_once=4, per_second=100, seed=9)
    assert house.wait_until_settled(within_s=20) < 8
    assert {name: house.server.pids[name] for name in ("worker", "clock")} == {name: before[name] for name in ("worker", "clock")}
    judge(house, sent)
