"""Runs periodic jobs: each once at its time over all scheduler processes, also after a restart."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.database import is_unavailable
from app.core.extensions import db
from app.core.transactions import run_in_transaction, run_read_only
from app.models.scheduled_task import ScheduledTask

log = structlog.get_logger()
LOCK_DURATION = timedelta(minutes=10)


@dataclass(frozen=True)
class ScheduledJob:
    """A periodic job: every so many seconds, or daily at a local time."""

    name: str
    action: Callable[[], object]
    every_s: float | None = None
    # "03:10" in `timezone`
    daily_at: str | None = None
    timezone: str = "Europe/Berlin"

    def get_next_run(self, after: datetime) -> datetime:
        """Get the next run after this time; missed runs are made up for once."""
        if self.every_s is not None:
            return after + timedelta(seconds=self.every_s)
        today = after.astimezone(ZoneInfo(self.timezone)).date()
        at = self._at_local_time(today)
        return at if at > after else self._at_local_time(today + timedelta(days=1))

    def _at_local_time(self, day: date) -> datetime:
        """Get the UTC time on that day: the first_run_at of an ambiguous time, an hour later for a skipped one."""
        return datetime.combine(day, time.fromisoformat(self.daily_at or "00:00"), ZoneInfo(self.timezone)).astimezone(UTC)


def run_forever(app: Flask, jobs: Sequence[ScheduledJob], stop: threading.Event, *, interval_s: float = 1.0) -> None:
    """Run due jobs until stopped; an unavailable database is retried."""
    while not stop.is_set():
        with app.app_context():
            try:
                run_due_jobs(jobs)
            except Exception as error:
                if is_unavailable(error):
                    log.warning("scheduler.database_unavailable", error=type(error).__name__)
                else:
                    log.exception("scheduler.failed")
                db.session.rollback()
        stop.wait(interval_s)


def run_due_jobs(jobs: Sequence[ScheduledJob]) -> list[str]:
    """Run the jobs that are due and unlocked; returns their names."""
    next_at = run_read_only(lambda: dict(db.session.execute(select(ScheduledTask.name, ScheduledTask.next_at)).all()))
    for job in jobs:
        if job.name not in next_at:
            _register(job)
    checked_at = now()
    due = [job for job in jobs if job.name not in next_at or next_at[job.name] <= checked_at]
    names = []
    for job in due:
        if until := _claim(job):
            _run(job, until)
            names.append(job.name)
    return names


def _register(job: ScheduledJob) -> None:
    first_run_at = now() if job.every_s is not None else job.get_next_run(now())
    try:
        run_in_transaction(lambda: db.session.add(ScheduledTask(name=job.name, next_at=first_run_at)))
    except IntegrityError:
        log.debug("scheduler.job_registered", name=job.name)


def _claim(job: ScheduledJob) -> datetime | None:
    """Lock the job and return the lock's expiry; None where another process holds it. The lock expires with a dead holder."""
    claimed_at = now()
    until = claimed_at + min(LOCK_DURATION, timedelta(seconds=max(5.0, (job.every_s or 600) * 3)))

    def acquire_lock() -> int:
        return db.session.execute(
            update(ScheduledTask)
            .where(ScheduledTask.name == job.name, ScheduledTask.next_at <= claimed_at)
            .where((ScheduledTask.locked_until.is_(None)) | (ScheduledTask.locked_until < claimed_at))
            .values(locked_until=until, started_at=claimed_at)
            .execution_options(synchronize_session=False)
        ).rowcount

    return until if run_in_transaction(acquire_lock) == 1 else None


def _run(job: ScheduledJob, locked_until: datetime) -> None:
    error = None
    started = monotonic()
    try:
        job.action()
    except Exception as exception:
        db.session.rollback()
        error = f"{type(exception).__name__}: {exception}"[:2000]
        log.exception("scheduler.job_failed", name=job.name)
    finished_at = now()

    def release_lock() -> int:
        return db.session.execute(
            update(ScheduledTask)
            .where(ScheduledTask.name == job.name, ScheduledTask.locked_until == locked_until)
            .values(
                next_at=job.get_next_run(finished_at),
                locked_until=None,
                finished_at=finished_at,
                runs=ScheduledTask.runs + 1,
                result="failed" if error else "done",
                error=error,
            )
            .execution_options(synchronize_session=False)
        ).rowcount

    if run_in_transaction(release_lock) != 1:
        log.warning("scheduler.lock_lost", name=job.name)
    log.debug("scheduler.job_finished", name=job.name, seconds=round(monotonic() - started, 3))
