"""Probes for the steps of a line check: each step is recognised by the rows it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.operations.health import Check, check_one
from app.models import Call, LineCheck, PhoneNumber, WebhookEvent


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of a step: duration, and the problem if it failed."""

    ms: int | None
    problem: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


Probe = Callable[[LineCheck], ProbeResult | None]


def _await_report(_check: LineCheck) -> None:
    """Wait for the poster of the webhook to report its result."""
    return None


def _probe_stored(check: LineCheck) -> ProbeResult | None:
    event = _find_event(check)
    return ProbeResult(None, data={"webhook_event": event.id}) if event is not None else None


def _probe_drained(check: LineCheck) -> ProbeResult | None:
    event = _find_event(check)
    if event is None or event.status == "pending":
        return None
    ms = round(((event.handled_at or now()) - event.received_at).total_seconds() * 1000)
    if event.status == "handled":
        return ProbeResult(ms)
    return ProbeResult(ms, f"event_{event.status}", {"reason": event.reason, "webhook_event": event.id})


def _probe_database(check: LineCheck) -> ProbeResult | None:
    """The call is stored with the branch of its number and marked as a test."""
    call = db.session.scalars(select(Call).where(Call.provider_call_id == check.provider_call_id)).first()
    if call is None:
        return None
    check.call_id = call.id
    branch_id = db.session.scalar(select(PhoneNumber.branch_id).where(PhoneNumber.id == check.phone_number_id))
    if call.branch_id != branch_id:
        return ProbeResult(None, "wrong_branch")
    return ProbeResult(None, data={"call_id": call.id}) if call.is_test else ProbeResult(None, "not_marked")


def _probe_dashboard(check: LineCheck) -> ProbeResult | None:
    """Counted from the moment the webhook came in, as the people at the dashboard wait."""
    event = _find_event(check)
    if check.received_at is None or event is None:
        return None
    return ProbeResult(max(0, round((check.received_at - event.received_at).total_seconds() * 1000)))


def _probe_clock(_check: LineCheck) -> ProbeResult | None:
    clock = check_one("clock")
    return ProbeResult(None) if clock.status == "ok" else ProbeResult(None, "clock_not_running", _get_age(clock))


PROBES: dict[str, Probe] = {
    **dict.fromkeys(("number", "branch", "agent", "notice", "signatures", "ringing", "webhook", "emergency"), _await_report),
    "stored": _probe_stored,
    "drained": _probe_drained,
    "database": _probe_database,
    "dashboard": _probe_dashboard,
    "clock": _probe_clock,
}


def diagnose_timeout(check: LineCheck, name: str, data: dict[str, Any]) -> str:
    """The reason why a step is not done in its time; `data` is what is known of it so far."""
    if check_one("redis").status != "ok":
        return "redis_away"
    if name == "dashboard":
        return "certificate_refused" if data.get("certificate") and "reason" in data else "sockets_unreachable"
    if check_one("workers").status != "ok":
        return "worker_not_running"
    if check_one("clock").status != "ok":
        return "clock_not_running"
    return "too_slow"


def _find_event(check: LineCheck) -> Any:
    columns = (WebhookEvent.id, WebhookEvent.status, WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.reason)
    statement = select(*columns).where(WebhookEvent.provider_call_id == check.provider_call_id, WebhookEvent.event_name == "call_started")
    return db.session.execute(statement.limit(1)).first()


def _get_age(clock: Check) -> dict[str, Any]:
    return {"last_tick_s": clock.data.get("last_tick_s")}
