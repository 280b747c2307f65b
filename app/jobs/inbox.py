"""Drains the inbox. The rows decide; this job and its wake-ups are hints."""

import time
from contextlib import suppress

import structlog

from app.core.extensions import db
from app.core.queues import QUEUES, get_queue, is_shutting_down, job
from app.core.redis import RedisError, get_redis
from app.core.transactions import run_in_transaction
from app.domain.inbox import processor
from app.domain.inbox.rejections import delete_expired_rejections

log = structlog.get_logger()
# Set while a drain runs or is queued; expires a little later than a drain may be silent.
DRAIN_SCHEDULED_KEY = "inbox:drain"
DRAIN_SCHEDULED_TTL_S = 10
# List that wakes a waiting drain.
WAKEUP_KEY = "inbox:bell"
BATCH_SIZE = 200
# SQLite has one writer: shorter batches let the webhook receiver write in between.
BATCH_SIZE_SQLITE = 50
# Idle time before a drain returns its worker, and the longest run of one drain.
IDLE_TIMEOUT_S = 5.0
MAX_DRAIN_S = 30.0


def wake() -> None:
    """Ensure that a drain runs soon; cheap enough for every webhook. Without Redis the sweep drains."""
    try:
        pipe = get_redis().pipeline(transaction=False)
        pipe.lpush(WAKEUP_KEY, 1)
        pipe.ltrim(WAKEUP_KEY, 0, 0)
        pipe.set(DRAIN_SCHEDULED_KEY, 1, nx=True, ex=DRAIN_SCHEDULED_TTL_S)
        *_, is_unscheduled = pipe.execute()
        if is_unscheduled:
            drain.enqueue()
    except RedisError as error:
        log.debug("inbox.wakeup_failed", error=type(error).__name__)


@job("webhooks", retry=(), timeout_s=120)
def drain() -> int:
    """Process all due events, then wait up to IDLE_TIMEOUT_S for more; returns their number."""
    handled = 0
    deadline = time.monotonic() + MAX_DRAIN_S
    batch = BATCH_SIZE_SQLITE if db.engine.dialect.name == "sqlite" else BATCH_SIZE
    has_second_drain = False
    while time.monotonic() < deadline and not is_shutting_down():
        batch_count = processor.drain_batch(batch)
        handled += batch_count
        _mark_scheduled()
        if batch_count == batch and not has_second_drain:
            drain.enqueue()
            has_second_drain = True
        elif batch_count == 0:
            has_second_drain = False
            if _has_other_jobs() or not _wait_for_wakeup():
                break
    _clear_scheduled()
    remaining = processor.drain_batch(batch)
    if remaining:
        wake()
    return handled + remaining


@job("maintenance", retry=())
def delete_old_rejections() -> int:
    """Delete the traces of refused webhooks whose retention has ended."""
    return run_in_transaction(delete_expired_rejections)


def _mark_scheduled() -> None:
    with suppress(RedisError):
        get_redis().set(DRAIN_SCHEDULED_KEY, 1, ex=DRAIN_SCHEDULED_TTL_S)


def _clear_scheduled() -> None:
    """Let new events enqueue a new drain; earlier ones are processed by the final batch."""
    with suppress(RedisError):
        get_redis().delete(DRAIN_SCHEDULED_KEY)


def _wait_for_wakeup() -> bool:
    """Wait for a wake-up in short slices, so that shutdown and other queues are noticed."""
    deadline = time.monotonic() + IDLE_TIMEOUT_S
    try:
        while time.monotonic() < deadline and not is_shutting_down():
            if get_redis().blpop([WAKEUP_KEY], timeout=0.5):
                return True
            if _has_other_jobs():
                return False
            _mark_scheduled()
    except RedisError:
        pass
    return False


def _has_other_jobs() -> bool:
    """Whether this worker has jobs of other queues to do."""
    try:
        return any(len(get_queue(name)) for name in QUEUES if name != "webhooks")
    except RedisError:
        return True
