"""The outbox on both databases: one claim at a time, stale claims complete nothing, order per key, delays, lost jobs."""

import contextvars
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import redis as redis_library
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core import queues
from app.core.clock import now
from app.core.errors import ProviderError
from app.core.outbox import LOST_AFTER, Backlog, Outbox
from app.core.queues import get_queue, job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.models import Notification
from app.providers.http import RateLimited
from tests.factories.calendar import NotificationFactory
from tests.factories.companies import CompanyFactory
from tests.support.waiting import HANGS_AFTER_S

LEASE = timedelta(seconds=60)
OUTBOX = Outbox(Notification, lease=LEASE, retry_delays=[timedelta(seconds=delay) for delay in (5, 30)])


@pytest.fixture
def present(db: SQLAlchemy) -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-05-04T08:00:00+02:00", tick=True) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def company_id(db: SQLAlchemy, present: time_machine.Traveller) -> Iterator[str]:
    with unscoped():
        company_id: str = run_in_transaction(lambda: CompanyFactory().id)
    with company_scope(company_id):
        yield company_id


def add(**values: Any) -> str:
    return str(run_in_transaction(lambda: NotificationFactory(**values).id))


def get(db: SQLAlchemy, row_id: str) -> Notification:
    db.session.rollback()
    return db.session.get_one(Notification, row_id)


def claim(row_id: str) -> str | None:
    def work() -> str | None:
        row = OUTBOX.find_claimable(row_id)
        return OUTBOX.claim(row) if row else None

    return run_in_transaction(work)


def complete(row_id: str, token: str) -> bool:
    def work() -> bool:
        row = OUTBOX.find_claimed(row_id, token)
        if row is not None:
            OUTBOX.complete(row, "sent")
        return row is not None

    return run_in_transaction(work)


def retry(row_id: str, token: str, error: ProviderError) -> bool:
    def work() -> bool:
        row = OUTBOX.find_claimed(row_id, token)
        assert row
        return OUTBOX.retry(row, error)

    return run_in_transaction(work)


def due() -> list[str]:
    with unscoped():
        return [row_id for _company_id, row_id in OUTBOX.due()]


