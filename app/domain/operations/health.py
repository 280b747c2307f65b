"""The checks behind /health, each with status and duration."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import structlog
from flask import Flask, current_app
from rq import Worker
from rq.serializers import JSONSerializer
from sqlalchemy import Select, column, func, select, table

from app.core import settings
from app.core.clock import now
from app.core.database import read_only
from app.core.extensions import db
from app.core.queues import QUEUES, get_queue
from app.core.redis import get_redis
from app.domain.inbox.lease import get_oldest_due_age_s
from app.models.scheduled_task import ScheduledTask

Status = Literal["ok", "warn", "failed"]
Answer = tuple[Status, dict[str, Any], float]
log = structlog.get_logger()

# a check that has no answer by then has failed; a cut network would keep it for as long as the driver waits
CHECK_TIMEOUT_S = 2.0
MAX_WORKER_SILENCE_S = 60.0
MAX_CLOCK_SILENCE_S = 60.0
INBOX_AGE_LIMITS_S = (15.0, 300.0)
DISK_FREE_LIMITS = (1 << 30, 100 << 20)
VERSION: Select[tuple[str]] = select(column("version_num")).select_from(table("alembic_version"))

# database checks run in their own pool, so that a silent database does not hide Redis
DATABASE_CHECKS = ("database", "clock", "inbox")
_asking_database, _asking_others = (ThreadPoolExecutor(max_workers=4, thread_name_prefix="checks") for _ in range(2))


@dataclass(frozen=True)
class Check:
    name: str
    status: Status
    ms: int
    data: dict[str, Any] = field(default_factory=dict)


def check_serving() -> list[Check]:
    """The checks required for serving. Without Redis and queue a process still serves: webhooks are stored, dashboards poll."""
    return _run_checks("database", "redis", "queue")


def check_all() -> list[Check]:
    return _run_checks(*CHECKS)


def check_one(name: str) -> Check:
    """One of them."""
    return _run_checks(name)[0]


def _check_database() -> tuple[Status, dict[str, Any]]:
    return "ok", {"version": db.session.scalar(VERSION)}


def _check_redis() -> tuple[Status, dict[str, Any]]:
    get_redis().ping()
    return "ok", {}


def _check_queue() -> tuple[Status, dict[str, Any]]:
    return "ok", {"waiting": get_queue_depths()}


def _check_workers() -> tuple[Status, dict[str, Any]]:
    """Check the heartbeats of RQ's workers, sent every few seconds even while idle."""
    heartbeats = [worker.last_heartbeat for worker in Worker.all(connection=get_redis(), serializer=JSONSerializer)]
    ages = sorted(_get_age_s(beat.replace(tzinfo=UTC)) for beat in heartbeats if beat)
    living = [age for age in ages if age <= MAX_WORKER_SILENCE_S]
    return "ok" if living else "failed", {"living": len(living), "last_seen_s": ages[0] if ages else None}


def _check_clock() -> tuple[Status, dict[str, Any]]:
    ticked = db.session.scalar(select(func.max(ScheduledTask.finished_at)))
    age = _get_age_s(ticked) if ticked else None
    return "ok" if age is not None and age <= MAX_CLOCK_SILENCE_S else "failed", {"last_tick_s": age}


def _check_inbox() -> tuple[Status, dict[str, Any]]:
    age = round(get_oldest_due_age_s(), 1)
    return _grade(-age, *(-limit for limit in INBOX_AGE_LIMITS_S)), {"oldest_waiting_s": age}


def _check_disk() -> tuple[Status, dict[str, Any]]:
    free = shutil.disk_usage(settings().instance_path).free
    return _grade(free, *DISK_FREE_LIMITS), {"free_mb": free >> 20}


CHECKS: dict[str, Callable[[], tuple[Status, dict[str, Any]]]] = {
    "database": _check_database,
    "redis": _check_redis,
    "queue": _check_queue,
    "workers": _check_workers,
    "clock": _check_clock,
    "inbox": _check_inbox,
    "disk": _check_disk,
}


def get_queue_depths() -> dict[str, int]:
    """Count the waiting jobs per queue; raises RedisError."""
    pipeline = get_redis().pipeline(transaction=False)
    for name in QUEUES:
        pipeline.llen(get_queue(name).key)
    return dict(zip(QUEUES, pipeline.execute(), strict=True))


def _run_checks(*names: str) -> list[Check]:
    """All at the same time, and none for longer than a check may take."""
    began = time.perf_counter()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    futures = {
        name: (_asking_database if name in DATABASE_CHECKS else _asking_others).submit(_run_timed, app, CHECKS[name]) for name in names
    }
    return [_await_check(name, answer, CHECK_TIMEOUT_S - (time.perf_counter() - began)) for name, answer in futures.items()]


def _await_check(name: str, answer: Future[Answer], within_s: float) -> Check:
    began = time.perf_counter()
    try:
        status, data, took_s = answer.result(max(0.0, within_s))
    except Exception as error:
        log.warning("check.failed", check=name, error=type(error).__name__)
        status, data, took_s = "failed", {}, time.perf_counter() - began
    return Check(name, status, round(took_s * 1000), data)


def _run_timed(app: Flask, check: Callable[[], tuple[Status, dict[str, Any]]]) -> Answer:
    began = time.perf_counter()
    with app.app_context(), read_only():
        status, data = check()
    return status, data, time.perf_counter() - began


def _grade(value: float, enough: float, too_little: float) -> Status:
    return "ok" if value >= enough else "warn" if value >= too_little else "failed"


def _get_age_s(at: datetime) -> float:
    return round((now() - at).total_seconds(), 1)
