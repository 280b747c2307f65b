"""Taking events to work on: every due one once, one worker a call at a time, and nothing written by who lost it."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text, update

from app.core.clock import now
from app.core.transactions import transaction
from app.domain.inbox.lease import CLAIM_LOCK, LEASE, LeaseLost, claim, complete, get_oldest_due_age_s
from app.models import WebhookEvent
from tests.support.inbox import arrive, arrive_many, by_status, events, inside
from tests.support.retell_webhooks import call_body
from tests.support.waiting import HANGS_AFTER_S

HANDLED = {"status": "handled"}


def outcomes(rows: list[WebhookEvent]) -> list[dict[str, object]]:
    return [{"id": row.id, "handled_at": now(), **HANDLED} for row in rows]


def settled(token: str, rows: list[WebhookEvent]) -> None:
    with transaction():
        complete(token, outcomes(rows))


def test_the_oldest_come_first_and_nobody_gets_them_again(db: SQLAlchemy) -> None:
    arrive_many(5)
    _, first = claim(3)
    _, second = claim(3)
    _, third = claim(3)
    assert [row.provider_call_id for row in first] == ["call_0", "call_1", "call_2"]
    assert [row.provider_call_id for row in second] == ["call_3", "call_4"]
    assert third == []
    assert {row.claim_count for row in events()} == {1}


def test_what_is_claimed_comes_back_when_its_lease_is_over(db: SQLAlchemy) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        arrive_many(2)
        claim(10)
        clock.shift(LEASE.total_seconds() - 1)
        assert claim(10)[1] == []
        clock.shift(2)
        _, again = claim(10)
    assert [row.claim_count for row in again] == [2, 2]


def test_events_of_a_call_in_work_wait_and_those_of_others_do_not(db: SQLAlchemy) -> None:
    arrive(call_body("call_started", "call_1"))
    token, first = claim(10)
    arrive(call_body("call_ended", "call_1"), call_body("call_started", "call_2"))
    assert [row.provider_call_id for row in claim(10)[1]] == ["call_2"]
    settled(token, first)
    assert [(row.event_name, row.provider_call_id) for row in claim(10)[1]] == [("call_ended", "call_1")]


def test_all_events_of_a_call_are_taken_together_in_their_order(db: SQLAlchemy) -> None:
    for event in ("call_started", "call_ended", "call_analyzed"):
        arrive(call_body(event))
    assert [row.event_name for row in claim(10)[1]] == ["call_started", "call_ended", "call_analyzed"]


def test_what_is_not_due_or_done_is_left_alone(db: SQLAlchemy) -> None:
    arrive_many(4)
    rows = events()
    with db.engine.begin() as connection:
        table = WebhookEvent.__table__
        connection.execute(update(table).where(table.c.id == rows[0].id).values(due_at=now() + timedelta(minutes=1)))
        for row, status in zip(rows[1:], ("handled", "unassigned", "dead"), strict=True):
            connection.execute(update(table).where(table.c.id == row.id).values(status=status))
    assert claim(10)[1] == []


def test_who_was_overtaken_writes_nothing(db: SQLAlchemy) -> None:
    """A worker that was stopped for longer than its lease wakes up: its twin has the events, and what it did is not kept."""
    with time_machine.travel(now(), tick=False) as clock:
        arrive_many(3)
        slow, slows = claim(10)
        clock.shift(LEASE.total_seconds() + 1)
        twin, twins = claim(10)
        with pytest.raises(LeaseLost):
            settled(slow, slows)
        assert by_status() == {"pending": 3}
        settled(twin, twins)
        assert by_status() == {"handled": 3}
        with pytest.raises(LeaseLost):
            settled(slow, slows)
        with pytest.raises(LeaseLost):
            settled(twin, twins)
    assert {row.claim_token for row in events()} == {None}


def test_one_lost_event_is_enough_to_write_nothing(db: SQLAlchemy) -> None:
    arrive_many(3)
    token, rows = claim(10)
    with db.engine.begin() as connection:
        connection.execute(update(WebhookEvent.__table__).where(WebhookEvent.__table__.c.id == rows[1].id).values(claim_token=None))
    with pytest.raises(LeaseLost):
        settled(token, rows)
    assert by_status() == {"pending": 3}


def test_settling_writes_each_its_own(db: SQLAlchemy) -> None:
    arrive_many(3)
    token, rows = claim(10)
    with transaction():
        complete(
            token,
            [
                {"id": rows[0].id, "status": "handled", "reason": None},
                {"id": rows[1].id, "status": "dead", "reason": "no"},
                {"id": rows[2].id, "status": "handled", "reason": None},
            ],
        )
    assert [(row.status, row.reason) for row in events()] == [("handled", None), ("dead", "no"), ("handled", None)]


def test_many_workers_share_the_inbox_without_overlap(app: Flask, db: SQLAlchemy) -> None:
    arrive_many(120)
    taken: list[int] = []
    together = threading.Barrier(6, timeout=HANGS_AFTER_S)

    def take() -> None:
        together.wait()
        while True:
            token, rows = claim(7)
            if not rows:
                return
            taken.extend(row.id for row in rows)
            settled(token, list(rows))

    threads = [threading.Thread(target=inside(app, take)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(Counter(taken).values()) == {1: 120}
    assert by_status() == {"handled": 120}


@pytest.mark.parametrize("database_kind", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True)
def test_the_lock_on_claiming_is_given_back_whatever_connection_comes_next(db: SQLAlchemy) -> None:
    """It belongs to a connection, and a pool hands out another one after each commit."""
    arrive_many(4)
    idle = [db.engine.connect() for _ in range(3)]
    for connection in idle:
        connection.execute(text("SELECT 1"))
    for connection in idle:
        connection.close()
    for _ in range(5):
        claim(1)
        assert db.session.scalar(text("SELECT IS_FREE_LOCK(:name)"), {"name": CLAIM_LOCK}) == 1
        db.session.rollback()


@pytest.mark.parametrize("database_kind", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True)
def test_who_stalls_with_the_lock_stalls_nobody_else(db: SQLAlchemy) -> None:
    arrive_many(2)
    with db.engine.connect() as stalled:
        stalled.execute(text("SELECT GET_LOCK(:name, 1)"), {"name": CLAIM_LOCK})
        assert len(claim(10)[1]) == 2
        stalled.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": CLAIM_LOCK})


def test_the_age_of_the_oldest_due_event(db: SQLAlchemy) -> None:
    def age() -> float:
        found = get_oldest_due_age_s()
        db.session.rollback()
        return found

    with time_machine.travel(now(), tick=False) as clock:
        assert age() == 0
        arrive_many(1)
        clock.shift(7)
        assert age() == pytest.approx(7)
        claim(1)
        assert age() == 0, "it is in somebody's hands"
        clock.shift(LEASE.total_seconds() + 3)
        assert age() == pytest.approx(3)
