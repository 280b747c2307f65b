"""The worker: warm, recycled, sure to end, and delayed jobs that come back when their pause is over."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import redis as redis_library
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from rq.registry import FailedJobRegistry, ScheduledJobRegistry
from sqlalchemy import text

from app.core import queues, worker
from app.core.queues import QUEUES, get_queue, job
from app.core.worker import enqueue_due_jobs, work
from tests.support.waiting import HANGS_AFTER_S, wait_until

Done = list[object]


@pytest.fixture
def done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Done]:
    """What the jobs of these tests did. Signals stay with pytest, and its memory recycles nobody; the worker ends with its queues."""
    happened: Done = []
    known = set(queues.JOBS)
    monkeypatch.setattr(worker, "MAX_MEMORY_MB", 100_000)
    monkeypatch.setattr(worker.Worker, "_install_signal_handlers", lambda self: None)
    yield happened
    for name in set(queues.JOBS) - known:
        del queues.JOBS[name]


def fail_until(happened: Done, tries: int, *, retry: tuple[int, ...]) -> queues.Job:
    @job("messages", retry=retry)
    def shaky(what: str) -> None:
        happened.append(what)
        if len(happened) < tries:
            raise ValueError("not yet")

    return shaky


def test_it_serves_all_queues_in_their_order(app: Flask, db: SQLAlchemy, done: Done) -> None:
    for note in [job(name, retry=())(_named(name, done)) for name in reversed(QUEUES)]:
        note.enqueue(note.queue)
    work(app, burst=True)
    assert done == list(QUEUES)


def test_a_failing_job_harms_neither_the_worker_nor_the_next_job(app: Flask, db: SQLAlchemy, done: Done) -> None:
    @job("default", retry=())
    def fail() -> None:
        raise ValueError("no")

    @job("default", retry=())
    def note() -> None:
        done.append("next")

    fail.enqueue()
    note.enqueue()
    work(app, burst=True)
    assert done == ["next"]
    assert len(FailedJobRegistry(queue=get_queue("default"))) == 1


def test_each_job_has_a_fresh_session_and_no_company(app: Flask, db: SQLAlchemy, done: Done) -> None:
    from app.core.extensions import db as database
    from app.core.tenancy import current_company_id

    @job("default", retry=())
    def look() -> None:
        done.append((current_company_id(), id(current_app._get_current_object()), dict(database.session().info)))
        database.session().info["left"] = "behind"
        database.session.execute(text("SELECT 1"))

    look.enqueue()
    look.enqueue()
    work(app, burst=True)
    assert done == [(None, id(app), {}), (None, id(app), {})]


def test_it_is_recycled_after_so_many_jobs(app: Flask, db: SQLAlchemy, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_JOBS_PER_PROCESS", 2)
    note = job("default", retry=())(_named("note", done))
    for place in range(5):
        note.enqueue(place)
    work(app)
    assert done == [0, 1], "it ended by itself, and its supervisor starts a fresh one"
    work(app, burst=True)
    assert done == [0, 1, 2, 3]


def test_it_is_recycled_when_it_has_grown(app: Flask, db: SQLAlchemy, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_MEMORY_MB", 1)
    note = job("default", retry=())(_named("note", done))
    for place in range(3):
        note.enqueue(place)
    work(app)
    assert done == [0]


def test_a_failed_job_comes_back_after_its_pause(app: Flask, db: SQLAlchemy, done: Done) -> None:
    fail_until(done, 2, retry=(600,)).enqueue("a letter")
    work(app, burst=True)
    assert done == ["a letter"]
    enqueue_due_jobs()
    work(app, burst=True)
    assert done == ["a letter"], "its pause is not over"
    _let_pauses_be_over("messages")
    enqueue_due_jobs()
    work(app, burst=True)
    assert done == ["a letter", "a letter"]
    assert len(ScheduledJobRegistry(queue=get_queue("messages"))) == 0


def test_after_the_last_try_a_job_is_kept_as_failed(app: Flask, db: SQLAlchemy, done: Done) -> None:
    fail_until(done, 99, retry=(60, 600)).enqueue("a letter")
    for _ in range(4):
        work(app, burst=True)
        _let_pauses_be_over("messages")
        enqueue_due_jobs()
    assert done == ["a letter"] * 3
    (failed,) = FailedJobRegistry(queue=get_queue("messages")).get_job_ids()
    kept = get_queue("messages").fetch_job(failed)
    assert kept is not None
    assert kept.args[0].endswith("shaky")


def test_two_clocks_send_a_delayed_job_once(app: Flask, db: SQLAlchemy, done: Done) -> None:
    note = job("default", retry=())(_named("note", done))
    for place in range(20):
        get_queue("default").enqueue_in(timedelta(seconds=-1), "app.core.queues.run", args=(note.name, None, [place], time.time()))

    def send() -> None:
        with app.app_context():
            enqueue_due_jobs()

    clocks = [threading.Thread(target=send) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    work(app, burst=True)
    assert sorted(done) == list(range(20))


def test_a_clock_that_was_killed_holds_up_nobody(app: Flask, db: SQLAlchemy, done: Done, redis: redis_library.Redis) -> None:
    """Whatever locks the dead one left in Redis."""
    note = job("default", retry=())(_named("note", done))
    get_queue("default").enqueue_in(timedelta(seconds=-1), "app.core.queues.run", args=(note.name, None, ["x"], time.time()))
    for name in QUEUES:
        redis.set(f"rq:scheduler-lock:{name}", "somebody who died", ex=61)
    enqueue_due_jobs()
    assert len(get_queue("default")) == 1


def test_sending_delayed_jobs_opens_no_connections_of_its_own(app: Flask, db: SQLAlchemy, redis: redis_library.Redis) -> None:
    enqueue_due_jobs()
    before = redis.info("clients")["connected_clients"]
    for _ in range(10):
        enqueue_due_jobs()
    assert redis.info("clients")["connected_clients"] <= before


def test_a_delayed_job_whose_body_is_gone_is_forgotten(app: Flask, db: SQLAlchemy, redis: redis_library.Redis) -> None:
    sent = get_queue("default").enqueue_in(timedelta(seconds=-1), "app.core.queues.run", args=("gone", None, [], 0.0))
    redis.delete(f"rq:job:{sent.id}")
    enqueue_due_jobs()
    assert len(ScheduledJobRegistry(queue=get_queue("default"))) == 0
    assert len(get_queue("default")) == 0


def test_an_idle_worker_ends_when_asked(app: Flask, database_url: str, redis_url: str, tmp_path: object) -> None:
    settings = app.config["SETTINGS"]
    environment = {
        "PATH": os.environ["PATH"],
        "APP_ENV": "testing",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "INSTANCE_PATH": str(settings.instance_path),
    }
    process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env=environment)
    wait_until(lambda: _states(redis_url) == [b"idle"], "an idle worker")
    process.send_signal(signal.SIGTERM)
    assert process.wait(HANGS_AFTER_S) == 0


def test_nothing_is_lost_when_redis_forgets_everything_in_the_middle(
    app: Flask, db: SQLAlchemy, done: Done, redis: redis_library.Redis
) -> None:
    @job("default", retry=())
    def flush() -> None:
        redis.flushall()
        done.append("flushed")

    @job("default", retry=())
    def note() -> None:
        done.append("after")

    flush.enqueue()
    work(app, burst=True)
    note.enqueue()
    work(app, burst=True)
    assert done == ["flushed", "after"]


def _named(name: str, done: Done) -> Callable[[object], None]:
    def note(what: object) -> None:
        done.append(what)

    note.__name__ = f"note_{name}"
    return note


def _let_pauses_be_over(name: str) -> None:
    waiting = ScheduledJobRegistry(queue=get_queue(name))
    for job_id in waiting.get_job_ids():
        waiting.connection.zadd(waiting.key, {job_id: time.time() - 1})


def _states(redis_url: str) -> list[bytes | None]:
    with redis_library.Redis.from_url(redis_url) as connection:
        return [connection.hget(name, "state") for name in connection.smembers("rq:workers")]
