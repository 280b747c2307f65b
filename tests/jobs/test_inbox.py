"""Wake-ups and drains: hints that may be doubled, late or lost, while the rows are worked through all the same."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import redis as redis_library
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import update

from app.core import queues, worker
from app.core.clock import now
from app.core.ids import new_ulid
from app.core.queues import get_queue, job
from app.core.worker import Worker, work
from app.domain.inbox import lease, processor
from app.jobs import inbox, schedule
from app.models import Company, WebhookEvent
from tests.support.inbox import arrive, arrive_many, by_status, inside
from tests.support.retell_webhooks import call_body, make_company_with_number
from tests.support.waiting import HANGS_AFTER_S, wait_until

# how long a drain would wait that does not see what it is to see
FOR_EVER_S = 10 * HANGS_AFTER_S


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drain that waits for more does so for a moment only; signals stay with pytest, and its memory recycles nobody."""
    monkeypatch.setattr(inbox, "IDLE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(Worker, "_install_signal_handlers", lambda self: None)
    monkeypatch.setattr(worker, "MAX_MEMORY_MB", 100_000)


@pytest.fixture
def sent() -> Callable[[], int]:
    """How many drains wait for a worker."""
    return lambda: len(get_queue("webhooks"))


@pytest.fixture
def is_waiting(redis: redis_library.Redis) -> Callable[[], bool]:
    """Whether a drain waits for the bell."""
    return lambda: redis.info("clients")["blocked_clients"] == 1


def test_repeated_wakeups_enqueue_one_drain(app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
    for _ in range(100):
        inbox.wake()
    assert sent() == 1


def test_many_that_wake_at_once_send_one_drain(app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
    together = threading.Barrier(16, timeout=HANGS_AFTER_S)

    def wake() -> None:
        together.wait()
        inbox.wake()

    threads = [threading.Thread(target=inside(app, wake)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent() == 1


def test_after_a_drain_the_next_event_sends_a_new_one(app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
    make_company_with_number()
    arrive(call_body("call_started"))
    inbox.wake()
    work(app, burst=True)
    assert (by_status(), sent()) == ({"handled": 1}, 0)
    inbox.wake()
    assert sent() == 1


def test_a_large_backlog_calls_for_help(app: Flask, db: SQLAlchemy, sent: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "BATCH_SIZE", 5)
    monkeypatch.setattr(inbox, "BATCH_SIZE_SQLITE", 5)
    make_company_with_number()
    arrive_many(4)
    assert inbox.drain() == 4
    assert sent() == 0, "one batch is no backlog"
    arrive_many(23, prefix="more")
    assert inbox.drain() == 23
    assert sent() == 1, "one helper for each that is busy, who calls for another one where it is busy, too"
    assert by_status() == {"handled": 27}


def test_a_drain_that_waits_hears_the_bell(
    app: Flask, db: SQLAlchemy, sent: Callable[[], int], is_waiting: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running drain takes the next event without a job: that is what makes it quick."""
    monkeypatch.setattr(inbox, "IDLE_TIMEOUT_S", FOR_EVER_S)
    make_company_with_number()
    inbox.wake()
    get_queue("webhooks").empty()
    handled: list[int] = []
    drain = threading.Thread(target=inside(app, lambda: handled.append(inbox.drain())))
    drain.start()
    wait_until(is_waiting, "a drain that waits")
    arrive(call_body("call_started"))
    inbox.wake()
    try:
        wait_until(lambda: by_status() == {"handled": 1}, "the event")
        assert sent() == 0
    finally:
        queues.request_shutdown()
        drain.join()
        queues._stopping.clear()
    assert handled == [1]


def test_a_drain_gives_way_to_jobs_of_other_queues(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "IDLE_TIMEOUT_S", FOR_EVER_S)
    done: list[str] = []

    @job("messages", retry=())
    def letter() -> None:
        done.append("letter")

    inbox.wake()
    letter.enqueue()
    deadline = threading.Timer(HANGS_AFTER_S, queues.request_shutdown)
    deadline.start()
    work(app, burst=True)
    deadline.cancel()
    del queues.JOBS[letter.name]
    was_stopped = queues.is_shutting_down()
    queues._stopping.clear()
    assert (done, was_stopped) == (["letter"], False)


def test_a_drain_that_never_rests_gives_its_worker_back_and_sends_the_next_one(
    app: Flask, db: SQLAlchemy, sent: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    monkeypatch.setattr(processor, "drain_batch", lambda limit: rounds.append(limit) or 1)
    monkeypatch.setattr(inbox, "time", SimpleNamespace(monotonic=lambda: 10.0 * len(rounds)))
    assert inbox.drain() == inbox.MAX_DRAIN_S / 10.0 + 1
    assert sent() == 1


def test_a_drain_ends_when_its_worker_is_asked_to(
    app: Flask, db: SQLAlchemy, is_waiting: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "IDLE_TIMEOUT_S", FOR_EVER_S)
    drain = threading.Thread(target=inside(app, inbox.drain), daemon=True)
    drain.start()
    wait_until(is_waiting, "a drain that waits")
    queues.request_shutdown()
    drain.join(HANGS_AFTER_S)
    queues._stopping.clear()
    assert not drain.is_alive()


def test_without_redis_a_drain_works_and_does_not_wait(
    make_app: Callable[..., Flask], app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "IDLE_TIMEOUT_S", FOR_EVER_S)
    make_company_with_number()
    arrive_many(3)
    with make_app(redis_url="redis://127.0.0.1:1/0").app_context():
        inbox.wake()
        assert inbox.drain() == 3
    assert by_status() == {"handled": 3}


def test_a_hint_that_a_dead_worker_left_runs_out(app: Flask, db: SQLAlchemy, redis: redis_library.Redis) -> None:
    inbox.wake()
    assert 0 < redis.ttl(inbox.DRAIN_SCHEDULED_KEY) <= inbox.DRAIN_SCHEDULED_TTL_S <= 15
    get_queue("webhooks").empty()
    redis.delete(inbox.DRAIN_SCHEDULED_KEY)
    inbox.wake()
    assert len(get_queue("webhooks")) == 1


def test_the_bell_does_not_pile_up(app: Flask, db: SQLAlchemy, redis: redis_library.Redis) -> None:
    for _ in range(50):
        inbox.wake()
    assert redis.llen(inbox.WAKEUP_KEY) == 1


class TestSweeping:
    """What the clock does about events that nobody took."""

    @pytest.fixture(autouse=True)
    def salon(self, db: SQLAlchemy) -> None:
        make_company_with_number()

    def wait(self, db: SQLAlchemy, seconds: float) -> None:
        due = {"due_at": now() - timedelta(seconds=seconds)}
        with db.engine.begin() as connection:
            connection.execute(update(WebhookEvent.__table__).values(due))

    def test_a_fresh_event_is_left_to_its_wake_up(self, app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
        arrive_many(1)
        schedule.sweep_inbox()
        assert (by_status(), sent()) == ({"pending": 1}, 0)

    def test_one_that_waits_wakes_the_workers(self, app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
        arrive_many(1)
        self.wait(db, 3)
        schedule.sweep_inbox()
        assert (by_status(), sent()) == ({"pending": 1}, 1)

    def test_when_the_workers_are_away_the_clock_does_it_itself(self, app: Flask, db: SQLAlchemy) -> None:
        arrive_many(2)
        self.wait(db, schedule.WORKERS_MISSING_AFTER_S + 1)
        schedule.sweep_inbox()
        assert by_status() == {"handled": 2}

    def test_without_redis_it_does_not_wait_that_long(self, make_app: Callable[..., Flask], app: Flask, db: SQLAlchemy) -> None:
        arrive_many(2)
        self.wait(db, 3)
        with make_app(redis_url="redis://127.0.0.1:1/0").app_context():
            schedule.sweep_inbox()
        assert by_status() == {"handled": 2}

    def test_what_is_not_due_is_left_alone(self, app: Flask, db: SQLAlchemy, sent: Callable[[], int]) -> None:
        arrive_many(1)
        self.wait(db, -60)
        schedule.sweep_inbox()
        assert (by_status(), sent()) == ({"pending": 1}, 0)

    def test_looking_holds_no_lock(self, app: Flask, db: SQLAlchemy) -> None:
        """On SQLite an open transaction of the clock would stop the intake."""
        schedule.sweep_inbox()
        thread = threading.Thread(target=inside(app, lambda: arrive_many(1)))
        thread.start()
        thread.join()
        assert by_status() == {"pending": 1}


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company_with_number()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(senders=st.integers(1, 6), each=st.integers(1, 12), takers=st.integers(1, 3), pause_ms=st.sampled_from([0, 1, 60]))
def test_nothing_is_left_behind_whoever_comes_first(
    app: Flask, salon: Company, redis: redis_library.Redis, senders: int, each: int, takers: int, pause_ms: int
) -> None:
    """Senders store and wake, workers drain and rest, all at once; no sweep. At the end nothing waits."""
    before, example = by_status().get("handled", 0), new_ulid()
    redis.flushall()
    done_sending = threading.Event()

    def send(sender: int) -> None:
        for number in range(each):
            arrive(call_body("call_started", f"call_{example}_{sender}_{number}"))
            inbox.wake()
            time.sleep(pause_ms / 1000)

    def take() -> None:
        while True:
            last_round = done_sending.is_set()
            if redis.lpop(get_queue("webhooks").key):
                inbox.drain()
            elif last_round:
                return
            else:
                time.sleep(0.005)

    takers_at_work = [threading.Thread(target=inside(app, take)) for _ in range(takers)]
    sending = [threading.Thread(target=inside(app, lambda sender=sender: send(sender))) for sender in range(senders)]
    for thread in (*takers_at_work, *sending):
        thread.start()
    for thread in sending:
        thread.join()
    done_sending.set()
    for thread in takers_at_work:
        thread.join()
    assert by_status() == {"handled": before + senders * each}
    assert lease.get_oldest_due_age_s() == 0
