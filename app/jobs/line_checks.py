"""Sends the synthetic call of a line check on its way, listens for it, and looks on until the check is over."""

import threading
import time
from typing import Any

import structlog
from flask import Flask, current_app

from app.core.clock import now
from app.core.extensions import db
from app.core.line_check_token import HEADER, create_token
from app.core.queues import is_shutting_down, job
from app.core.socketio_client import SocketClient, SocketError
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.line_check import runner, synthetic_call
from app.domain.line_check.probes import Seen
from app.domain.operations.retention import trim_line_checks
from app.models import LineCheck

log = structlog.get_logger()
SEATED_WITHIN_S = 3.0
HEARS_WITHIN_S = 40.0
PAUSE_S = 0.15
TRIMMED_AT_ONCE = 100


@job("default", retry=(), timeout_s=60)
def ring(check_id: str) -> None:
    """Rings and hands on to those who look: one worker alone must be free to work through what it has just sent."""
    travel(check_id)
    run_in_transaction(lambda: follow.enqueue(check_id))


@job("default", retry=(), timeout_s=30)
def follow(check_id: str) -> None:
    """Looks again a moment later, until the check is over; its time-outs end it."""
    time.sleep(PAUSE_S)
    check = look(check_id)
    if check is not None and check.is_running:
        run_in_transaction(lambda: follow.enqueue(check_id))


@job("maintenance", retry=())
def end_late() -> int:
    """Ends what nobody looks at any more; how many it were."""
    with unscoped():
        late = run_read_only(runner.late_checks)
    for company_id, check_id in late:
        with company_scope(company_id):
            run_in_transaction(lambda: runner.look(check_id))  # noqa: B023 (run at once)
    return len(late)


@job("maintenance", retry=(), timeout_s=600)
def trim() -> int:
    """Forgets checks of weeks ago; how many they were. What one run leaves, the next one takes."""
    deleted = 0
    while not is_shutting_down() and (done := run_in_transaction(lambda: trim_line_checks(TRIMMED_AT_ONCE))):
        deleted += done
    return deleted


def travel(check_id: str) -> None:
    """Rings, calls, and leaves somebody behind who listens at a live socket. Twice does no harm: the events are known by then."""
    errand = run_in_transaction(lambda: synthetic_call.prepare(check_id))
    if errand is None:
        return
    if not errand.key:
        run_in_transaction(lambda: runner.note(check_id, "ringing", Seen(None, "secret_missing")))
        run_in_transaction(lambda: runner.note(check_id, "webhook", Seen(None, "secret_missing")))
        return
    _listen(errand)
    rung = synthetic_call.ring(errand)
    run_in_transaction(lambda: runner.note(check_id, "ringing", rung))
    called = synthetic_call.call(errand)
    run_in_transaction(lambda: runner.note(check_id, "webhook", called))


def look(check_id: str) -> LineCheck | None:
    """Where the check stands; whoever looks cries for help when that is its next step."""
    check = run_in_transaction(lambda: runner.look(check_id))
    if check is not None and runner.waits_for(check, "emergency"):
        _cry_for_help(check_id)
    return check


def _cry_for_help(check_id: str) -> None:
    """Once the call stands in the database, so that its own way there is what was seen."""
    errand = run_in_transaction(lambda: synthetic_call.prepare(check_id))
    if errand is not None:
        helped = synthetic_call.cry_for_help(errand)
        run_in_transaction(lambda: runner.note(check_id, "emergency", helped))


def _listen(errand: synthetic_call.Errand) -> None:
    """Returns when the socket is seated, or cannot be."""
    seated = threading.Event()
    company_id = run_in_transaction(lambda: runner.company_of(errand.check_id))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    ticket = create_token(errand.check_id)
    threading.Thread(target=_hear, args=(app, company_id, errand, ticket, seated), name="line-check", daemon=True).start()
    seated.wait(len(errand.live_bases) * SEATED_WITHIN_S + 1)


def _hear(app: Flask, company_id: str, errand: synthetic_call.Errand, ticket: str, seated: threading.Event) -> None:
    ears, data = _open(errand.live_bases, ticket)
    with app.app_context(), company_scope(company_id):
        try:
            run_in_transaction(lambda: runner.note_listening(errand.check_id, data))
        finally:
            db.session.remove()
            seated.set()
    if ears is None:
        log.warning("line_check.no_socket", check=errand.check_id, **data)
        return
    try:
        came = ears.hears("line_check.arrived", lambda event: event["data"]["check"] == errand.check_id, within_s=HEARS_WITHIN_S)
        at = now()
    finally:
        ears.close()
    if came:
        with app.app_context(), company_scope(company_id):
            try:
                run_in_transaction(lambda: runner.note_heard(errand.check_id, at))
            finally:
                db.session.remove()


def _open(bases: tuple[str, ...], ticket: str) -> tuple[SocketClient | None, dict[str, Any]]:
    """A socket at the first address that lets us in, and what is to be told of the way there."""
    failure = None
    for base in bases:
        try:
            ears = SocketClient(base, {HEADER: ticket}, within_s=SEATED_WITHIN_S)
        except SocketError as error:
            failure = failure or str(error)
            continue
        return ears, {"url": base} | (synthetic_call.way_round(bases[0], failure) if base != bases[0] else {})
    return None, {"url": bases[0], "reason": failure, "certificate": "SSL" in (failure or "")}