def test_claimed_row_is_not_claimed_again_until_its_lease_ends(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    row_id = add()
    assert claim(row_id) and claim(row_id) is None and due() == []
    present.shift(LEASE + timedelta(seconds=1))
    assert due() == [row_id] and claim(row_id)
    assert get(db, row_id).attempts == 2


def test_stale_claim_completes_nothing_after_it_was_taken_over(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    row_id = add()
    stale = claim(row_id)
    present.shift(LEASE + timedelta(seconds=1))
    current = claim(row_id)
    assert stale and current
    assert not complete(row_id, stale)
    assert (get(db, row_id).status, get(db, row_id).claim_token) == ("pending", current)
    assert complete(row_id, current)
    assert not complete(row_id, current)
    assert get(db, row_id).status == "sent"


def test_claim_is_void_once_the_row_is_reopened(db: SQLAlchemy) -> None:
    row_id = add()
    token = claim(row_id)
    run_in_transaction(lambda: OUTBOX.reopen(db.session.get_one(Notification, row_id)))
    assert token and not complete(row_id, token)
    assert (get(db, row_id).status, get(db, row_id).attempts) == ("pending", 0)


def test_concurrent_workers_claim_a_row_once(app: Flask, db: SQLAlchemy) -> None:
    rows, workers = [add() for _row in range(5)], 4
    barrier = Barrier(workers, timeout=HANGS_AFTER_S)

    def work() -> list[str]:
        with app.app_context():
            barrier.wait()
            claims = [row_id for row_id in rows if claim(row_id)]
            db.session.remove()
            return claims

    db.session.rollback()
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(contextvars.copy_context().run, work) for _worker in range(workers)]
        claimed = [row_id for each in jobs for row_id in each.result()]
    assert sorted(claimed) == sorted(rows)


def test_worker_that_comes_second_waits_and_finds_the_row_claimed(app: Flask, db: SQLAlchemy) -> None:
    row_id = add()
    db.session.rollback()

    def second() -> str | None:
        with app.app_context():
            token = claim(row_id)
            db.session.remove()
            return token

    def first() -> tuple[str, Future[str | None]]:
        row = OUTBOX.find_claimable(row_id)
        assert row
        other = pool.submit(contextvars.copy_context().run, second)
        # long enough for the other to read the row, were it not locked
        time.sleep(0.3)
        return OUTBOX.claim(row), other

    with ThreadPoolExecutor(1) as pool:
        token, other = run_in_transaction(first)
        assert other.result() is None
    assert get(db, row_id).claim_token == token


def test_retries_wait_longer_each_time_and_the_last_delay_repeats(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    row_id = add()
    delays, goes_on = [], []
    for _try in range(4):
        token = claim(row_id)
        assert token
        goes_on.append(retry(row_id, token, ProviderError("away")))
        delays.append(round((get(db, row_id).due_at - now()).total_seconds()))
        present.move_to(get(db, row_id).due_at)
    assert (delays, goes_on) == ([5, 30, 30, 30], [True, True, False, False])
    assert (get(db, row_id).reason, get(db, row_id).error) == ("provider_error", "away")


def test_provider_that_asks_to_wait_costs_no_attempt(db: SQLAlchemy) -> None:
    row_id = add()
    token = claim(row_id)
    assert token and retry(row_id, token, RateLimited("slower", retryable=True, retry_after_s=90))
    row = get(db, row_id)
    assert (row.attempts, round((row.due_at - now()).total_seconds()), row.claim_token) == (0, 90, None)


def test_rows_with_one_key_are_claimed_in_the_order_in_which_they_were_written(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    ids = []
    for _row in range(3):
        ids.append(add(order_key="customer:1"))
        present.shift(timedelta(milliseconds=5))
    first, second, third = ids
    other = add(order_key="customer:2")
    assert sorted(due()) == sorted([first, other])
    assert claim(third) is None and claim(second) is None
    token = claim(first)
    assert token and claim(second) is None
    assert retry(first, token, ProviderError("away")) and claim(second) is None
    present.shift(timedelta(seconds=6))
    token = claim(first)
    assert token and complete(first, token)
    assert OUTBOX.next_in_order(get(db, first)) == second
    assert claim(third) is None and claim(second) and claim(other)


@pytest.mark.parametrize("seconds", [0, 1])
def test_rows_leave_in_the_order_of_time_and_of_ids_at_the_same_instant(db: SQLAlchemy, seconds: int) -> None:
    written_at = now()
    one, other = (add(order_key="customer:1", created_at=written_at - timedelta(seconds=seconds * row)) for row in range(2))
    first, second = (other, one) if seconds else (one, other)
    assert due() == [first]
    assert claim(second) is None and claim(first)


def test_row_planned_for_later_does_not_hold_up_what_is_due_before(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    tomorrow = now() + timedelta(days=1)
    planned = add(order_key="customer:1", due_at=tomorrow, planned_at=tomorrow)
    present.shift(timedelta(seconds=1))
    written = add(order_key="customer:1")
    assert due() == [written]
    token = claim(written)
    assert token and retry(written, token, ProviderError("away"))
    present.shift(timedelta(days=1))
    later = add(order_key="customer:1")
    assert claim(planned) is None and claim(later) is None, "a failing row keeps its turn"
    token = claim(written)
    assert token and complete(written, token)
    assert claim(later) is None and claim(planned)


def test_rows_of_another_company_do_not_hold_up(db: SQLAlchemy, company_id: str, present: time_machine.Traveller) -> None:
    with unscoped():
        other_id = run_in_transaction(lambda: CompanyFactory().id)
    with company_scope(other_id):
        others = add(order_key="booking:1")
    present.shift(timedelta(seconds=1))
    own = add(order_key="booking:1")
    assert due() == [others, own]
    assert claim(own)


def test_the_next_in_order_is_open_due_and_of_the_same_key(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    ids = {}
    for name, values in {
        "sent before": {"status": "sent"}, "sent": {"status": "sent"}, "other": {"order_key": "customer:2"}, "keyless": {"order_key": None},
        "later": {"due_at": now() + timedelta(minutes=1)},
    }.items():  # fmt: skip
        ids[name] = add(**{"order_key": "customer:1", **values})
        present.shift(timedelta(milliseconds=5))
    row = get(db, ids["sent before"])
    assert OUTBOX.next_in_order(row) is None
    assert OUTBOX.next_in_order(get(db, ids["keyless"])) is None
    present.shift(timedelta(minutes=2))
    assert OUTBOX.next_in_order(row) == ids["later"]


def test_a_row_is_due_at_its_very_instant(db: SQLAlchemy) -> None:
    with time_machine.travel("2026-05-04T09:00:00+02:00", tick=False):
        before, row_id = add(order_key="customer:1", status="sent"), add(order_key="customer:1", due_at=now())
        assert due() == [row_id] and OUTBOX.next_in_order(get(db, before)) == row_id
        with unscoped():
            assert OUTBOX.backlog() == Backlog(due=1, oldest_due_at=now(), scheduled=0)
        assert claim(row_id)


def test_only_open_rows_are_due_the_longest_due_first(db: SQLAlchemy) -> None:
    later, earlier = (add(due_at=now() - timedelta(minutes=minutes)) for minutes in (1, 2))
    for values in ({"status": "sent"}, {"status": "dead"}, {"due_at": now() + timedelta(minutes=1)}):
        add(**values)
    assert due() == [earlier, later]


def test_dispatching_marks_its_own_rows_and_no_others(db: SQLAlchemy) -> None:
    dispatched, other = add(), add()
    run_in_transaction(lambda: OUTBOX.mark_dispatched([dispatched]))
    assert due() == [other]


@pytest.fixture
def own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that a test makes are forgotten after it."""
    monkeypatch.setattr(queues, "JOBS", dict(queues.JOBS))


def test_sweep_enqueues_each_due_row_once_until_its_job_is_lost(
    db: SQLAlchemy, redis: redis_library.Redis, present: time_machine.Traveller, own_jobs: None
) -> None:
    runs: list[str] = []
    send = job("messages", retry=())(runs.append)
    row_ids = [add() for _row in range(3)]
    assert (OUTBOX.sweep(send, runs_inline=True), OUTBOX.sweep(send, runs_inline=True)) == (3, 0)
    assert sorted(queued.args[2][0] for queued in get_queue("messages").jobs) == sorted(row_ids) and runs == []
    present.shift(LOST_AFTER + timedelta(seconds=1))
    assert OUTBOX.sweep(send, runs_inline=True) == 3


def test_without_redis_the_sweep_runs_one_job_where_that_is_allowed(
    db: SQLAlchemy, redis: redis_library.Redis, monkeypatch: pytest.MonkeyPatch, own_jobs: None
) -> None:
    monkeypatch.setattr("app.core.outbox.is_reachable", lambda: False)
    runs: list[str] = []
    send = job("messages", retry=())(runs.append)
    row_ids = [add() for _row in range(3)]
    assert OUTBOX.sweep(send, runs_inline=False) == 3 and runs == []
    assert OUTBOX.sweep(send, runs_inline=True) == 1 and runs[0] in row_ids


def test_backlog_counts_open_rows(db: SQLAlchemy, present: time_machine.Traveller) -> None:
    due_at = now()
    add(due_at=due_at), add(), add(status="sent"), add(due_at=due_at + timedelta(hours=1))  # type: ignore[func-returns-value]
    with unscoped():
        backlog = OUTBOX.backlog()
    assert (backlog.due, backlog.scheduled, backlog.oldest_due_at) == (2, 1, due_at)
