"""Workers that are stopped or killed in the middle of a batch, and events that no worker survives or understands."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from app.core.extensions import db
from app.models import Call, WebhookEvent
from tests.faults.house import House
from tests.faults.judging import judge, rows
from tests.faults.sending import send_all, send_at_once
from tests.faults.stories import Sent, tell
from tests.support.running_server import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
STOPPED_S = float(os.environ.get("FAULTS_STOPPED_S", "20"))


def test_a_worker_that_is_stopped_in_a_batch_and_goes_on_writes_nothing_twice(house: House) -> None:
    """Its twin takes over when the lease is out; what the stopped one did by then is fenced off."""
    sent = tell(f"stopped_{kind(house)}", 60, seed=10, garbage=0)
    pid = catch_in_a_batch(house, sent, signal.SIGSTOP)
    with a_second_worker(house):
        time.sleep(STOPPED_S)
        os.kill(pid, signal.SIGCONT)
        house.wait_until_settled(within_s=60)
    judge(house, sent)


def test_a_worker_that_is_killed_between_claim_and_settle_loses_nothing(house: House) -> None:
    sent = tell(f"killed_{kind(house)}", 60, seed=11, garbage=0)
    catch_in_a_batch(house, sent, signal.SIGKILL)
    house.wait_until_settled(within_s=60)
    judge(house, sent)


def test_fifty_doubles_at_once_are_one(house: House) -> None:
    sent = tell(f"doubles_{kind(house)}", 5, seed=12, garbage=0)
    for story in sent.stories:
        for body in dict.fromkeys(story.bodies):
            assert set(send_at_once(house.sender(), [body] * 50)) == {204}
            story.accepted.add(body)
    house.wait_until_settled()
    judge(house, sent)


def test_a_poison_event_dies_alone(house: House) -> None:
    """Its body is unreadable by the time it is worked through: its neighbours are handled, it becomes a dead letter with a reason."""
    sent = tell(f"poison_{kind(house)}", 20, seed=13, garbage=0)
    poison = tell(f"poisoned_{kind(house)}", 1, seed=13, garbage=0).stories[0]
    pid = stop_worker(house)
    clock = house.signal("clock", signal.SIGSTOP)
    send_all(house.sender(), sent, at_once=8, per_second=100, seed=13)
    assert house.sender().deliver(poison.bodies[0])
    spoil(house, poison.call_id)
    for stopped in (pid, clock):
        os.kill(stopped, signal.SIGCONT)

    def the_poison() -> WebhookEvent:
        return rows(house.app, select(WebhookEvent).where(WebhookEvent.provider_call_id == poison.call_id))[0][0]

    wait_for(lambda: house.statuses()["pending"] <= 1, within_s=60)
    wait_for(lambda: the_poison().attempts >= 1, within_s=30)
    judge_others(house, sent)
    assert the_poison().status == "pending"
    hurry(house, poison.call_id)
    wait_for(lambda: the_poison().status == "dead", within_s=30)
    assert the_poison().reason
    assert rows(house.app, select(Call.id).where(Call.provider_call_id == poison.call_id)) == []
    forget(house, poison.call_id)
    judge(house, sent)


def kind(house: House) -> str:
    return "mariadb" if house.maria else "sqlite"


def catch_in_a_batch(house: House, sent: Sent, number: int) -> int:
    """Sends everything, and the worker this signal when it has claimed events and not settled them, and is not about to write."""
    sender = house.sender()
    for story in sent.stories[:-20]:
        for body in story.bodies:
            if sender.deliver(body):
                story.accepted.add(body)
    pid = stop_worker(house)
    for story in sent.stories[-20:]:
        for body in story.bodies:
            if sender.deliver(body):
                story.accepted.add(body)
    for _ in range(2000):
        if house.claimed():
            if number != signal.SIGSTOP:
                os.kill(pid, number)
            return pid
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.004)
        stop_worker(house)
    os.kill(pid, signal.SIGCONT)
    raise AssertionError("The worker was never seen inside a batch.")


def stop_worker(house: House) -> int:
    """Stops it at a moment when it is not about to write; its process id."""
    pid = house.signal("worker", signal.SIGSTOP)
    while house.is_locked():
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.004)
        os.kill(pid, signal.SIGSTOP)
    return pid


@contextmanager
def a_second_worker(house: House) -> Iterator[None]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    redis = house.redis.url if house.redis else (house.server.instance / "redis.url").read_text().strip()
    log = (house.server.instance.parent / "second_worker.log").open("ab")
    process = subprocess.Popen(command, cwd=ROOT, env=house.server.environment | {"REDIS_URL": redis}, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def spoil(house: House, call_id: str) -> None:
    """As a broken disk or a lost key would leave it."""
    change(house, call_id, body=b"not sealed by any key of ours")


def hurry(house: House, call_id: str) -> None:
    """Its long pauses are over: the last try is due."""
    from app.core.clock import now
    from app.domain.inbox.processor import RETRY_DELAYS

    change(house, call_id, attempts=len(RETRY_DELAYS), due_at=now())


def change(house: House, call_id: str, **values: object) -> None:
    from sqlalchemy import LargeBinary, bindparam

    if "body" in values:
        values["body"] = bindparam("spoilt", values["body"], type_=LargeBinary)
    with house.app.app_context(), db.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.provider_call_id == call_id).values(**values))


def forget(house: House, call_id: str) -> None:
    with house.app.app_context(), db.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(table.delete().where(table.c.provider_call_id == call_id))


def judge_others(house: House, sent: Sent) -> None:
    """All neighbours are worked through while the poison waits."""
    waiting = rows(house.app, select(WebhookEvent.provider_call_id).where(WebhookEvent.status == "pending"))
    assert not [call_id for (call_id,) in waiting if call_id in {story.call_id for story in sent.stories}]


def wait_for(is_so: Callable[[], object], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
