"""Whoever must wait to write looks meanwhile, takes no turn for a refusal, and does not wait for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from app.core import concurrency_limiter
from app.core.concurrency_limiter import ServiceBusy, caller_slot, run_with_write_slot
from app.core.errors import Conflict
from tests.support.waiting import HANGS_AFTER_S


@contextmanager
def all_turns_taken(app: Flask, db: SQLAlchemy) -> Iterator[None]:
    """Others are at work with an open write transaction each until the end of this."""
    count = 1 if db.engine.dialect.name == "sqlite" else concurrency_limiter.MAX_WRITERS
    begun, over = threading.Barrier(count + 1), threading.Event()

    def write() -> None:
        begun.wait(HANGS_AFTER_S)
        over.wait(HANGS_AFTER_S)

    def work() -> None:
        with app.app_context():
            run_with_write_slot(write)

    threads = [threading.Thread(target=work) for _number in range(count)]
    for thread in threads:
        thread.start()
    begun.wait(HANGS_AFTER_S)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def refuse() -> None:
    raise Conflict("taken")


def never(name: str) -> Callable[[], None]:
    return lambda: pytest.fail(name)


def test_a_refusal_seen_while_waiting_takes_no_turn(app: Flask, db: SQLAlchemy) -> None:
    with all_turns_taken(app, db), pytest.raises(Conflict):
        run_with_write_slot(never("It wrote."), precheck=refuse)
    assert run_with_write_slot(lambda: db.session.scalar(text("SELECT 1"))) == 1


def test_reads_do_not_wait_for_writers(app: Flask, db: SQLAlchemy) -> None:
    def look() -> None:
        assert db.session.scalar(text("SELECT 1")) == 1
        refuse()

    with all_turns_taken(app, db), pytest.raises(Conflict):
        run_with_write_slot(never("It wrote."), precheck=look)


def test_whoever_need_not_wait_does_not_look(db: SQLAlchemy) -> None:
    assert run_with_write_slot(lambda: "done", precheck=never("It looked.")) == "done"


def test_nobody_waits_for_ever(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency_limiter, "WRITE_TIMEOUT_S", 0.05)
    with all_turns_taken(app, db), pytest.raises(ServiceBusy) as busy:
        run_with_write_slot(never("It wrote."))
    assert busy.value.status == 503
    assert run_with_write_slot(lambda: "done") == "done"


def test_callers_go_a_few_at_a_time(app: Flask, db: SQLAlchemy) -> None:
    inside, most, lock, is_full, over = 0, 0, threading.Lock(), threading.Event(), threading.Event()

    def ask() -> None:
        nonlocal inside, most
        with app.app_context(), caller_slot(writes=False):
            with lock:
                inside += 1
                most = max(most, inside)
                if most == concurrency_limiter.MAX_WRITERS:
                    is_full.set()
            is_full.wait(HANGS_AFTER_S)
            # were there no limit, the next ones would come in meanwhile
            over.wait(0.05)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=ask) for _number in range(3 * concurrency_limiter.MAX_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == concurrency_limiter.MAX_WRITERS


def test_no_caller_is_sent_away(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has waited long is answered beside those who hold all turns, and gives back none that was not theirs."""
    monkeypatch.setattr(concurrency_limiter, "CALLER_TIMEOUT_S", 0.05)
    with ExitStack() as others:
        for _number in range(concurrency_limiter.MAX_WRITERS):
            others.enter_context(caller_slot(writes=False))
        for _number in range(2):
            with caller_slot(writes=False):
                assert db.session.scalar(text("SELECT 1")) == 1
    with caller_slot(writes=False):
        pass


def test_what_a_refusal_tells_is_gathered_without_the_turn(app: Flask, db: SQLAlchemy) -> None:
    gathered: list[bool] = []

    class Refused(Conflict):
        def details(self) -> dict[str, Any]:
            gathered.append(db.session().info.get("open", False))
            return {}

    def work() -> None:
        raise Refused("taken")

    with pytest.raises(Refused):
        run_with_write_slot(work)
    assert gathered == [False]
