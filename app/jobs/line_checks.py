"""Runs line checks: one job sends the synthetic call, listens for its live event and polls until the check is over."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import structlog

from app.core.clock import now
from app.core.line_check_listener_token import HEADER, create_token
from app.core.queues import is_shutting_down, job
from app.core.socketio_listener import ListenerError, SocketListener
from app.core.tenancy import clear_company, company_scope, unscoped
from app.core.transactions import run_in_transaction, run_read_only
from app.domain.inbox.processor import drain_batch
from app.domain.line_check import runner, synthetic_call
from app.domain.line_check.step_probes import ProbeResult
from app.domain.operations.technical_data_retention import delete_expired_line_checks
from app.models import LineCheck

log = structlog.get_logger()
CONNECT_TIMEOUT_S = 3.0
POLL_INTERVAL_S = 0.15
BATCH_SIZE = 100
DRAIN_BATCH_SIZE = 50


@job("default", retry=(), timeout_s=90)
def start_line_check(check_id: str) -> None:
    """Run the check to its end, and drain the inbox meanwhile: this may be the only worker to process the call's events."""
    run_line_check(check_id, between_polls=_drain_inbox)


def _drain_inbox(_check: LineCheck) -> None:
    with clear_company():
        drain_batch(DRAIN_BATCH_SIZE)


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


def run_line_check(check_id: str, *, between_polls: Callable[[LineCheck], object]) -> LineCheck | None:
    """Connect a live socket, send the synthetic call, and poll until the check is over, by its time-outs at the latest.

    Idempotent: repeated events are duplicates.
    """
    call = run_in_transaction(lambda: synthetic_call.prepare_call(check_id))
    with ExitStack() as stack:
        client = None
        if call and call.key:
            client, data = _connect(call.live_bases, create_token(check_id))
            stack.callback(client.close) if client else log.warning("line_check.connect_failed", check=check_id, **data)
            run_in_transaction(lambda: runner.record_listening(check_id, data))
        if call:
            send_line_check(call)
        while (check := advance_line_check(check_id)) is not None:
            between_polls(check)
            if not check.is_running or is_shutting_down():
                break
            if _is_event_received(client, check_id):
                received_at = now()
                run_in_transaction(lambda: runner.record_received(check_id, received_at))  # noqa: B023 (run at once)
    return check


def send_line_check(call: synthetic_call.LineCheckCall) -> None:
    """Send the inbound request and the call events."""
    missing = None if call.key else ProbeResult(None, "secret_missing")
    for name, send in (("ringing", synthetic_call.send_inbound), ("webhook", synthetic_call.send_call_events)):
        result = missing or send(call)
        run_in_transaction(lambda: runner.record_step(call.check_id, name, result))  # noqa: B023 (run at once)


def _is_event_received(client: SocketListener | None, check_id: str) -> bool:
    """Wait one poll interval for the live event."""
    if client is None:
        time.sleep(POLL_INTERVAL_S)
        return False
    return client.receives("line_check.arrived", lambda event: event["data"]["check"] == check_id, within_s=POLL_INTERVAL_S)


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


def _connect(bases: tuple[str, ...], token: str) -> tuple[SocketListener | None, dict[str, Any]]:
    """Connect to the first URL that accepts; returns the socket and the data of the step."""
    failure = None
    for base in bases:
        try:
            client = SocketListener(base, {HEADER: token}, within_s=CONNECT_TIMEOUT_S)
        except ListenerError as error:
            failure = failure or str(error)
            continue
        return client, {"url": base} | (synthetic_call.describe_detour(bases[0], failure) if base != bases[0] else {})
    return None, {"url": bases[0], "reason": failure, "certificate": "SSL" in (failure or "")}
