"""Where the synthetic call of a line check stands: each step is seen in what it leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db
from app.domain.operations.health import Check, check_named
from app.models import Call, LineCheck, PhoneNumber, WebhookEvent


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a step: how long it took, and what is wrong where something is."""

    ms: int | None
    problem: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


Look = Callable[[LineCheck], Seen | None]


def _is_told(_check: LineCheck) -> None:
    """Whoever posts says what came of it."""
    return None


def _stored(check: LineCheck) -> Seen | None:
    event = _event(check)
    return Seen(None, data={"webhook_event": event.id}) if event is not None else None


def _drained(check: LineCheck) -> Seen | None:
    event = _event(check)
    if event is None or event.status == "pending":
        return None
    ms = round(((event.handled_at or now()) - event.received_at).total_seconds() * 1000)
    if event.status == "handled":
        return Seen(ms)
    return Seen(ms, f"event_{event.status}", {"reason": event.reason, "webhook_event": event.id})


def _database(check: LineCheck) -> Seen | None:
    """The call stands where its number belongs, and is marked as what it is."""
    call = db.session.scalars(select(Call).where(Call.provider_call_id == check.provider_call_id)).first()
    if call is None:
        return None
    check.call_id = call.id
    branch_id = db.session.scalar(select(PhoneNumber.branch_id).where(PhoneNumber.id == check.phone_number_id))
    if call.branch_id != branch_id:
        return Seen(None, "wrong_branch")
    return Seen(None, data={"call_id": call.id}) if call.is_test else Seen(None, "not_marked")


def _dashboard(check: LineCheck) -> Seen | None:
    """Counted from the moment the webhook came in, as the people at the dashboard wait."""
    event = _event(check)
    if check.heard_at is None or event is None:
        return None
    return Seen(max(0, round((check.heard_at - event.received_at).total_seconds() * 1000)))


def _clock(_check: LineCheck) -> Seen | None:
    clock = check_named("clock")
    return Seen(None) if clock.status == "ok" else Seen(None, "clock_not_running", _age(clock))


LOOKS: dict[str, Look] = {
    "number": _is_told, "branch": _is_told, "agent": _is_told, "notice": _is_told, "ringing": _is_told, "webhook": _is_told,
    "stored": _stored, "drained": _drained, "database": _database, "emergency": _is_told, "dashboard": _dashboard, "clock": _clock,
}  # fmt: skip


def why_nothing_moves(check: LineCheck, name: str, data: dict[str, Any]) -> str:
    """The reason why a step is not done in its time; `data` is what is known of it so far."""
    if check_named("redis").status != "ok":
        return "redis_away"
    if name == "dashboard":
        return "certificate_refused" if data.get("certificate") and "reason" in data else "sockets_unreachable"
    if check_named("workers").status != "ok":
        return "worker_not_running"
    if check_named("clock").status != "ok":
        return "clock_not_running"
    return "too_slow"


def _event(check: LineCheck) -> Any:
    columns = (WebhookEvent.id, WebhookEvent.status, WebhookEvent.received_at, WebhookEvent.handled_at, WebhookEvent.reason)
    wanted = select(*columns).where(WebhookEvent.provider_call_id == check.provider_call_id, WebhookEvent.event == "call_started")
    return db.session.execute(wanted.limit(1)).first()


def _age(clock: Check) -> dict[str, Any]:
    return {"last_tick_s": clock.data.get("last_tick_s")}
