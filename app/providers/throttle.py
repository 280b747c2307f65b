"""Throttles requests per provider key over all processes, and pauses when the provider asks to wait."""

import hashlib
import time
from threading import Lock

from app.core.rate_limiter import RateLimit
from app.core.redis import RedisError, get_redis
from app.providers.http import RateLimited


class Throttle:
    """Allows `limit` requests per key in `per_s` seconds; never sleeps, but raises with the time to wait."""

    def __init__(self, name: str, *, limit: int, per_s: int = 60) -> None:
        self._name = name
        self._limit = RateLimit(f"throttle:{name}", limit, per_s)
        self._paused_until: dict[str, float] = {}
        self._lock = Lock()

    def acquire(self, token: str) -> None:
        """Count one request. Raises RateLimited while the key is paused or over its limit; nothing was sent then."""
        key = _hash_token(token)
        wait_s = self._get_pause_s(key) or self._limit.hit(key)
        if wait_s:
            raise RateLimited("The request limit of this key is used up.", retryable=True, retry_after_s=wait_s)

    def pause(self, token: str, seconds: float) -> None:
        """Pause the key in all processes for as long as the provider asks."""
        key = _hash_token(token)
        with self._lock:
            self._paused_until[key] = time.monotonic() + seconds
        try:
            get_redis().set(self._build_pause_key(key), 1, px=max(1, round(seconds * 1000)))
        except RedisError:
            return

    def _get_pause_s(self, key: str) -> float:
        try:
            return max(0, get_redis().pttl(self._build_pause_key(key))) / 1000
        except RedisError:
            with self._lock:
                return max(0.0, self._paused_until.get(key, 0.0) - time.monotonic())

    def _build_pause_key(self, key: str) -> str:
        return f"pause:{self._name}:{key}"


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:20]
