"""One request or one job is one transaction: what was done inside is there whole or not at all, and leaves after the commit."""

import threading

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core import transactions
from app.core.transactions import on_commit, run_in_transaction, run_read_only, transaction
from app.models import Company
from tests.support.waiting import HANGS_AFTER_S


def names(db: SQLAlchemy) -> list[str]:
    """As another connection sees them."""
    with db.engine.connect() as connection:
        return sorted(connection.execute(select(Company.name)).scalars())


def add(db: SQLAlchemy, name: str) -> None:
    db.session.add(Company(slug=name.lower(), name=name))
    db.session.flush()


def test_everything_is_committed_at_the_end(db: SQLAlchemy) -> None:
    with transaction():
        add(db, "Lindgren")
        add(db, "Kruse")
    assert names(db) == ["Kruse", "Lindgren"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing_behind(db: SQLAlchemy, error: type[BaseException]) -> None:
    left: list[str] = []
    with pytest.raises(error), transaction():
        add(db, "Lindgren")
        on_commit(lambda: left.append("pushed"))
        raise error
    assert names(db) == []
    with transaction():
        add(db, "Kruse")
    assert names(db) == ["Kruse"]
    assert left == []


def test_a_look_leaves_no_transaction_open(db: SQLAlchemy) -> None:
    with transaction():
        add(db, "Lindgren")
    db.session.execute(select(Company.name))
    assert run_read_only(lambda: list(db.session.scalars(select(Company.name)))) == ["Lindgren"]
    assert not db.session().in_transaction()
    with pytest.raises(ZeroDivisionError):
        run_read_only(lambda: (db.session.execute(select(Company.name)), 1 / 0))
    assert not db.session().in_transaction()


def test_a_look_inside_a_transaction_sees_what_that_did_and_leaves_it_open(db: SQLAlchemy) -> None:
    with transaction():
        add(db, "Lindgren")
        assert run_read_only(lambda: list(db.session.scalars(select(Company.name)))) == ["Lindgren"]
    assert names(db) == ["Lindgren"]


def test_a_transaction_inside_another_one_is_part_of_it(db: SQLAlchemy) -> None:
    with pytest.raises(ValueError, match="later"), transaction():
        with transaction():
            add(db, "Lindgren")
        raise ValueError("later")
    assert names(db) == []


def test_what_waits_for_the_commit_sees_what_was_committed(db: SQLAlchemy) -> None:
    seen: list[list[str]] = []
    with transaction():
        on_commit(lambda: seen.append(names(db)))
        add(db, "Lindgren")
        assert seen == []
    assert seen == [["Lindgren"]]


def test_outside_a_transaction_nothing_waits(db: SQLAlchemy) -> None:
    done: list[int] = []
    on_commit(lambda: done.append(1))
    assert done == [1]


def test_a_failing_follow_up_harms_neither_the_commit_nor_the_next_one(db: SQLAlchemy) -> None:
    done: list[int] = []
    with transaction():
        add(db, "Lindgren")
        on_commit(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        on_commit(lambda: done.append(1))
    assert names(db) == ["Lindgren"]
    assert done == [1]


def test_what_follows_may_work_in_a_transaction_of_its_own(db: SQLAlchemy) -> None:
    def follow() -> None:
        with transaction():
            add(db, "Kruse")

    with transaction():
        add(db, "Lindgren")
        on_commit(follow)
    assert names(db) == ["Kruse", "Lindgren"]


def test_work_is_done_again_when_the_database_asks_for_it(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_DELAYS_S", (0.0, 0.0, 0.0))
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        add(db, "Lindgren")
        if len(tries) < 4:
            raise OperationalError("UPDATE", {}, Exception(1213, "Deadlock found"))
        return "done"

    assert run_in_transaction(work) == "done"
    assert names(db) == ["Lindgren"]


def test_it_is_given_up_after_a_few_tries(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRY_DELAYS_S", (0.0, 0.0, 0.0))
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise OperationalError("UPDATE", {}, Exception(1205, "Lock wait timeout exceeded"))

    with pytest.raises(OperationalError):
        run_in_transaction(work)
    assert len(tries) == 4


def test_what_another_try_does_not_mend_is_not_tried_again(db: SQLAlchemy) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        add(db, "Lindgren")
        with db.session.no_autoflush:
            db.session.add(Company(slug="lindgren", name="again"))
            db.session.flush()

    with pytest.raises(IntegrityError):
        run_in_transaction(work)
    assert len(tries) == 1


def test_inside_a_transaction_only_the_outer_one_is_done_again(db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock takes the whole transaction along: doing only the inner part again would lose what came before it."""
    monkeypatch.setattr(transactions, "RETRY_DELAYS_S", (0.0, 0.0, 0.0))
    tries: list[int] = []

    def inner() -> None:
        tries.append(1)
        if len(tries) == 1:
            # what the server does at a deadlock
            db.session.connection().exec_driver_sql("ROLLBACK")
            raise OperationalError("UPDATE", {}, Exception(1213, "Deadlock found"))
        add(db, "Kruse")

    def outer() -> None:
        add(db, "Lindgren")
        run_in_transaction(inner)

    run_in_transaction(outer)
    assert names(db) == ["Kruse", "Lindgren"]


@pytest.mark.parametrize("database_kind", ["mariadb"], indirect=True)
@pytest.mark.mariadb
def test_two_that_lock_crosswise_both_get_through(app: Flask, db: SQLAlchemy) -> None:
    for name in ("Lindgren", "Kruse"):
        add(db, name)
    db.session.commit()
    both_hold_one, tries = threading.Barrier(2, timeout=HANGS_AFTER_S), []

    def change(first: str, second: str) -> None:
        with app.app_context():

            def work() -> None:
                tries.append(first)
                for place, name in enumerate((first, second)):
                    db.session.execute(update(Company).where(Company.name == name).values(industry=f"{first} was last"))
                    if place == 0 and tries.count(first) == 1:
                        both_hold_one.wait()

            run_in_transaction(work)

    crosswise = [threading.Thread(target=change, args=names) for names in (("Lindgren", "Kruse"), ("Kruse", "Lindgren"))]
    for thread in crosswise:
        thread.start()
    for thread in crosswise:
        thread.join()
    assert len(tries) == 3, "one of them was chosen as the victim of a deadlock and did it again"
    assert len(set(db.session.scalars(select(Company.industry)))) == 1


@pytest.mark.parametrize("database_kind", ["mariadb"], indirect=True)
@pytest.mark.mariadb
def test_who_waits_too_long_for_a_lock_tries_again(app: Flask, db: SQLAlchemy) -> None:
    add(db, "Lindgren")
    db.session.commit()
    tries: list[int] = []
    holder = db.engine.connect()
    holder.execute(update(Company).values(industry="held"))

    def work() -> None:
        tries.append(1)
        if len(tries) == 2:
            holder.rollback()
        db.session.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
        db.session.execute(update(Company).values(industry="mine"))

    run_in_transaction(work)
    holder.close()
    assert len(tries) == 2
    assert db.session.scalar(select(Company.industry)) == "mine"
