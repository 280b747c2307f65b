"""Queues for support: waiting jobs, workers, hourly counts, failed jobs, retry and delete."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rq import Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job as RqJob
from rq.registry import FailedJobRegistry, ScheduledJobRegistry
from rq.serializers import JSONSerializer

from app.core import job_stats
from app.core.clock import now
from app.core.queues import QUEUES, get_queue
from app.core.redis import get_redis
from app.domain.operations.health import MAX_WORKER_SILENCE_S

MAX_FAILED_JOBS = 50
MAX_REASON_LENGTH = 300


@dataclass(frozen=True)
class QueueState:
    name: str
    waiting: int
    pausing: int
    failed: int
    hour: job_stats.HourlyQueueStats


@dataclass(frozen=True)
class WorkerState:
    name: str
    is_alive: bool
    seen_at: datetime | None
    started_at: datetime | None
    job: str | None
    done: int
    failed: int


@dataclass(frozen=True)
class FailedJob:
    id: str
    queue: str
    name: str
    failed_at: datetime | None
    reason: str


def list_queue_states() -> list[QueueState]:
    """In the order in which they are served; raises RedisError."""
    hour = job_stats.last_hour(QUEUES)
    return [
        QueueState(name, len(queue), len(ScheduledJobRegistry(queue=queue)), len(FailedJobRegistry(queue=queue)), hour[name])
        for name in QUEUES
        for queue in [get_queue(name)]
    ]


def list_worker_states() -> list[WorkerState]:
    """List workers with a recent heartbeat; raises RedisError."""
    current_time = now()
    states = []
    for worker in Worker.all(connection=get_redis(), serializer=JSONSerializer):
        seen_at = _to_utc(worker.last_heartbeat)
        alive = seen_at is not None and (current_time - seen_at).total_seconds() <= MAX_WORKER_SILENCE_S
        job = worker.get_current_job()
        states.append(
            WorkerState(
                worker.name, alive, seen_at, _to_utc(worker.birth_date), job.description if job else None,
                worker.successful_job_count, worker.failed_job_count,
            )
        )  # fmt: skip
    return sorted(states, key=lambda state: (not state.is_alive, state.name))


def list_failed_jobs() -> list[FailedJob]:
    """List the latest failed jobs of each queue, newest first; raises RedisError."""
    failed = []
    for name in QUEUES:
        registry = FailedJobRegistry(queue=get_queue(name))
        for job_id in registry.get_job_ids(0, MAX_FAILED_JOBS - 1, desc=True):
            if job := find_failed(job_id):
                failed.append(FailedJob(job_id, name, job.description or "", _to_utc(job.ended_at), _get_reason(job)))
    return sorted(failed, key=lambda job: job.failed_at or datetime.min.replace(tzinfo=UTC), reverse=True)[:MAX_FAILED_JOBS]


def find_failed(job_id: str) -> RqJob | None:
    """Find a job that has failed finally; others must not be changed."""
    try:
        job = RqJob.fetch(job_id, connection=get_redis(), serializer=JSONSerializer)
    except NoSuchJobError:
        return None
    return job if job.is_failed else None


def retry_job(job_id: str) -> bool:
    """Requeue a failed job; False when it does not exist. Jobs are idempotent."""
    job = find_failed(job_id)
    if job is None or job.origin not in QUEUES:
        return False
    FailedJobRegistry(queue=get_queue(job.origin)).requeue(job)
    return True


def delete_job(job_id: str) -> bool:
    """Delete the job; its row stays, and the sweep enqueues it again if due."""
    job = find_failed(job_id)
    if job is None or job.origin not in QUEUES:
        return False
    FailedJobRegistry(queue=get_queue(job.origin)).remove(job, delete_job=True)
    return True


def _get_reason(job: RqJob) -> str:
    """The last line of what went wrong; what was handed to the job is no part of it."""
    result = job.latest_result()
    return ((result and result.exc_string) or "").strip().rpartition("\n")[2][:MAX_REASON_LENGTH]


def _to_utc(at: datetime | None) -> datetime | None:
    """RQ writes its times in UTC, some of them without saying so."""
    return at and (at if at.tzinfo else at.replace(tzinfo=UTC))
