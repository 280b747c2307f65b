"""Job queues: a function under @job is enqueued after the commit, with ids as arguments and with its company."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import structlog
from flask import current_app
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from app.core import job_stats, metrics
from app.core.dry_run import is_dry_run
from app.core.extensions import db
from app.core.redis import RedisError, connect_for_queue, get_redis
from app.core.tenancy import company_scope, current_company_id
from app.core.transactions import on_commit

log = structlog.get_logger()
# in the order in which a worker serves them; `flask worker` watches all of them
QUEUES = ("webhooks", "bookings", "messages", "default", "maintenance")
RESULT_TTL_S = 60
FAILURE_TTL_S = 14 * 24 * 3600


@dataclass
class Job:
    """A function run by the worker; calling it runs it in this process."""

    function: Callable[..., Any]
    name: str
    queue: str
    pauses_s: tuple[int, ...]
    timeout_s: int

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def enqueue(self, *args: Any) -> None:
        """Enqueue the job after the commit of the open transaction; arguments are ids and plain values.

        While Redis is unreachable the job is dropped with a log line, and the sweep finds its row.
        """
        # a value that is not JSON raises in the caller, not after the commit
        json.dumps(args)
        if is_dry_run():
            return
        company = current_company_id()
        on_commit(lambda: self._send(company, args))

    def _send(self, company: str | None, args: tuple[Any, ...]) -> None:
        try:
            get_queue(self.queue).enqueue(
                "app.core.queues.run",
                args=(self.name, company, list(args), time.time()),
                retry=Retry(max=len(self.pauses_s), interval=list(self.pauses_s)) if self.pauses_s else None,
                job_timeout=self.timeout_s,
                result_ttl=RESULT_TTL_S,
                failure_ttl=FAILURE_TTL_S,
                description=self.name,
            )
        except RedisError as error:
            log.warning("job.not_sent", job=self.name, error=type(error).__name__)


JOBS: dict[str, Job] = {}


def job(queue: str, *, retry: tuple[int, ...] = (5, 30, 120, 600), timeout_s: int = 60) -> Callable[[Callable[..., Any]], Job]:
    """Register a function as a job of the queue; `retry` are the delays in seconds before further tries."""
    if queue not in QUEUES:
        raise ValueError(f"No worker watches the queue {queue}.")

    def make(function: Callable[..., Any]) -> Job:
        new_job = Job(function, f"{function.__module__}.{function.__name__}", queue, retry, timeout_s)
        update_wrapper(new_job, function)
        JOBS[new_job.name] = new_job
        return new_job

    return make


_stopping = threading.Event()


def request_shutdown() -> None:
    """Note that the worker was asked to stop; long jobs check is_shutting_down() and end early."""
    _stopping.set()


def is_shutting_down() -> bool:
    return _stopping.is_set()


def get_queue(name: str) -> Queue:
    """The queue of this name, to enqueue and inspect; raises RedisError while Redis is unreachable."""
    return Queue(name, connection=get_redis(), serializer=JSONSerializer)


def watched_queues() -> list[Queue]:
    """All queues in order, on a connection without read timeout, for a worker's blocking reads."""
    connection = connect_for_queue(current_app.config["SETTINGS"].redis_url)
    return [Queue(name, connection=connection, serializer=JSONSerializer) for name in QUEUES]


def run(name: str, company: str | None, args: list[Any], sent_at: float) -> None:
    """Run the named job in its company's scope; RQ calls this in the worker."""
    job = JOBS[name]
    started = time.time()
    metrics.JOB_WAIT.labels(job.queue).observe(max(0.0, started - sent_at))
    result = "failed"
    try:
        with company_scope(company) if company else nullcontext():
            job(*args)
        result = "done"
    finally:
        # an open transaction may hold SQLite's only write lock while RQ reports the end of the job to Redis
        db.session.rollback()
        duration_s = time.time() - started
        job_stats.record(job.queue, wait_s=started - sent_at, run_s=duration_s, is_done=result == "done")
        metrics.JOB_SECONDS.labels(job.queue).observe(duration_s)
        metrics.JOBS_TOTAL.labels(job.queue, result).inc()
