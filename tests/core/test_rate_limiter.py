"""Counting how often something happened, with Redis and without."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, current_app

from app.core.rate_limiter import InMemoryCounters, RateLimit

RATE = RateLimit("test", 3, per_s=60)


@pytest.fixture(params=["redis", "memory"])
def counting(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Iterator[None]:
    others = {} if request.param == "redis" else {"redis_url": "redis://127.0.0.1:1/0"}
    with make_app(**others).app_context():
        yield


def test_as_often_as_allowed_and_then_one_waits(counting: None) -> None:
    assert [RATE.hit("a") for _ in range(3)] == [None] * 3
    assert 1 <= (RATE.hit("a") or 0) <= 60
    assert RATE.hit("b") is None
    assert RateLimit("another", 3).hit("a") is None


def test_a_look_counts_nothing_and_what_is_taken_back_neither(counting: None) -> None:
    for _ in range(9):
        assert RATE.check("a") is None
        RATE.hit("a")
        RATE.take_back("a")
    for _ in range(3):
        RATE.hit("a")
    assert RATE.check("a") is not None


def test_parallel_hits_are_counted_one_by_one(counting: None, make_app: Callable[..., Flask]) -> None:
    app, results = current_app._get_current_object(), []

    def hit() -> None:
        with app.app_context():
            results.append(RateLimit("parallel", 8).hit("a") is None)

    threads = [threading.Thread(target=hit) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(results) == 8


def test_the_window_ends() -> None:
    instants = iter([0.0, 59.0, 61.0])
    memory = InMemoryCounters(lambda: next(instants))
    assert [memory.add("a", 1, 60)[0] for _ in range(3)] == [1, 2, 1]


def test_memory_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.rate_limiter.MAX_IN_MEMORY_COUNTERS", 10)
    instants = iter(range(0, 1000, 10))
    memory = InMemoryCounters(lambda: float(next(instants)))
    for n in range(100):
        memory.add(str(n), 1, 60)
    assert len(memory._counts) <= 11


def test_in_redis_the_count_is_forgotten_by_itself(app: Flask, redis: object) -> None:
    with app.app_context():
        RATE.hit("a")
    assert 0 < redis.ttl("rate:test:a") <= 60  # type: ignore[attr-defined]
