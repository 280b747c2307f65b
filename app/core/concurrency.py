"""What many want at the same moment goes a few at a time, and whoever waits for a turn holds no connection of the pool."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

from flask import has_request_context
from flask_babel import gettext as _

from app.core.database import read_only, set_read_only
from app.core.errors import AppError
from app.core.extensions import db
from app.core.transactions import run_in_transaction

T = TypeVar("T")
# more at once would only wait for each other's rows, and others for their connections
MAX_WRITERS = 6
# whoever has waited so long is told to come back: a writer that does not end must not hold up every thread behind it
WRITE_TIMEOUT_S = 20.0
# a caller on the phone is not sent away: who has waited so long goes without a turn
CALLER_TIMEOUT_S = 2.0
_turns = BoundedSemaphore(MAX_WRITERS)
_callers_turns = BoundedSemaphore(MAX_WRITERS)
# who looks takes a connection too: together they must leave some of the pool to everybody else
MAX_READERS = 4
_looks = BoundedSemaphore(MAX_READERS)
# SQLite lets one write at a time and asks whoever waits to knock again and again; the unlucky would knock until their time is over
_sqlite_turns = BoundedSemaphore(1)


class ServiceBusy(AppError):
    """Too many want to write; `retry_after_s` in data."""

    status = 503
    code = "too_busy"


def run_with_write_slot(work: Callable[[], T], *, look: Callable[[], Any] | None = None) -> T:
    """As transact; what the request has read before is read again, and what it asks afterwards changes nothing any more.

    Whoever must wait for a turn has a `look` meanwhile, which only reads: what it raises is the answer, and no turn is taken for it.
    Raises ServiceBusy for who has waited too long.
    """
    db.session.rollback()
    try:
        with _write_slot(look):
            return run_in_transaction(work)
    except AppError as refused:
        # what it tells besides (what is free instead) is gathered now, without the turn
        _run_precheck(refused.details)
        raise
    finally:
        if has_request_context():
            set_read_only(True)


@contextmanager
def caller_slot(*, writes: bool) -> Iterator[None]:
    """For answers that somebody on the phone waits for: the first to ask are answered first, instead of all of them late."""
    db.session.rollback()
    turns = _sqlite_turns if writes and db.engine.dialect.name == "sqlite" else _callers_turns
    mine = turns.acquire(timeout=CALLER_TIMEOUT_S)
    try:
        yield
    finally:
        if mine:
            turns.release()


def _run_precheck(at: Callable[[], Any]) -> None:
    """Reads, a few at a time, and gives the connection back."""
    with _looks, read_only():
        try:
            at()
        finally:
            db.session.rollback()


@contextmanager
def _write_slot(look: Callable[[], Any] | None) -> Iterator[None]:
    turns = _sqlite_turns if db.engine.dialect.name == "sqlite" else _turns
    if not turns.acquire(blocking=False):
        if look:
            _run_precheck(look)
        if not turns.acquire(timeout=WRITE_TIMEOUT_S):
            raise ServiceBusy(_("Gerade möchten sehr viele etwas eintragen. Bitte gleich noch einmal versuchen."), retry_after_s=2)
    try:
        yield
    finally:
        turns.release()
