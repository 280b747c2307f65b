"""Whoever must wait to write looks meanwhile, takes no turn for a refusal, and does not wait for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from app.core import turns
from app.core.errors import Conflict
from app.core.turns import TooBusy, transact_in_turn


@contextmanager
def all_turns_taken(app: Flask, db: SQLAlchemy) -> Iterator[None]:
    """Others are at work with an open write transaction each until the end of this."""
    count = 1 if db.engine.dialect.name == "sqlite" else turns.AT_ONCE
    begun, over = threading.Barrier(count + 1), threading.Event()

    def write() -> None:
        begun.wait(10)
        over.wait(10)

    def work() -> None:
        with app.app_context():
            transact_in_turn(write)

    threads = [threading.Thread(target=work) for _number in range(count)]
    for thread in threads:
        thread.start()
    begun.wait(10)
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
        transact_in_turn(never("It wrote."), look=refuse)
    assert transact_in_turn(lambda: db.session.scalar(text("SELECT 1"))) == 1


def test_looking_waits_for_no_writer(app: Flask, db: SQLAlchemy) -> None:
    def look() -> None:
        assert db.session.scalar(text("SELECT 1")) == 1
        refuse()

    with all_turns_taken(app, db), pytest.raises(Conflict):
        transact_in_turn(never("It wrote."), look=look)


def test_whoever_need_not_wait_does_not_look(db: SQLAlchemy) -> None:
    assert transact_in_turn(lambda: "done", look=never("It looked.")) == "done"


def test_nobody_waits_for_ever(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    with all_turns_taken(app, db), pytest.raises(TooBusy) as busy:
        transact_in_turn(never("It wrote."))
    assert busy.value.status == 503
    assert transact_in_turn(lambda: "done") == "done"
