"""Rate limits, counted in Redis for all processes, or in this process's memory while Redis is unreachable."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import Lock

from flask import current_app

from app.core.redis import RedisError

# adds to the counter, which expires at the end of its window
COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return {count, redis.call('TTL', KEYS[1])}
"""
MAX_IN_MEMORY_COUNTERS = 50_000


def network_of(address: str | None) -> str:
    """Key to count an address by: an IPv4 address, or the /64 of an IPv6 address, since one client usually owns all of it."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` hits in a window of `per_s` seconds, which begins with the first hit."""

    name: str
    limit: int
    per_s: int = 60

    def hit(self, key: str) -> int | None:
        """Count one; seconds to wait when the limit is exceeded, else None."""
        return self._wait(*self._add(key, 1))

    def check(self, key: str) -> int | None:
        """Seconds to wait when one more would exceed the limit, else None; counts nothing."""
        count, remaining_s = self._add(key, 0)
        return self._wait(count + 1, remaining_s)

    def take_back(self, key: str) -> None:
        """Subtract one hit, counted before the attempt turned out to be legitimate."""
        self._add(key, -1)

    def _wait(self, count: int, remaining_s: int) -> int | None:
        return max(1, remaining_s) if count > self.limit else None

    def _add(self, key: str, change: int) -> tuple[int, int]:
        name = f"rate:{self.name}:{key}"
        redis = current_app.extensions.get("askproai_redis")
        if redis is not None:
            try:
                count, remaining_s = redis.eval(COUNT, 1, name, change, self.per_s)
                return int(count), int(remaining_s)
            except RedisError:
                pass
        return current_app.extensions.setdefault("askproai_rates", InMemoryCounters()).add(name, change, self.per_s)


class InMemoryCounters:
    """The same counters for this process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def add(self, name: str, change: int, per_s: int) -> tuple[int, int]:
        now = self._clock()
        with self._lock:
            count, ends_at = self._counts.get(name, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + per_s
            self._counts[name] = (count + change, ends_at)
            if len(self._counts) > MAX_IN_MEMORY_COUNTERS:
                self._counts = {name: counter for name, counter in self._counts.items() if counter[1] > now}
            return count + change, int(ends_at - now) + 1
