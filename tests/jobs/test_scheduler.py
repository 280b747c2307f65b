"""The ticker: each entry once at its time, however many tickers there are, whatever died, whatever the clocks do."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from hypothesis import example, given, strategies as st
from sqlalchemy import select

from app.core.clock import now
from app.jobs.scheduler import ScheduledJob, run_due_jobs, run_forever
from app.models.scheduled_task import ScheduledTask
from tests.support.waiting import HANGS_AFTER_S

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def run_of(db: SQLAlchemy, name: str = "sweep") -> ScheduledTask:
    """As it stands now; no transaction stays open behind the look."""
    db.session.expire_all()
    found = db.session.scalars(select(ScheduledTask).where(ScheduledTask.name == name)).one()
    db.session.commit()
    return found


def test_a_new_entry_runs_at_once_and_then_at_its_pace(db: SQLAlchemy) -> None:
    ran: list[datetime] = []
    entry = ScheduledJob("sweep", lambda: ran.append(now()), every_s=2)
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(10):
            run_due_jobs([entry])
            clock.shift(1)
    assert [(moment - NOON).total_seconds() for moment in ran] == [0, 2, 4, 6, 8]
    assert run_of(db).runs == 5


def test_missed_times_are_made_up_for_once(db: SQLAlchemy) -> None:
    ran: list[str] = []
    entries = [
        ScheduledJob("sweep", lambda: ran.append("sweep"), every_s=2),
        ScheduledJob("nightly", lambda: ran.append("nightly"), daily_at="03:10"),
    ]
    with time_machine.travel(NOON, tick=False) as clock:
        run_due_jobs(entries)
        clock.shift(timedelta(days=5))
        for _ in range(3):
            run_due_jobs(entries)
    assert ran == ["sweep", "sweep", "nightly"]


def test_a_daily_entry_waits_for_its_hour_also_at_the_first_start(db: SQLAlchemy) -> None:
    ran: list[datetime] = []
    entry = ScheduledJob("nightly", lambda: ran.append(now()), daily_at="03:10")
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(48):
            run_due_jobs([entry])
            clock.shift(timedelta(hours=1))
    assert [f"{moment.astimezone(BERLIN):%d. %H:%M}" for moment in ran] == ["21. 04:00", "22. 04:00"]


def test_an_error_is_kept_and_the_next_time_comes_all_the_same(db: SQLAlchemy) -> None:
    ran: list[int] = []

    def fail() -> None:
        ran.append(1)
        raise ValueError("no")

    entries = [ScheduledJob("failing", fail, every_s=2), ScheduledJob("sweep", lambda: ran.append(2), every_s=2)]
    with time_machine.travel(NOON, tick=False) as clock:
        run_due_jobs(entries)
        kept = run_of(db, "failing")
        assert (kept.result, kept.error, kept.locked_until) == ("failed", "ValueError: no", None)
        clock.shift(2)
        run_due_jobs(entries)
    assert ran == [1, 2, 1, 2]
    assert (run_of(db).result, run_of(db).error) == ("done", None)


def test_an_error_in_the_database_does_not_stop_the_others(db: SQLAlchemy) -> None:
    ran: list[int] = []

    def fail() -> None:
        db.session.add(ScheduledTask(name="failing", next_at=now()))
        db.session.flush()

    run_due_jobs([ScheduledJob("failing", fail, every_s=2), ScheduledJob("sweep", lambda: ran.append(1), every_s=2)])
    assert ran == [1]
    assert run_of(db, "failing").result == "failed"


def test_many_tickers_run_an_entry_once(app: Flask, db: SQLAlchemy) -> None:
    ran: list[str] = []
    entries = [ScheduledJob(f"entry{number}", lambda number=number: ran.append(f"entry{number}"), every_s=3600) for number in range(4)]
    together = threading.Barrier(6, timeout=HANGS_AFTER_S)

    def scheduler() -> None:
        with app.app_context():
            together.wait()
            for _ in range(3):
                run_due_jobs(entries)

    _all_at_once(scheduler, 6)
    assert sorted(ran) == [f"entry{number}" for number in range(4)]


def test_while_it_runs_nobody_else_runs_it(app: Flask, db: SQLAlchemy) -> None:
    ran: list[list[str]] = []
    began, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        may_end.wait(HANGS_AFTER_S)

    first = threading.Thread(target=_ticking(app, [ScheduledJob("sweep", slow, every_s=2)]))
    first.start()
    assert began.wait(HANGS_AFTER_S)
    ran.append(run_due_jobs([ScheduledJob("sweep", lambda: None, every_s=2)]))
    may_end.set()
    first.join()
    assert ran == [[]]
    assert run_of(db).runs == 1


def test_what_a_dead_ticker_held_is_free_again_soon(app: Flask, db: SQLAlchemy) -> None:
    """It was killed in the middle: nothing of its end is written."""

    def die() -> None:
        raise SystemExit

    with time_machine.travel(NOON, tick=False) as clock:
        with pytest.raises(SystemExit):
            run_due_jobs([ScheduledJob("sweep", die, every_s=2)])
        db.session.rollback()
        ran: list[int] = []
        successor = [ScheduledJob("sweep", lambda: ran.append(1), every_s=2)]
        run_due_jobs(successor)
        assert ran == []
        clock.shift(10)
        run_due_jobs(successor)
        assert ran == [1]


def test_a_ticker_that_was_stopped_for_long_does_not_unlock_its_successor(app: Flask, db: SQLAlchemy) -> None:
    """It wakes up after somebody else took over, and its end is no longer its own."""
    second_began, second_may_end = threading.Event(), threading.Event()
    with time_machine.travel(NOON, tick=False) as clock:

        def second() -> None:
            second_began.set()
            second_may_end.wait(HANGS_AFTER_S)

        successor = threading.Thread(target=_ticking(app, [ScheduledJob("sweep", second, every_s=2)]))

        def first() -> None:
            clock.shift(20)
            successor.start()
            assert second_began.wait(HANGS_AFTER_S)

        run_due_jobs([ScheduledJob("sweep", first, every_s=2)])
        held = run_of(db)
        assert held.locked_until is not None, "the successor is still at work"
        second_may_end.set()
        successor.join()
        assert run_of(db).locked_until is None


def test_it_ticks_until_stopped_and_outlives_a_failing_round(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.jobs import scheduler

    rounds, stop = [], threading.Event()

    def failing(entries: object) -> None:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(scheduler, "run_due_jobs", failing)
    run_forever(app, [], stop, interval_s=0.01)
    assert len(rounds) == 3


def test_it_ends_within_its_pause(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.jobs import scheduler

    stop, has_ticked = threading.Event(), threading.Event()
    monkeypatch.setattr(scheduler, "run_due_jobs", lambda jobs: has_ticked.set())
    clock = threading.Thread(target=run_forever, args=(app, [], stop), kwargs={"interval_s": 10 * HANGS_AFTER_S}, daemon=True)
    clock.start()
    assert has_ticked.wait(HANGS_AFTER_S)
    stop.set()
    clock.join(HANGS_AFTER_S)
    assert not clock.is_alive()


TIMES = st.tuples(st.integers(0, 23), st.sampled_from([0, 10, 30, 59]))
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
# around both changes of the clocks in 2026 of the zones above
DAYS = [datetime(2026, *day) for day in ((3, 28), (10, 24), (3, 7), (10, 31), (4, 4), (10, 3))]


@example(at=(2, 30), timezone="Europe/Berlin", day=DAYS[1], took_min=40)
@example(at=(2, 30), timezone="Europe/Berlin", day=DAYS[0], took_min=0)
@given(at=TIMES, timezone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), took_min=st.sampled_from([0, 1, 40, 70, 130]))
def test_a_daily_entry_runs_once_on_each_local_day(at: tuple[int, int], timezone: str, day: datetime, took_min: int) -> None:
    """Also on the days of 23 and 25 hours, and when a run lasts."""
    entry = ScheduledJob("nightly", lambda: None, daily_at=f"{at[0]:02}:{at[1]:02}", timezone=timezone)
    local = ZoneInfo(timezone)
    moment = day.replace(tzinfo=local).astimezone(UTC) - timedelta(seconds=1)
    runs: list[datetime] = []
    for _ in range(4):
        moment = entry.get_next_run(moment)
        runs.append(moment.astimezone(local))
        moment += timedelta(minutes=took_min)
    assert [run.date() for run in runs] == [(day + timedelta(days=ahead)).date() for ahead in range(4)]
    for run in runs:
        wanted = run.replace(hour=at[0], minute=at[1], fold=0)
        exists = wanted.astimezone(UTC).astimezone(local).replace(tzinfo=None) == wanted.replace(tzinfo=None)
        assert (run.hour, run.minute) == at or not exists


def test_a_time_that_is_skipped_comes_an_hour_later() -> None:
    entry = ScheduledJob("nightly", lambda: None, daily_at="02:30")
    evening = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert entry.get_next_run(evening) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert entry.get_next_run(datetime(2026, 3, 29, 1, 10, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    entry = ScheduledJob("nightly", lambda: None, daily_at="02:30")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert entry.get_next_run(first - timedelta(hours=3)) == first
    for minutes in (0, 40, 65):
        assert entry.get_next_run(first + timedelta(minutes=minutes)).astimezone(BERLIN).day == 26


def _all_at_once(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ticking(app: Flask, entries: list[ScheduledJob]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            run_due_jobs(entries)

    return run
