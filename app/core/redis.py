"""The connection to Redis (or Valkey), which carries wake-ups, cache and live pushes; all durable data is in the database."""

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
    """Redis failed within the last FAILURE_BACKOFF_S and is not tried again yet."""


class FailFastRedis(redis.Redis):
    """A client with short timeouts that fails at once for FAILURE_BACKOFF_S after a failure, so that requests do not wait for it."""

    _retry_at = 0.0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with self.guarded():
            return super().execute_command(*args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        return FailFastPipeline(self, transaction, shard_hint)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        if time.monotonic() < self._retry_at:
            raise RedisUnavailable("Redis is away.")
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError):
            self._retry_at = time.monotonic() + FAILURE_BACKOFF_S
            raise


class FailFastPipeline(Pipeline):
    """A pipeline that shares the backoff of its client."""

    def __init__(self, owner: FailFastRedis, transaction: bool, shard_hint: Any) -> None:
        super().__init__(owner.connection_pool, owner.response_callbacks, transaction, shard_hint)
        self._owner = owner

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        with self._owner.guarded():
            return super().execute(raise_on_error)


def connect(url: str) -> FailFastRedis:
    """Connect; a connection closed meanwhile is reopened once, a timeout is not retried."""
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return FailFastRedis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=retry, health_check_interval=0)


def connect_for_queue(url: str) -> redis.Redis:
    """A plain client without read timeout, for a worker's blocking reads, which pass their own."""
    return redis.Redis.from_url(url, socket_connect_timeout=1.0)


def get_redis() -> FailFastRedis:
    """The application's client; raises RedisError if none is configured. Its commands raise RedisError while Redis is unreachable."""
    connection = current_app.extensions.get("askproai_redis")
    if connection is None:
        raise RedisUnavailable("No REDIS_URL is set.")
    return connection


def is_reachable() -> bool:
    try:
        return bool(get_redis().ping())
    except RedisError:
        return False
