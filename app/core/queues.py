"""Jobs: a function under @job, sent after the commit, with ids only and with the company it belongs to."""

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
# in the order in which a worker serves them; every one is watched by `flask worker`
QUEUES = ("webhooks", "bookings", "messages", "default", "maintenance")
RESULT_TTL_S = 60
FAILURE_TTL_S = 14 * 24 * 3600


@dataclass
class Job:
    """A function that the worker runs; calling it runs it here and now."""

    function: Callable[..., Any]
    name: str
    queue: str
    pauses_s: tuple[int, ...]
    timeout_s: int

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def enqueue(self, *args: Any) -> None:
        """Sends the job once the open transaction is committed; arguments are ids and plain values.

        Redis may be away: then the job is dropped with a log line, and the sweep finds the row that it was about.
        """
        # refused here, where the sender hears of it, and not after the commit
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
    """Makes a function a job of that queue; `retry` are the pauses in seconds before further tries."""
    if queue not in QUEUES:
        raise ValueError(f"No worker watches the queue {queue}.")

    def make(function: Callable[..., Any]) -> Job:
        made = Job(function, f"{function.__module__}.{function.__name__}", queue, retry, timeout_s)
        update_wrapper(made, function)
        JOBS[made.name] = made
        return made

    return make


_stopping = threading.Event()


def request_shutdown() -> None:
    """The worker was asked to end: long jobs should come to a good end now."""
    _stopping.set()


def is_shutting_down() -> bool:
    return _stopping.is_set()


def get_queue(name: str) -> Queue:
    """The queue, for sending and looking; raises RedisError where Redis is away."""
    return Queue(name, connection=get_redis(), serializer=JSONSerializer)


def watched_queues() -> list[Queue]:
    """All queues in their order, over a connection that may wait for the next job."""
    connection = connect_for_queue(current_app.config["SETTINGS"].redis_url)
    return [Queue(name, connection=connection, serializer=JSONSerializer) for name in QUEUES]


def run(name: str, company: str | None, args: list[Any], sent_at: float) -> None:
    """What RQ calls in the worker: the named job, inside its company."""
    wanted = JOBS[name]
    started = time.time()
    metrics.JOB_WAIT.labels(wanted.queue).observe(max(0.0, started - sent_at))
    result = "failed"
    try:
        with company_scope(company) if company else nullcontext():
            wanted(*args)
        result = "done"
    finally:
        # what the job has read last may have left SQLite's only write lock with us, and telling Redis of its end may take long
        db.session.rollback()
        took_s = time.time() - started
        job_stats.record(wanted.queue, wait_s=started - sent_at, run_s=took_s, is_done=result == "done")
        metrics.JOB_SECONDS.labels(wanted.queue).observe(took_s)
        metrics.JOBS_TOTAL.labels(wanted.queue, result).inc()
