"""Drains the inbox: the rows are the truth, this job and its wake-ups are hints."""

import time
from contextlib import suppress

import structlog

from app.core.extensions import db
from app.core.queues import QUEUES, get_queue, is_shutting_down, job
from app.core.redis import RedisError, get_redis
from app.domain.inbox import processor

log = structlog.get_logger()
# a drain is under way or sent; it lasts a little longer than a drain may be silent
HINT = "inbox:drain"
HINT_S = 10
# what wakes a drain that waits
BELL = "inbox:bell"
BATCH = 200
# SQLite has one writer: shorter batches let the intake in between
BATCH_SQLITE = 50
# a drain waits that long for more before it gives its worker back, and never works longer than that in one go
WAIT_S = 5.0
LONGEST_S = 30.0


def wake() -> None:
    """Makes sure that a drain runs soon; cheap enough for every webhook. Without Redis the sweep does it."""
    try:
        pipe = get_redis().pipeline(transaction=False)
        pipe.lpush(BELL, 1)
        pipe.ltrim(BELL, 0, 0)
        pipe.set(HINT, 1, nx=True, ex=HINT_S)
        *_, nobody_drains = pipe.execute()
        if nobody_drains:
            drain.enqueue()
    except RedisError as error:
        log.debug("inbox.not_woken", error=type(error).__name__)


@job("webhooks", retry=(), timeout_s=120)
def drain() -> int:
    """Works through everything that is due, then waits a moment for more; how many events it handled."""
    handled = 0
    until = time.monotonic() + LONGEST_S
    batch = BATCH_SQLITE if db.engine.dialect.name == "sqlite" else BATCH
    helped = False
    while time.monotonic() < until and not is_shutting_down():
        done = processor.drain_batch(batch)
        handled += done
        _keep_hint()
        if done == batch and not helped:
            drain.enqueue()
            helped = True
        elif done == 0:
            helped = False
            if _others_wait() or not _bell_rings():
                break
    _drop_hint()
    rest = processor.drain_batch(batch)
    if rest:
        wake()
    return handled + rest


def _keep_hint() -> None:
    with suppress(RedisError):
        get_redis().set(HINT, 1, ex=HINT_S)


def _drop_hint() -> None:
    """From here on a new event sends a new drain; what came before is seen by the last look."""
    with suppress(RedisError):
        get_redis().delete(HINT)


def _bell_rings() -> bool:
    """Waits for the bell in slices, so that stopping and other queues are noticed."""
    until = time.monotonic() + WAIT_S
    try:
        while time.monotonic() < until and not is_shutting_down():
            if get_redis().blpop([BELL], timeout=0.5):
                return True
            if _others_wait():
                return False
            _keep_hint()
    except RedisError:
        pass
    return False


def _others_wait() -> bool:
    """Whether this worker has jobs of other queues to do."""
    try:
        return any(len(get_queue(name)) for name in QUEUES if name != "webhooks")
    except RedisError:
        return True
