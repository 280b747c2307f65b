"""The worker process: one application for all jobs, with short intervals to detect dead workers and lost connections."""

import os
import resource
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis import WatchError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job as RqJob
from rq.queue import Queue
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from app.core import error_tracking, queues, settings
from app.core.extensions import db
from app.core.redis import RedisError

log = structlog.get_logger()
# beyond either the process ends and its supervisor starts a new one
MAX_JOBS_PER_PROCESS = 20_000
MAX_MEMORY_MB = 400
RETRY_AFTER_S = 1.0


class Worker(SimpleWorker):
    """Run jobs in its own process without forking: after a crash the sweep enqueues them again from their rows."""

    max_connection_wait_time = 2
    app: Flask

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        with self.app.app_context():
            structlog.contextvars.bind_contextvars(job=job.description)
            try:
                super().execute_job(job, queue)
            finally:
                db.session.remove()
                structlog.contextvars.clear_contextvars()
        self.jobs_done = getattr(self, "jobs_done", 0) + 1
        if self.jobs_done >= MAX_JOBS_PER_PROCESS or memory_mb() > MAX_MEMORY_MB:
            log.info("worker.recycled", jobs=self.jobs_done, memory_mb=memory_mb())
            self._stop_requested = True

    def request_stop(self, signum: int, frame: FrameType | None) -> Any:
        queues.request_shutdown()
        return super().request_stop(signum, frame)


def memory_mb() -> int:
    """Resident memory of this process; its peak where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return pages * resource.getpagesize() // 2**20


def work(app: Flask, *, burst: bool = False) -> None:
    """Serve all queues until stopped; while Redis is unreachable, wait and reconnect instead of ending the process."""
    with suppress(StopRequested):
        while not queues.is_shutting_down():
            try:
                worker = _make_worker(app)
                worker.work(burst=burst, logging_level="WARNING")
                if burst or worker._stop_requested:
                    return
            except RedisError as error:
                log.warning("worker.redis_away", error=type(error).__name__)
                if burst:
                    raise
            time.sleep(RETRY_AFTER_S)


def _make_worker(app: Flask) -> Worker:
    with app.app_context():
        watched = queues.watched_queues()
    worker = Worker(
        watched,
        connection=watched[0].connection,
        serializer=JSONSerializer,
        worker_ttl=20,
        maintenance_interval=10,
        job_monitoring_interval=5,
        name=f"worker-{os.getpid()}-{os.urandom(3).hex()}",
        exception_handlers=[_track],
    )
    worker.app = app
    return worker


def _track(job: RqJob, _kind: Any, error: BaseException, _traceback: Any) -> bool:
    """Report the error to error tracking, and let RQ handle the job."""
    error_tracking.track(error, settings(), job=job.description)
    return True


def enqueue_due_jobs() -> None:
    """Move scheduled retries that are due back into their queues; the clock calls this in place of RQ's scheduler.

    RQ's scheduler forks, keeps locks that outlive it, and opens its own connections. Here two clocks may run: the later one
    finds the watched list changed and does nothing.
    """
    for name in queues.QUEUES:
        queue = queues.get_queue(name)
        registry = ScheduledJobRegistry(queue=queue)
        with queue.connection.pipeline() as pipeline, suppress(WatchError):
            pipeline.watch(registry.key)
            due = registry.get_jobs_to_schedule()
            jobs = RqJob.fetch_many(due, connection=queue.connection, serializer=JSONSerializer) if due else []
            pipeline.multi()
            for job in filter(None, jobs):
                queue._enqueue_job(job, pipeline=pipeline, at_front=job.should_enqueue_at_front())
            for job_id in due:
                registry.remove(job_id, pipeline=pipeline)
            pipeline.execute()
