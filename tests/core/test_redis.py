"""Redis carries hints: whether it is refused, silent or emptied, nobody waits for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis as redis_library
from flask import Flask
from redis.client import Pipeline

from app.core import redis
from app.core.cache import Cache
from app.core.queues import JOBS, Job, job
from app.core.redis import RedisError, get_redis, is_reachable
from app.jobs import inbox
from tests.support.external_servers import RedisServer

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@dataclass
class Clock:
    """A clock that only a test moves on."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as started:
        yield started


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which Redis is left alone after a failure."""
    monkeypatch.setattr(redis, "time", clock := Clock())
    return clock


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went out to Redis."""
    went_out: list[str] = []
    for kind, name in ((redis_library.Redis, "execute_command"), (Pipeline, "execute")):
        send = getattr(kind, name)
        monkeypatch.setattr(kind, name, lambda *args, send=send, **options: went_out.append(send.__qualname__) or send(*args, **options))
    return went_out


@pytest.fixture
def away(backend: RedisServer, request: pytest.FixtureRequest, make_app: Callable[..., Flask], clock: Clock) -> Iterator[Flask]:
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
@pytest.mark.parametrize("use", [inbox.wake, is_reachable, lambda: Cache("number", seconds=60).get_many(["+493023125100"])])
def test_a_redis_that_is_away_is_tried_once(away: Flask, tries: list[str], use: Callable[[], object]) -> None:
    for _ in range(3):
        use()
    assert len(tries) == 1


@BOTH
def test_after_a_failure_it_is_left_alone_for_a_moment(away: Flask, tries: list[str], clock: Clock) -> None:
    inbox.wake()
    before = len(tries)
    clock.now += 0.99 * redis.FAILURE_BACKOFF_S
    for _ in range(50):
        inbox.wake()
        assert not is_reachable()
        Cache("number", seconds=60).forget()
        Cache("number", seconds=60).put_many("0", {"a": 1})
    assert len(tries) == before


@BOTH
def test_a_job_is_dropped_and_not_waited_for(away: Flask, thing: Job, tries: list[str]) -> None:
    thing.enqueue("id")
    assert len(tries) == 1


@pytest.fixture
def thing() -> Iterator[Job]:
    @job("default", retry=())
    def thing(what: str) -> None:
        raise AssertionError(what)

    yield thing
    del JOBS[thing.name]


@pytest.mark.parametrize(("go", "come"), [("kill", "start"), ("freeze", "thaw")])
def test_it_is_used_again_after_that_moment(backend: RedisServer, make_app: Callable[..., Flask], clock: Clock, go: str, come: str) -> None:
    backend.start()
    with make_app(redis_url=backend.url).app_context():
        getattr(backend, go)()
        assert not is_reachable()
        getattr(backend, come)()
        assert not is_reachable()
        clock.now += redis.FAILURE_BACKOFF_S
        assert is_reachable()


def test_without_an_address_there_is_none(make_app: Callable[..., Flask]) -> None:
    with make_app(redis_url=None, instance_path=Path("/nonexistent") / "..").app_context():
        with pytest.raises(RedisError):
            get_redis()
        assert not is_reachable()
        inbox.wake()
