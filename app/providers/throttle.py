"""Keeps requests below what a provider allows for one key, in all processes together, and rests when the provider asks for it."""

import hashlib
import time
from threading import Lock

from app.core.rate_limiter import RateLimit
from app.core.redis import RedisError, get_redis
from app.providers.http import TooFast


class Pace:
    """At most `limit` requests of a key in `per_s` seconds; asks nobody to wait, but says how long."""

    def __init__(self, name: str, *, limit: int, per_s: int = 60) -> None:
        self._name = name
        self._rate = RateLimit(f"pace:{name}", limit, per_s)
        self._rests: dict[str, float] = {}
        self._lock = Lock()

    def take(self, token: str) -> None:
        """Counts one request. Raises TooFast while the key rests or has used up its share; nothing was sent then."""
        key = _hidden(token)
        wait_s = self._rest_s(key) or self._rate.hit(key)
        if wait_s:
            raise TooFast("The pace for this key is used up.", retryable=True, retry_after_s=wait_s)

    def rest(self, token: str, seconds: float) -> None:
        """The provider asks to wait."""
        key = _hidden(token)
        with self._lock:
            self._rests[key] = time.monotonic() + seconds
        try:
            get_redis().set(self._rest_key(key), 1, px=max(1, round(seconds * 1000)))
        except RedisError:
            return

    def _rest_s(self, key: str) -> float:
        try:
            return max(0, get_redis().pttl(self._rest_key(key))) / 1000
        except RedisError:
            with self._lock:
                return max(0.0, self._rests.get(key, 0.0) - time.monotonic())

    def _rest_key(self, key: str) -> str:
        return f"rest:{self._name}:{key}"


def _hidden(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:20]
