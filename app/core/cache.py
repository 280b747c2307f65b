"""Answers kept in Redis for a while; each kind has a generation that every edit replaces, so old answers are never read again."""

import json
from collections.abc import Iterable
from typing import Any

from app.core import metrics
from app.core.ids import new_ulid
from app.core.redis import RedisError, get_redis


class Cache:
    """A kind of answers; with Redis away it simply knows nothing."""

    def __init__(self, kind: str, *, seconds: int) -> None:
        self.kind = kind
        self.seconds = seconds
        self._generation_key = f"cache:{kind}:generation"

    def get_many(self, keys: Iterable[str]) -> tuple[str | None, dict[str, Any]]:
        """The generation (hand it to put_many) and what is known of these keys."""
        keys = list(keys)
        try:
            generation = _to_text(get_redis().get(self._generation_key)) or self._begin()
            found = get_redis().mget([self._key(generation, key) for key in keys]) if keys else []
        except RedisError:
            metrics.CACHE_REQUESTS.labels(self.kind, "away").inc()
            return None, {}
        known = {key: json.loads(value) for key, value in zip(keys, found, strict=True) if value is not None}
        metrics.CACHE_REQUESTS.labels(self.kind, "hit").inc(len(known))
        metrics.CACHE_REQUESTS.labels(self.kind, "miss").inc(len(keys) - len(known))
        return generation, known

    def put_many(self, generation: str | None, answers: dict[str, Any]) -> None:
        """Keeps answers that were read after that generation was; an edit in between has made it unreadable."""
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
        """Makes everything kept unreadable; called before and after the commit of an edit."""
        try:
            get_redis().set(self._generation_key, new_ulid())
        except RedisError:
            metrics.CACHE_REQUESTS.labels(self.kind, "away").inc()

    def _begin(self) -> str:
        """The first generation, or the first after Redis was emptied: never one that was there before."""
        get_redis().set(self._generation_key, new_ulid(), nx=True)
        return _to_text(get_redis().get(self._generation_key)) or ""

    def _key(self, generation: str, key: str) -> str:
        return f"cache:{self.kind}:{generation}:{key}"


def _to_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
