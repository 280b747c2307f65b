"""The checks behind /health: each says how it stands and how long it took to say so."""

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
from app.models.schedule_run import ScheduledTask

Status = Literal["ok", "warn", "failed"]
Answer = tuple[Status, dict[str, Any], float]
log = structlog.get_logger()

# a check that has no answer by then has failed; a cut network would keep it for as long as the driver waits
ANSWERS_WITHIN_S = 2.0
WORKERS_SEEN_WITHIN_S = 60.0
CLOCK_TICKED_WITHIN_S = 60.0
INBOX_WAITS_S = (15.0, 300.0)
DISK_FREE = (1 << 30, 100 << 20)
VERSION: Select[tuple[str]] = select(column("version_num")).select_from(table("alembic_version"))

# those that ask the database keep to themselves: while it is silent, what Redis says is still heard
ASK_DATABASE = ("database", "clock", "inbox")
_asking_database, _asking_others = (ThreadPoolExecutor(max_workers=4, thread_name_prefix="checks") for _ in range(2))


@dataclass(frozen=True)
class Check:
    name: str
    status: Status
    ms: int
    data: dict[str, Any] = field(default_factory=dict)


def check_serving() -> list[Check]:
    """What a process needs to serve. Without Redis and queue it still does: webhooks are kept, dashboards ask."""
    return _run("database", "redis", "queue")


def check_everything() -> list[Check]:
    return _run(*CHECKS)


def check_named(name: str) -> Check:
    """One of them."""
    return _run(name)[0]


def _database() -> tuple[Status, dict[str, Any]]:
    return "ok", {"version": db.session.scalar(VERSION)}


def _redis() -> tuple[Status, dict[str, Any]]:
    get_redis().ping()
    return "ok", {}


def _queue() -> tuple[Status, dict[str, Any]]:
    return "ok", {"waiting": queue_depths()}


def _workers() -> tuple[Status, dict[str, Any]]:
    """RQ's workers say every few seconds that they live, also while they wait."""
    seen = [worker.last_heartbeat for worker in Worker.all(connection=get_redis(), serializer=JSONSerializer)]
    ages = sorted(_age(beat.replace(tzinfo=UTC)) for beat in seen if beat)
    living = [age for age in ages if age <= WORKERS_SEEN_WITHIN_S]
    return "ok" if living else "failed", {"living": len(living), "last_seen_s": ages[0] if ages else None}


def _clock() -> tuple[Status, dict[str, Any]]:
    ticked = db.session.scalar(select(func.max(ScheduledTask.finished_at)))
    age = _age(ticked) if ticked else None
    return "ok" if age is not None and age <= CLOCK_TICKED_WITHIN_S else "failed", {"last_tick_s": age}


def _inbox() -> tuple[Status, dict[str, Any]]:
    age = round(get_oldest_due_age_s(), 1)
    return _graded(-age, *(-limit for limit in INBOX_WAITS_S)), {"oldest_waiting_s": age}


def _disk() -> tuple[Status, dict[str, Any]]:
    free = shutil.disk_usage(settings().instance_path).free
    return _graded(free, *DISK_FREE), {"free_mb": free >> 20}


CHECKS: dict[str, Callable[[], tuple[Status, dict[str, Any]]]] = {
    "database": _database,
    "redis": _redis,
    "queue": _queue,
    "workers": _workers,
    "clock": _clock,
    "inbox": _inbox,
    "disk": _disk,
}


def queue_depths() -> dict[str, int]:
    """How many jobs wait in each queue; raises RedisError."""
    pipeline = get_redis().pipeline(transaction=False)
    for name in QUEUES:
        pipeline.llen(get_queue(name).key)
    return dict(zip(QUEUES, pipeline.execute(), strict=True))


def _run(*names: str) -> list[Check]:
    """All at the same time, and none for longer than a check may take."""
    began = time.perf_counter()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    asked = {name: (_asking_database if name in ASK_DATABASE else _asking_others).submit(_timed, app, CHECKS[name]) for name in names}
    return [_answer(name, answer, ANSWERS_WITHIN_S - (time.perf_counter() - began)) for name, answer in asked.items()]


def _answer(name: str, answer: Future[Answer], within_s: float) -> Check:
    began = time.perf_counter()
    try:
        status, data, took_s = answer.result(max(0.0, within_s))
    except Exception as error:
        log.warning("check.failed", check=name, error=type(error).__name__)
        status, data, took_s = "failed", {}, time.perf_counter() - began
    return Check(name, status, round(took_s * 1000), data)


def _timed(app: Flask, check: Callable[[], tuple[Status, dict[str, Any]]]) -> Answer:
    began = time.perf_counter()
    with app.app_context(), read_only():
        status, data = check()
    return status, data, time.perf_counter() - began


def _graded(value: float, enough: float, too_little: float) -> Status:
    return "ok" if value >= enough else "warn" if value >= too_little else "failed"


def _age(instant: datetime) -> float:
    return round((now() - instant).total_seconds(), 1)
