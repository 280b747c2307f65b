"""Circuit breakers: a provider that keeps failing gets no requests for a while; shared in Redis, per process while it is unreachable."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreaker, CircuitBreakerListener, CircuitMemoryStorage

from app.core import metrics
from app.core.redis import RedisError, get_redis

MAX_FAILURES = 5
RESET_TIMEOUT_S = 30.0
STATE_TTL_S = 3600
STATE_VALUES = {STATE_CLOSED: 0, STATE_HALF_OPEN: 1, STATE_OPEN: 2}


@cache
def breaker(name: str, *, shown_as: str) -> CircuitBreaker:
    """The circuit breaker of this name; `shown_as` is its label in the metrics.

    Use it as `with breaker(…).calling():`, which lets several requests through at a time (its `call` holds a lock for the whole
    request). Every exception raised inside counts as a failure; while it is open entering raises CircuitBreakerError.
    """
    return CircuitBreaker(
        fail_max=MAX_FAILURES,
        reset_timeout=RESET_TIMEOUT_S,
        state_storage=RedisStateStorage(name),
        listeners=[BreakerStateMetrics(shown_as)],
        name=name,
        throw_new_error_on_trip=False,
    )


class BreakerStateMetrics(CircuitBreakerListener):
    """Update the gauge in /metrics."""

    def __init__(self, provider: str) -> None:
        self._gauge = metrics.BREAKER_STATE.labels(provider)

    def state_change(self, cb: CircuitBreaker, old_state: Any, new_state: Any) -> None:
        self._gauge.set(STATE_VALUES[new_state.name])


class RedisStateStorage(CircuitMemoryStorage):
    """A breaker's state in one Redis hash; this process's own copy serves while Redis does not answer.

    Decision 18 says why it is not pybreaker's CircuitRedisStorage.
    """

    def __init__(self, name: str) -> None:
        super().__init__(STATE_CLOSED)
        self._key = f"breaker:{name}"

    @property
    def state(self) -> str:
        state_name = self._read("state", self._state)
        return state_name if state_name in STATE_VALUES else STATE_CLOSED

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        self._write("state", state)

    def increment_counter(self) -> None:
        self._fail_counter += 1
        self._add("failures")

    def reset_counter(self) -> None:
        if self.counter:
            self._write("failures", "0")
        self._fail_counter = 0

    def increment_success_counter(self) -> None:
        self._success_counter += 1
        self._add("successes")

    def reset_success_counter(self) -> None:
        self._success_counter = 0
        self._write("successes", "0")

    @property
    def counter(self) -> int:
        return int(self._read("failures", str(self._fail_counter)) or 0)

    @property
    def success_counter(self) -> int:
        return int(self._read("successes", str(self._success_counter)) or 0)

    @property
    def opened_at(self) -> datetime | None:
        own_timestamp = str(self._opened_at.timestamp()) if self._opened_at else None
        timestamp = self._read("opened_at", own_timestamp)
        return datetime.fromtimestamp(float(timestamp), UTC) if timestamp else None

    @opened_at.setter
    def opened_at(self, opened_at: datetime) -> None:
        self._opened_at = opened_at
        self._write("opened_at", str(opened_at.timestamp()))

    def _read(self, field: str, own: str | None) -> str | None:
        try:
            value = get_redis().hget(self._key, field)
        except RedisError:
            return own
        return value.decode() if isinstance(value, bytes) else value

    def _write(self, field: str, value: str) -> None:
        try:
            pipe = get_redis().pipeline(transaction=False)
            pipe.hset(self._key, field, value)
            pipe.expire(self._key, STATE_TTL_S)
            pipe.execute()
        except RedisError:
            return

    def _add(self, field: str) -> None:
        try:
            pipe = get_redis().pipeline(transaction=False)
            pipe.hincrby(self._key, field, 1)
            pipe.expire(self._key, STATE_TTL_S)
            pipe.execute()
        except RedisError:
            return
