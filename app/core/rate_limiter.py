"""Counts how often something happened lately: in Redis for all processes, in this process's memory while Redis is away."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import Lock

from flask import current_app

from app.core.redis import RedisError

# counts up and down, and lets the count be forgotten when its window is over
COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return {count, redis.call('TTL', KEYS[1])}
"""
MAX_IN_MEMORY_COUNTERS = 50_000


def network_of(address: str | None) -> str:
    """Whom a limit counts: an IPv4 address, or the 2^64 that whoever has one IPv6 address has too."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` times in a window of `per_s` seconds, which begins with the first time."""

    name: str
    limit: int
    per_s: int = 60

    def hit(self, key: str) -> int | None:
        """Counts one; seconds to wait when that was too many, else None."""
        return self._wait(*self._add(key, 1))

    def look(self, key: str) -> int | None:
        """Seconds to wait when one more would be too many, without counting it."""
        count, rest = self._add(key, 0)
        return self._wait(count + 1, rest)

    def take_back(self, key: str) -> None:
        """What was counted before it was known to be right."""
        self._add(key, -1)

    def _wait(self, count: int, rest: int) -> int | None:
        return max(1, rest) if count > self.limit else None

    def _add(self, key: str, change: int) -> tuple[int, int]:
        name = f"rate:{self.name}:{key}"
        redis = current_app.extensions.get("askproai_redis")
        if redis is not None:
            try:
                count, rest = redis.eval(COUNT, 1, name, change, self.per_s)
                return int(count), int(rest)
            except RedisError:
                pass
        return current_app.extensions.setdefault("askproai_rates", InMemoryCounters()).add(name, change, self.per_s)


class InMemoryCounters:
    """The same counts, of this process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def add(self, name: str, change: int, per_s: int) -> tuple[int, int]:
        instant = self._clock()
        with self._lock:
            count, ends = self._counts.get(name, (0, 0.0))
            if ends <= instant:
                count, ends = 0, instant + per_s
            self._counts[name] = (count + change, ends)
            if len(self._counts) > MAX_IN_MEMORY_COUNTERS:
                self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > instant}
            return count + change, int(ends - instant) + 1
