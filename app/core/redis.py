"""The connection to Redis (or Valkey): hints, cache and live pushes travel here, never the truth."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from flask import current_app
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.retry import Retry

FAILURE_BACKOFF_S = 1.0
RedisError = redis.RedisError


class RedisUnavailable(redis.ConnectionError):
    """Redis did not answer a moment ago and is not asked again yet."""


class FailFastRedis(redis.Redis):
    """Short time-outs, and a moment of silence after a failure, so that nobody waits for a Redis that is away."""

    _silent_until = 0.0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with self.guarded():
            return super().execute_command(*args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        return FailFastPipeline(self, transaction, shard_hint)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        if time.monotonic() < self._silent_until:
            raise RedisUnavailable("Redis is away.")
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError):
            self._silent_until = time.monotonic() + FAILURE_BACKOFF_S
            raise


class FailFastPipeline(Pipeline):
    """Keeps the silence of the connection that it came from."""

    def __init__(self, owner: FailFastRedis, transaction: bool, shard_hint: Any) -> None:
        super().__init__(owner.connection_pool, owner.response_callbacks, transaction, shard_hint)
        self._owner = owner

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        with self._owner.guarded():
            return super().execute(raise_on_error)


def connect(url: str) -> FailFastRedis:
    """A connection that was closed meanwhile is opened again; who was silent for a second is not asked twice."""
    again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return FailFastRedis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=again, health_check_interval=0)


def connect_for_queue(url: str) -> redis.Redis:
    """A connection without guard for a worker's blocking reads, which bring their own time-outs."""
    return redis.Redis.from_url(url, socket_connect_timeout=1.0)


def get_redis() -> FailFastRedis:
    """The application's connection; raises RedisError where there is none, and when used while Redis is away."""
    connection = current_app.extensions.get("askproai_redis")
    if connection is None:
        raise RedisUnavailable("No REDIS_URL is set.")
    return connection


def is_reachable() -> bool:
    try:
        return bool(get_redis().ping())
    except RedisError:
        return False
