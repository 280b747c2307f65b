"""Runs what is periodic: each entry once at its time, however many tickers there are, also after a restart."""

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
from app.models.schedule_run import ScheduledTask

log = structlog.get_logger()
LOCK = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    """What runs when: every so many seconds, or daily at a local time."""

    name: str
    action: Callable[[], object]
    every_s: float | None = None
    # "03:10" in `zone`
    daily_at: str | None = None
    zone: str = "Europe/Berlin"

    def next_after(self, moment: datetime) -> datetime:
        """A missed time is made up for once, not as often as it was missed."""
        if self.every_s is not None:
            return moment + timedelta(seconds=self.every_s)
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        at = self._on(today)
        return at if at > moment else self._on(today + timedelta(days=1))

    def _on(self, day: date) -> datetime:
        """The instant of that day; of a time that comes twice the first, of one that is skipped an hour later."""
        return datetime.combine(day, time.fromisoformat(self.daily_at or "00:00"), ZoneInfo(self.zone)).astimezone(UTC)


def run_for_ever(app: Flask, entries: Sequence[Entry], stop: threading.Event, *, pause_s: float = 1.0) -> None:
    """Ticks until stopped; a database that is away is asked again."""
    while not stop.is_set():
        with app.app_context():
            try:
                tick(entries)
            except Exception as error:
                if is_unavailable(error):
                    log.warning("ticker.database_away", error=type(error).__name__)
                else:
                    log.exception("ticker.failed")
                db.session.rollback()
        stop.wait(pause_s)


def tick(entries: Sequence[Entry]) -> list[str]:
    """Runs what is due and free; the names that ran."""
    next_at = run_read_only(lambda: dict(db.session.execute(select(ScheduledTask.name, ScheduledTask.next_at)).all()))
    for entry in entries:
        if entry.name not in next_at:
            _add(entry)
    moment = now()
    due = [entry for entry in entries if entry.name not in next_at or next_at[entry.name] <= moment]
    ran = []
    for entry in due:
        if until := _take(entry):
            _run(entry, until)
            ran.append(entry.name)
    return ran


def _add(entry: Entry) -> None:
    first = now() if entry.every_s is not None else entry.next_after(now())
    try:
        run_in_transaction(lambda: db.session.add(ScheduledTask(name=entry.name, next_at=first)))
    except IntegrityError:
        log.debug("ticker.known", name=entry.name)


def _take(entry: Entry) -> datetime | None:
    """Until when this ticker holds the entry and runs it; None where another one does. It is free again when its holder died."""
    moment = now()
    until = moment + min(LOCK, timedelta(seconds=max(5.0, (entry.every_s or 600) * 3)))

    def work() -> int:
        return db.session.execute(
            update(ScheduledTask)
            .where(ScheduledTask.name == entry.name, ScheduledTask.next_at <= moment)
            .where((ScheduledTask.locked_until.is_(None)) | (ScheduledTask.locked_until < moment))
            .values(locked_until=until, started_at=moment)
            .execution_options(synchronize_session=False)
        ).rowcount

    return until if run_in_transaction(work) == 1 else None


def _run(entry: Entry, until: datetime) -> None:
    error = None
    began = monotonic()
    try:
        entry.action()
    except Exception as failure:
        db.session.rollback()
        error = f"{type(failure).__name__}: {failure}"[:2000]
        log.exception("ticker.entry_failed", name=entry.name)
    done = now()

    def work() -> int:
        return db.session.execute(
            update(ScheduledTask)
            .where(ScheduledTask.name == entry.name, ScheduledTask.locked_until == until)
            .values(
                next_at=entry.next_after(done),
                locked_until=None,
                finished_at=done,
                runs=ScheduledTask.runs + 1,
                result="failed" if error else "done",
                error=error,
            )
            .execution_options(synchronize_session=False)
        ).rowcount

    if run_in_transaction(work) != 1:
        log.warning("ticker.taken_over", name=entry.name)
    log.debug("ticker.ran", name=entry.name, seconds=round(monotonic() - began, 3))
