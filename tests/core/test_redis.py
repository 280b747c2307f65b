"""Redis carries hints: whether it is refused, silent or emptied, nobody waits for it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.cache import Cache
from app.core.queues import JOBS, Job, job
from app.core.redis import RedisError, get_redis, is_reachable
from app.jobs import inbox
from tests.support.external_servers import RedisServer

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Within = Callable[[float, Callable[[], object]], None]


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as started:
        yield started


@pytest.fixture
def away(backend: RedisServer, request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application whose Redis has gone, after it was there."""
    backend.start()
    app = make_app(redis_url=backend.url)
    with app.app_context():
        assert is_reachable()
        inbox.wake()
        getattr(backend, request.param)()
        yield app
    backend.thaw()


BOTH = pytest.mark.parametrize("away", ["kill", "freeze"], indirect=True)


@BOTH
def test_nobody_waits_long_for_a_redis_that_is_away(away: Flask, thing: Job) -> None:
    began = time.monotonic()
    inbox.wake()
    assert not is_reachable()
    Cache("number", seconds=60).get_many(["+493023125100"])
    assert time.monotonic() - began < 3


@BOTH
def test_after_a_failure_it_is_left_alone_for_a_moment(away: Flask, thing: Job) -> None:
    inbox.wake()
    began = time.monotonic()
    for _ in range(50):
        inbox.wake()
        assert not is_reachable()
        Cache("number", seconds=60).forget()
        Cache("number", seconds=60).put_many("0", {"a": 1})
    assert time.monotonic() - began < 0.5


@BOTH
def test_a_job_is_dropped_and_not_waited_for(away: Flask, thing: Job) -> None:
    began = time.monotonic()
    thing.enqueue("id")
    assert time.monotonic() - began < 4


@pytest.fixture
def thing() -> Iterator[Job]:
    @job("default", retry=())
    def thing(what: str) -> None:
        raise AssertionError(what)

    yield thing
    del JOBS[thing.name]


def test_it_is_used_again_within_two_seconds(backend: RedisServer, make_app: Callable[..., Flask]) -> None:
    backend.start()
    with make_app(redis_url=backend.url).app_context():
        for go, come in ((backend.kill, backend.start), (backend.freeze, backend.thaw)):
            go()
            assert not is_reachable()
            come()
            began = time.monotonic()
            while not is_reachable():
                assert time.monotonic() - began < 2
                time.sleep(0.05)


def test_without_an_address_there_is_none(make_app: Callable[..., Flask]) -> None:
    with make_app(redis_url=None, instance_path=Path("/nonexistent") / "..").app_context():
        with pytest.raises(RedisError):
            get_redis()
        assert not is_reachable()
        inbox.wake()
