"""Jobs carry ids and their company, leave after the commit, and may be lost without harm."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
import redis as redis_library
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from rq.job import Job as RqJob
from sqlalchemy import text

from app.core import queues
from app.core.queues import QUEUES, get_queue, job, run
from app.core.tenancy import company_scope, current_company_id, unscoped
from app.core.transactions import transaction

Seen = list[tuple[tuple[object, ...], str | None]]


@pytest.fixture
def seen() -> Seen:
    """What the job was called with, and for which company."""
    return []


@pytest.fixture
def look(seen: Seen) -> Iterator[queues.Job]:
    @job("bookings", retry=(5, 30))
    def look(*args: object) -> None:
        seen.append((args, current_company_id()))

    yield look
    del queues.JOBS[look.name]


@pytest.fixture
def reading(db: SQLAlchemy) -> Iterator[queues.Job]:
    @job("bookings")
    def reading() -> None:
        db.session.execute(text("SELECT 1"))

    yield reading
    del queues.JOBS[reading.name]


def waiting(app: Flask, name: str = "bookings") -> list[RqJob]:
    return get_queue(name).get_jobs()


def test_a_job_runs_in_the_company_that_sent_it(app: Flask, db: SQLAlchemy, look: queues.Job, seen: Seen) -> None:
    with company_scope("01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        look.enqueue("id1", 7)
    (sent,) = waiting(app)
    assert current_company_id() is None
    run(*sent.args)
    assert seen == [(("id1", 7), "01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    assert current_company_id() is None


def test_a_job_of_no_company_runs_without_one(app: Flask, db: SQLAlchemy, look: queues.Job, seen: Seen) -> None:
    look.enqueue("a")
    with unscoped():
        look.enqueue("b")
    for sent in waiting(app):
        run(*sent.args)
    assert [company for _, company in seen] == [None, None]


def test_what_a_job_has_read_last_keeps_nobody_from_writing_while_redis_is_told(
    app: Flask, db: SQLAlchemy, reading: queues.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent Redis is told for as long as it is silent."""
    open_then: list[bool] = []
    monkeypatch.setattr(queues.job_stats, "record", lambda *_, **__: open_then.append(db.session().in_transaction()))
    run(reading.name, None, [], time.time())
    assert open_then == [False]


def test_a_job_leaves_with_the_commit_and_not_with_a_rollback(app: Flask, db: SQLAlchemy, look: queues.Job) -> None:
    with transaction():
        look.enqueue("id1")
        assert waiting(app) == []
    assert len(waiting(app)) == 1
    with pytest.raises(ValueError, match="no"), transaction():
        look.enqueue("id2")
        raise ValueError("no")
    assert len(waiting(app)) == 1


def test_what_travels_is_json(app: Flask, db: SQLAlchemy, look: queues.Job, redis: redis_library.Redis) -> None:
    look.enqueue("id1", 7, None, ["a"], {"b": 1.5})
    (sent,) = waiting(app)
    name, *_, args, _kwargs = json.loads(redis_data(redis, sent.id))
    assert name == "app.core.queues.run"
    assert args[:3] == [look.name, None, ["id1", 7, None, ["a"], {"b": 1.5}]]
    assert b"\x80" not in redis_data(redis, sent.id), "nothing is pickled"


@pytest.mark.parametrize("odd", [object(), b"bytes", {1, 2}, time])
def test_what_is_not_plain_is_refused_where_it_is_sent(app: Flask, db: SQLAlchemy, look: queues.Job, odd: object) -> None:
    """Also inside a transaction, and before its commit: afterwards nobody would hear of it."""
    with pytest.raises(TypeError):
        look.enqueue(odd)
    with pytest.raises(TypeError), transaction():
        look.enqueue(odd)
    assert waiting(app) == []


def test_without_redis_a_job_is_dropped_and_the_work_goes_on(make_app: Callable[..., Flask], look: queues.Job) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    with app.app_context(), transaction():
        look.enqueue("id1")


def test_every_queue_is_watched_and_no_other_is_allowed() -> None:
    with pytest.raises(ValueError, match="No worker"):
        job("nobody's")
    assert {known.queue for known in queues.JOBS.values()} <= set(QUEUES)


def test_every_job_has_a_time_limit_and_plain_pauses() -> None:
    import app.jobs  # noqa: F401

    for known in queues.JOBS.values():
        assert 0 < known.timeout_s <= 600, known.name
        assert all(isinstance(pause, int) for pause in known.pauses_s), known.name


def test_calling_a_job_runs_it_here_and_now(app: Flask, db: SQLAlchemy, look: queues.Job, seen: Seen) -> None:
    look("x")
    assert seen == [(("x",), None)]


def redis_data(redis: redis_library.Redis, job_id: str) -> bytes:
    import zlib

    raw = redis.hget(f"rq:job:{job_id}", "data")
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw
