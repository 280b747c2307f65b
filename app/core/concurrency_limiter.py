"""Limit concurrent writes; a request waiting for its slot holds no connection of the pool."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

from flask import has_request_context
from flask_babel import gettext as _

from app.core import get_app_state
from app.core.database import read_only, set_read_only
from app.core.errors import AppError
from app.core.extensions import db
from app.core.transactions import run_in_transaction

T = TypeVar("T")
# more writers would wait for each other's row locks and use up the connections of other requests
MAX_WRITERS = 6
# then 503: one writer that does not finish must not block every thread
WRITE_TIMEOUT_S = 20.0
# a caller on the phone is not refused: after this wait the request runs without a slot
CALLER_TIMEOUT_S = 2.0
# prechecks use connections too and must leave some of the pool to other requests
MAX_READERS = 4


class ProcessSemaphores:
    """The semaphores of one application in one process."""

    def __init__(self) -> None:
        self.writers = BoundedSemaphore(MAX_WRITERS)
        self.callers = BoundedSemaphore(MAX_WRITERS)
        self.readers = BoundedSemaphore(MAX_READERS)
        # SQLite has one writer, and waiters poll for its lock in no order; without a queue some would poll until their timeout
        self.sqlite = BoundedSemaphore(1)


class ServiceBusy(AppError):
    """Too many concurrent writers; `retry_after_s` in data."""

    status = 503
    code = "too_busy"


def run_with_write_slot(work: Callable[[], T], *, precheck: Callable[[], Any] | None = None) -> T:
    """Run the work in a transaction as soon as a write slot is free; raises ServiceBusy (503) after WRITE_TIMEOUT_S.

    The request's earlier reads are rolled back and repeated inside; its later transactions are read-only. When no slot is free,
    the read-only `precheck` runs first: its error is raised without waiting for a slot.
    """
    db.session.rollback()
    try:
        with _write_slot(precheck):
            return run_in_transaction(work)
    except AppError as error:
        # the error's details (free alternatives) are read after the slot is released
        _run_precheck(error.details)
        raise
    finally:
        if has_request_context():
            set_read_only(True)


@contextmanager
def caller_slot(*, writes: bool) -> Iterator[None]:
    """Limit how many mid-call requests run at once, in order of arrival; after CALLER_TIMEOUT_S the block runs without a slot."""
    db.session.rollback()
    limits = get_app_state(ProcessSemaphores)
    semaphore = limits.sqlite if writes and db.engine.dialect.name == "sqlite" else limits.callers
    acquired = semaphore.acquire(timeout=CALLER_TIMEOUT_S)
    try:
        yield
    finally:
        if acquired:
            semaphore.release()


def _run_precheck(query: Callable[[], Any]) -> None:
    """Run a read-only query under the readers' limit and return the connection."""
    with get_app_state(ProcessSemaphores).readers, read_only():
        try:
            query()
        finally:
            db.session.rollback()


@contextmanager
def _write_slot(precheck: Callable[[], Any] | None) -> Iterator[None]:
    limits = get_app_state(ProcessSemaphores)
    semaphore = limits.sqlite if db.engine.dialect.name == "sqlite" else limits.writers
    if not semaphore.acquire(blocking=False):
        if precheck:
            _run_precheck(precheck)
        if not semaphore.acquire(timeout=WRITE_TIMEOUT_S):
            raise ServiceBusy(_("Gerade möchten sehr viele etwas eintragen. Bitte gleich noch einmal versuchen."), retry_after_s=2)
    try:
        yield
    finally:
        semaphore.release()
