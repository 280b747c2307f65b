"""One request or one job is one transaction; what others must hear leaves after its commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from app.core import event_bus
from app.core.clock import frozen_time
from app.core.database import is_transient, read_only, read_write
from app.core.dry_run import mark_dry_run
from app.core.extensions import db

T = TypeVar("T")
log = structlog.get_logger()
RETRY_DELAYS_S = (0.02, 0.1, 0.4)


@contextmanager
def transaction() -> Iterator[None]:
    """Commits what was done inside, then lets out what waited for that; rolls everything back on an error.

    A transaction inside a transaction joins the outer one.
    """
    info = db.session().info
    if info.get("open"):
        yield
        return
    info["open"] = True
    try:
        yield
        db.session.flush()
        event_bus.run_before_commit()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        event_bus.discard()
        info.pop("after_commit", None)
        raise
    finally:
        info.pop("open", None)
    _run_after_commit(info.pop("after_commit", []))


def on_commit(action: Callable[[], object]) -> None:
    """Runs the action once this transaction is committed; at once when none is open."""
    info = db.session().info
    if info.get("open"):
        info.setdefault("after_commit", []).append(action)
    else:
        action()


def run_in_transaction(work: Callable[[], T]) -> T:
    """Does the work in a transaction of its own, again when the database asks for it (deadlock, lock time-out).

    Inside an open transaction it is done once: a deadlock takes all of it along, so only the outermost may try again.
    """
    if db.session().info.get("open"):
        return work()
    for pause in (*RETRY_DELAYS_S, None):
        try:
            with transaction():
                return work()
        except Exception as error:
            if pause is None or not is_transient(error):
                raise
            log.info("transaction.again", error=type(error).__name__, pause_s=pause)
            time.sleep(pause)
    raise AssertionError("unreachable")


def run_read_only(question: Callable[[], T]) -> T:
    """Asks the database and leaves no transaction open: what follows may take long (Redis is silent, a provider thinks).

    On SQLite an open one may hold the only write lock there is. Inside a transaction it just asks.
    """
    if db.session().info.get("open"):
        return question()
    db.session.rollback()
    with read_only():
        try:
            return question()
        finally:
            db.session.rollback()


@contextmanager
def dry_run(moment: datetime | None = None) -> Iterator[None]:
    """A transaction in which everything is done as always, at that moment or now, and of which nothing remains or is heard of.

    It stands alone: inside somebody else's transaction it would undo theirs.
    """
    info = db.session().info
    if info.get("open"):
        raise RuntimeError("A transaction is open: rehearse before or after it.")
    db.session.rollback()
    info["open"] = True
    try:
        with mark_dry_run(), frozen_time(moment) if moment else nullcontext():
            yield
    finally:
        db.session.rollback()
        event_bus.discard()
        info.pop("after_commit", None)
        info.pop("open", None)


def _run_after_commit(actions: list[Callable[[], object]]) -> None:
    """What is committed stays so: a failing follow-up is logged, and the sweep finds the row it was about."""
    actions = [event_bus.run_after_commit, *actions]
    for action in actions:
        try:
            action()
        except Exception:
            log.exception("after_commit.failed", action=getattr(action, "__qualname__", str(action)))


@contextmanager
def autonomous_transaction() -> Iterator[Connection]:
    """A connection whose transaction is committed at the end.

    What the request has read or left uncommitted is let go first: the two would wait for each other, and only
    transaction() commits. So never open this inside one.
    """
    if db.session.registry.has():
        if db.session().info.get("open"):
            raise RuntimeError("A transaction is open: do this before or after it.")
        db.session.rollback()
    with read_write(), db.engine.begin() as connection:
        yield connection
