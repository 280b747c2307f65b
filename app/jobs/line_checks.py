"""Runs line checks: sends the synthetic call, listens for its live event, and polls until the check is over."""

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
from app.domain.line_check.probes import ProbeResult
from app.domain.operations.retention import delete_expired_line_checks
from app.models import LineCheck

log = structlog.get_logger()
CONNECT_TIMEOUT_S = 3.0
EVENT_TIMEOUT_S = 40.0
POLL_INTERVAL_S = 0.15
BATCH_SIZE = 100


@job("default", retry=(), timeout_s=60)
def start_line_check(check_id: str) -> None:
    """Send the synthetic call, then continue by polling: a single worker must be free to process what it has sent."""
    run_line_check(check_id)
    run_in_transaction(lambda: poll_line_check.enqueue(check_id))


@job("default", retry=(), timeout_s=30)
def poll_line_check(check_id: str) -> None:
    """Advance the check and re-enqueue until it is over; its time-outs end it."""
    time.sleep(POLL_INTERVAL_S)
    check = advance_line_check(check_id)
    if check is not None and check.is_running:
        run_in_transaction(lambda: poll_line_check.enqueue(check_id))


@job("maintenance", retry=())
def end_overdue_checks() -> int:
    """End overdue checks that are no longer polled; returns their number."""
    with unscoped():
        overdue = run_read_only(runner.list_late_checks)
    for company_id, check_id in overdue:
        with company_scope(company_id):
            run_in_transaction(lambda: runner.poll_check(check_id))  # noqa: B023 (run at once)
    return len(overdue)


@job("maintenance", retry=(), timeout_s=600)
def delete_old_checks() -> int:
    """Delete old checks in batches; returns their number. The next run continues."""
    deleted = 0
    while not is_shutting_down() and (done := run_in_transaction(lambda: delete_expired_line_checks(BATCH_SIZE))):
        deleted += done
    return deleted


def run_line_check(check_id: str) -> None:
    """Start the listener, then send the inbound request and the call events. Idempotent: repeated events are duplicates."""
    call = run_in_transaction(lambda: synthetic_call.prepare_call(check_id))
    if call is None:
        return
    if not call.key:
        run_in_transaction(lambda: runner.record_step(check_id, "ringing", ProbeResult(None, "secret_missing")))
        run_in_transaction(lambda: runner.record_step(check_id, "webhook", ProbeResult(None, "secret_missing")))
        return
    _start_listener(call)
    ring_result = synthetic_call.send_inbound(call)
    run_in_transaction(lambda: runner.record_step(check_id, "ringing", ring_result))
    call_result = synthetic_call.send_call_events(call)
    run_in_transaction(lambda: runner.record_step(check_id, "webhook", call_result))


def advance_line_check(check_id: str) -> LineCheck | None:
    """Advance the check and return it; runs its emergency step when that is next."""
    check = run_in_transaction(lambda: runner.poll_check(check_id))
    if check is not None and runner.is_waiting_for(check, "emergency"):
        _run_emergency_step(check_id)
    return check


def _run_emergency_step(check_id: str) -> None:
    """Run once the call is stored, so that its own path is not measured again."""
    call = run_in_transaction(lambda: synthetic_call.prepare_call(check_id))
    if call is not None:
        result = synthetic_call.send_emergency(call)
        run_in_transaction(lambda: runner.record_step(check_id, "emergency", result))


def _start_listener(call: synthetic_call.SyntheticCall) -> None:
    """Listen in a thread; returns when the socket is connected or has failed."""
    connected = threading.Event()
    company_id = run_in_transaction(lambda: runner.get_company_id(call.check_id))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    token = create_token(call.check_id)
    threading.Thread(target=_wait_for_event, args=(app, company_id, call, token, connected), name="line-check", daemon=True).start()
    connected.wait(len(call.live_bases) * CONNECT_TIMEOUT_S + 1)


def _wait_for_event(app: Flask, company_id: str, call: synthetic_call.SyntheticCall, token: str, connected: threading.Event) -> None:
    client, data = _connect(call.live_bases, token)
    with app.app_context(), company_scope(company_id):
        try:
            run_in_transaction(lambda: runner.record_listening(call.check_id, data))
        finally:
            db.session.remove()
            connected.set()
    if client is None:
        log.warning("line_check.connect_failed", check=call.check_id, **data)
        return
    try:
        has_arrived = client.hears("line_check.arrived", lambda event: event["data"]["check"] == call.check_id, within_s=EVENT_TIMEOUT_S)
        received_at = now()
    finally:
        client.close()
    if has_arrived:
        with app.app_context(), company_scope(company_id):
            try:
                run_in_transaction(lambda: runner.record_received(call.check_id, received_at))
            finally:
                db.session.remove()


def _connect(bases: tuple[str, ...], token: str) -> tuple[SocketClient | None, dict[str, Any]]:
    """A socket at the first address that lets us in, and what is to be told of the way there."""
    failure = None
    for base in bases:
        try:
            ears = SocketClient(base, {HEADER: token}, within_s=CONNECT_TIMEOUT_S)
        except SocketError as error:
            failure = failure or str(error)
            continue
        return ears, {"url": base} | (synthetic_call.describe_detour(bases[0], failure) if base != bases[0] else {})
    return None, {"url": bases[0], "reason": failure, "certificate": "SSL" in (failure or "")}
