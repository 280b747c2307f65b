"""Workers that are stopped or killed in the middle of a batch, and events that no worker survives or understands."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from app.core.extensions import db
from app.models import Call, WebhookEvent
from tests.faults.assertions import assert_run, fetch_rows
from tests.faults.environment import Environment
from tests.faults.load import send_all, send_at_once
from tests.faults.scenarios import CallScenario, ScenarioRun, build_run
from tests.support.running_server import ROOT
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = pytest.mark.faults


def test_stalled_worker_writes_nothing_twice(environment: Environment) -> None:
    """Its twin takes over when the lease is out; what the stopped one did by then is fenced off."""
    sent = build_run(f"stopped_{kind(environment)}", 60, seed=10, garbage=0)
    pid = catch_in_a_batch(environment, sent, signal.SIGSTOP)
    with a_second_worker(environment):
        wait_until(lambda: environment.count_leased() == 0, "the end of its lease")
        if not environment.maria:
            # on MariaDB it may hold rows that it was about to write
            environment.wait_until_settled()
        os.kill(pid, signal.SIGCONT)
        environment.wait_until_settled()
    assert_run(environment, sent)


def test_worker_killed_before_completion_loses_nothing(environment: Environment) -> None:
    sent = build_run(f"killed_{kind(environment)}", 60, seed=11, garbage=0)
    catch_in_a_batch(environment, sent, signal.SIGKILL)
    environment.wait_until_settled()
    assert_run(environment, sent)


def test_fifty_concurrent_duplicates_create_one_event(environment: Environment) -> None:
    sent = build_run(f"doubles_{kind(environment)}", 5, seed=12, garbage=0)
    for scenario in sent.scenarios:
        for body in dict.fromkeys(scenario.bodies):
            assert set(send_at_once(environment.sender(), [body] * 50)) == {204}
            scenario.accepted.add(body)
    environment.wait_until_settled()
    assert_run(environment, sent)


def test_poison_event_does_not_block_others(environment: Environment) -> None:
    """Its body is unreadable by the time it is worked through: its neighbours are handled, it becomes a dead letter with a reason."""
    sent = build_run(f"poison_{kind(environment)}", 20, seed=13, garbage=0)
    poison = build_run(f"poisoned_{kind(environment)}", 1, seed=13, garbage=0).scenarios[0]
    pid = stop_worker(environment)
    clock = environment.signal("clock", signal.SIGSTOP)
    send_all(environment.sender(), sent, at_once=8, per_second=100, seed=13)
    assert environment.sender().deliver(poison.bodies[0])
    spoil(environment, poison.call_id)
    for stopped in (pid, clock):
        os.kill(stopped, signal.SIGCONT)

    def the_poison() -> WebhookEvent:
        return fetch_rows(environment.app, select(WebhookEvent).where(WebhookEvent.provider_call_id == poison.call_id))[0][0]

    wait_until(lambda: environment.statuses()["pending"] <= 1)
    wait_until(lambda: the_poison().attempts >= 1)
    assert_other_calls(environment, sent)
    assert the_poison().status == "pending"
    hurry(environment, poison.call_id)
    wait_until(lambda: the_poison().status == "dead")
    assert the_poison().reason
    assert fetch_rows(environment.app, select(Call.id).where(Call.provider_call_id == poison.call_id)) == []
    forget(environment, poison.call_id)
    assert_run(environment, sent)


def kind(environment: Environment) -> str:
    return "mariadb" if environment.maria else "sqlite"


def catch_in_a_batch(environment: Environment, sent: ScenarioRun, number: int) -> int:
    """Send everything, and the worker this signal once it has claimed events and not settled them, and is not about to write.

    A busy machine may let the worker finish before it is looked at again; the next group of calls is another chance.
    """
    sender = environment.sender()

    def deliver(scenarios: list[CallScenario]) -> None:
        for scenario in scenarios:
            for body in scenario.bodies:
                if sender.deliver(body):
                    scenario.accepted.add(body)

    for first in range(0, 60, 6):
        pid = stop_worker(environment)
        deliver(sent.scenarios[first : first + 6])
        while environment.statuses()["pending"]:
            if environment.count_claimed():
                deliver(sent.scenarios[first + 6 :])
                if number != signal.SIGSTOP:
                    os.kill(pid, number)
                return pid
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.004)
            stop_worker(environment)
        os.kill(pid, signal.SIGCONT)
    raise AssertionError("The worker was never seen inside a batch.")


def stop_worker(environment: Environment) -> int:
    """Stops it at a moment when it is not about to write; its process id."""
    pid = environment.signal("worker", signal.SIGSTOP)
    while environment.is_locked():
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.004)
        os.kill(pid, signal.SIGSTOP)
    return pid


@contextmanager
def a_second_worker(environment: Environment) -> Iterator[None]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    redis = environment.redis.url if environment.redis else (environment.server.instance / "redis.url").read_text().strip()
    log = (environment.server.instance.parent / "second_worker.log").open("ab")
    process = subprocess.Popen(command, cwd=ROOT, env=environment.server.environment | {"REDIS_URL": redis}, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(HANGS_AFTER_S)
        log.close()


def spoil(environment: Environment, call_id: str) -> None:
    """As a broken disk or a lost key would leave it."""
    change(environment, call_id, body=b"not sealed by any key of ours")


def hurry(environment: Environment, call_id: str) -> None:
    """Its long pauses are over: the last try is due."""
    from app.core.clock import now
    from app.domain.inbox.processor import RETRY_DELAYS

    change(environment, call_id, attempts=len(RETRY_DELAYS), due_at=now())


def change(environment: Environment, call_id: str, **values: object) -> None:
    from sqlalchemy import LargeBinary, bindparam

    if "body" in values:
        values["body"] = bindparam("spoilt", values["body"], type_=LargeBinary)
    with environment.app.app_context(), db.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.provider_call_id == call_id).values(**values))


def forget(environment: Environment, call_id: str) -> None:
    with environment.app.app_context(), db.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(table.delete().where(table.c.provider_call_id == call_id))


def assert_other_calls(environment: Environment, sent: ScenarioRun) -> None:
    """All neighbours are worked through while the poison waits."""
    waiting = fetch_rows(environment.app, select(WebhookEvent.provider_call_id).where(WebhookEvent.status == "pending"))
    assert not [call_id for (call_id,) in waiting if call_id in {scenario.call_id for scenario in sent.scenarios}]
