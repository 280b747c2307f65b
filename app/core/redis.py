"""The connection to Redis (or Valkey): hints, cache and live pushes travel here, never the truth."""

import time
from typing import Any

import redis
from flask import current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

SILENCE_AFTER_FAILURE_S = 1.0
RedisError = redis.RedisError


class RedisAway(redis.ConnectionError):
    """Redis did not answer a moment ago and is not asked again yet."""


class GuardedRedis(redis.Redis):
    """Short time-outs, and a moment of silence after a failure, so that nobody waits for a Redis that is away."""

    _silent_until = 0.0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if time.monotonic() < self._silent_until:
            raise RedisAway("Redis is away.")
        try:
            return super().execute_command(*args, **options)
        except (redis.ConnectionError, redis.TimeoutError):
            self._silent_until = time.monotonic() + SILENCE_AFTER_FAILURE_S
            raise


def connect(url: str) -> GuardedRedis:
    return GuardedRedis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1), health_check_interval=0)


def connect_for_queue(url: str) -> redis.Redis:
    """A connection without guard for RQ's blocking reads, which bring their own time-outs."""
    return redis.Redis.from_url(url, socket_connect_timeout=1.0)


def get_redis() -> GuardedRedis:
    """The application's connection; raises RedisError where there is none, and when used while Redis is away."""
    connection = current_app.extensions.get("askproai_redis")
    if connection is None:
        raise RedisAway("No REDIS_URL is set.")
    return connection


def is_reachable() -> bool:
    try:
        return bool(get_redis().ping())
    except RedisError:
        return False
