"""Cache in Redis with a lifetime; each kind has a generation that every edit replaces, so stale entries are never read."""

import json
from collections.abc import Iterable
from typing import Any

from app.core import metrics
from app.core.ids import new_ulid
from app.core.redis import RedisError, get_redis


class Cache:
    """The cache of one kind; every look-up misses while Redis is unreachable."""

    def __init__(self, kind: str, *, seconds: int) -> None:
        self.kind = kind
        self.seconds = seconds
        self._generation_key = f"cache:{kind}:generation"

    def get_many(self, keys: Iterable[str]) -> tuple[str | None, dict[str, Any]]:
        """The generation, to be passed to put_many, and the cached values by key."""
        keys = list(keys)
        try:
            generation = _to_text(get_redis().get(self._generation_key)) or self._begin()
            values = get_redis().mget([self._key(generation, key) for key in keys]) if keys else []
        except RedisError:
            metrics.CACHE_REQUESTS.labels(self.kind, "away").inc()
            return None, {}
        cached = {key: json.loads(value) for key, value in zip(keys, values, strict=True) if value is not None}
        metrics.CACHE_REQUESTS.labels(self.kind, "hit").inc(len(cached))
        metrics.CACHE_REQUESTS.labels(self.kind, "miss").inc(len(keys) - len(cached))
        return generation, cached

    def put_many(self, generation: str | None, answers: dict[str, Any]) -> None:
        """Store answers read after their generation; an edit in between has invalidated it, and they are never served."""
        if generation is None or not answers:
            return
        try:
            pipe = get_redis().pipeline(transaction=False)
            for key, answer in answers.items():
                pipe.set(self._key(generation, key), json.dumps(answer), ex=self.seconds)
            pipe.execute()
        except RedisError:
            metrics.CACHE_REQUESTS.labels(self.kind, "away").inc()

    def forget(self) -> None:
        """Invalidate all entries; called before and after the commit of an edit."""
        try:
            get_redis().set(self._generation_key, new_ulid())
        except RedisError:
            metrics.CACHE_REQUESTS.labels(self.kind, "away").inc()

    def _begin(self) -> str:
        """Create the first generation, also after Redis was emptied; never one used before."""
        get_redis().set(self._generation_key, new_ulid(), nx=True)
        return _to_text(get_redis().get(self._generation_key)) or ""

    def _key(self, generation: str, key: str) -> str:
        return f"cache:{self.kind}:{generation}:{key}"


def _to_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
