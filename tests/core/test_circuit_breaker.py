"""A breaker opens for all processes through Redis, and for each one alone while Redis is away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from pybreaker import CircuitBreaker, CircuitBreakerError

from app.core.circuit_breaker import MAX_FAILURES, RESET_TIMEOUT_S, RedisStateStorage, breaker
from app.core.clock import now
from app.core.ids import new_ulid

on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def _make_breaker(name: str) -> CircuitBreaker:
    """As another process makes it: with a copy of its own."""
    return breaker.__wrapped__(name, shown_as="test")


def _fail(target: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ValueError, match="refused"), target.calling():
            raise ValueError("refused")


@on_one_database
def test_failures_of_one_process_open_the_breaker_of_another(db: SQLAlchemy) -> None:
    name = new_ulid()
    mine, theirs = _make_breaker(name), _make_breaker(name)
    _fail(mine, MAX_FAILURES - 1)
    _fail(theirs, 1)
    for each in (mine, theirs):
        with pytest.raises(CircuitBreakerError), each.calling():
            pytest.fail("It let a request through.")


@on_one_database
def test_without_redis_a_process_opens_and_closes_alone(make_app: Callable[..., Flask]) -> None:
    with make_app(redis_url="redis://127.0.0.1:9/0").app_context():
        alone = _make_breaker(new_ulid())
        _fail(alone, MAX_FAILURES)
        with pytest.raises(CircuitBreakerError), alone.calling():
            pytest.fail("It let a request through.")
        with time_machine.travel(now() + timedelta(seconds=RESET_TIMEOUT_S + 1), tick=True):
            with alone.calling():
                pass
            assert alone.current_state == "closed"


@on_one_database
def test_unknown_state_in_redis_counts_as_closed(db: SQLAlchemy) -> None:
    storage = RedisStateStorage(new_ulid())
    storage._write("state", "nonsense")
    assert storage.state == "closed"
