"""Job counts and run times per queue and minute, kept in Redis for all workers; the Queues page shows them."""

import time
from contextlib import suppress
from dataclasses import dataclass

from app.core.redis import RedisError, get_redis

RETENTION_S = 2 * 3600
MINUTES = 60


@dataclass(slots=True)
class HourlyQueueStats:
    """Counts and times of one queue over the last hour."""

    done: int = 0
    failed: int = 0
    wait_ms: int = 0
    run_ms: int = 0

    @property
    def mean_wait_ms(self) -> float | None:
        return self.wait_ms / self._all if self._all else None

    @property
    def mean_run_ms(self) -> float | None:
        return self.run_ms / self._all if self._all else None

    @property
    def _all(self) -> int:
        return self.done + self.failed


def record(queue: str, *, wait_s: float, run_s: float, is_done: bool) -> None:
    """Count a job that ended; does nothing while Redis is unreachable."""
    key = _key(queue, int(time.time()) // 60)
    with suppress(RedisError):
        pipe = get_redis().pipeline(transaction=False)
        pipe.hincrby(key, "done" if is_done else "failed", 1)
        pipe.hincrby(key, "wait_ms", round(max(0.0, wait_s) * 1000))
        pipe.hincrby(key, "run_ms", round(run_s * 1000))
        pipe.expire(key, RETENTION_S)
        pipe.execute()


def last_hour(queues: tuple[str, ...]) -> dict[str, HourlyQueueStats]:
    """Sum up the last hour by queue; raises RedisError."""
    minute = int(time.time()) // 60
    pipe = get_redis().pipeline(transaction=False)
    for queue in queues:
        for minutes_ago in range(MINUTES):
            pipe.hgetall(_key(queue, minute - minutes_ago))
    answers = iter(pipe.execute())
    stats_by_queue = {}
    for queue in queues:
        counts = HourlyQueueStats()
        for _minute in range(MINUTES):
            for name, value in next(answers).items():
                field = name.decode() if isinstance(name, bytes) else name
                setattr(counts, field, getattr(counts, field) + int(value))
        stats_by_queue[queue] = counts
    return stats_by_queue


def _key(queue: str, minute: int) -> str:
    return f"jobs:{queue}:{minute}"
