"""Transactions: one per request or job; jobs, events and pushes leave after its commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from app.core import event_bus
from app.core.calendar_scope import calendar_scope
from app.core.clock import frozen_time
from app.core.database import is_transient, read_only, read_write
from app.core.dry_run import mark_dry_run
from app.core.extensions import db

T = TypeVar("T")
log = structlog.get_logger()
RETRY_DELAYS_S = (0.02, 0.1, 0.4)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit the block, then run its after-commit actions; roll back on an error.

    A transaction inside a transaction joins the outer one. Inside it all calendars are read, whoever acts: what may be changed
    is looked up before it.
    """
    if db.session().info.get("open"):
        yield
        return
    with calendar_scope(None), _outer_transaction():
        yield


@contextmanager
def _outer_transaction() -> Iterator[None]:
    info = db.session().info
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
    """Run the action after the commit of the open transaction; at once when none is open."""
    info = db.session().info
    if info.get("open"):
        info.setdefault("after_commit", []).append(action)
    else:
        action()


def run_in_transaction(work: Callable[[], T]) -> T:
    """Run the work in its own transaction, and retry it after a transient error (deadlock, lock time-out).

    Inside an open transaction it runs once: a deadlock rolls back the whole transaction, so only the outermost may retry.
    """
    if db.session().info.get("open"):
        return work()
    for delay_s in (*RETRY_DELAYS_S, None):
        try:
            with transaction():
                return work()
        except Exception as error:
            if delay_s is None or not is_transient(error):
                raise
            log.info("transaction.again", error=type(error).__name__, pause_s=delay_s)
            time.sleep(delay_s)
    raise AssertionError("unreachable")


def run_read_only(query: Callable[[], T]) -> T:
    """Run a query and leave no transaction open, so that slow work (Redis, a provider) may follow.

    On SQLite an open transaction may hold the only write lock. Inside transaction() the query joins it.
    """
    if db.session().info.get("open"):
        return query()
    db.session.rollback()
    with read_only():
        try:
            return query()
        finally:
            db.session.rollback()


@contextmanager
def dry_run(at: datetime | None = None) -> Iterator[None]:
    """Run the block in a transaction, with the clock frozen at the given time if any, then roll back; nothing is published or sent.

    Raises RuntimeError inside an open transaction, which it would roll back.
    """
    info = db.session().info
    if info.get("open"):
        raise RuntimeError("A transaction is open: rehearse before or after it.")
    db.session.rollback()
    info["open"] = True
    try:
        with mark_dry_run(), frozen_time(at) if at else nullcontext():
            yield
    finally:
        db.session.rollback()
        event_bus.discard()
        info.pop("after_commit", None)
        info.pop("open", None)


def _run_after_commit(actions: list[Callable[[], object]]) -> None:
    """Run the actions; an error is logged, since the commit stands and the sweep finds the row."""
    actions = [event_bus.run_after_commit, *actions]
    for action in actions:
        try:
            action()
        except Exception:
            log.exception("after_commit.failed", action=getattr(action, "__qualname__", str(action)))


@contextmanager
def autonomous_transaction() -> Iterator[Connection]:
    """A connection with its own transaction, committed at the end.

    The session's reads and uncommitted changes are rolled back first, since the two would wait for each other's locks.
    Raises RuntimeError inside transaction().
    """
    if db.session.registry.has():
        if db.session().info.get("open"):
            raise RuntimeError("A transaction is open: do this before or after it.")
        db.session.rollback()
    with read_write(), db.engine.begin() as connection:
        yield connection
