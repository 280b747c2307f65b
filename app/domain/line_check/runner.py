"""Checks a line with a synthetic call that passes all processing steps; each step ends as ok, failed or skipped."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from app.core.clock import now, to_ms
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.agents.status import get_status
from app.domain.companies import number_lookup
from app.domain.inbox.rejections import find_recent_rejections
from app.domain.line_check.step_probes import PROBES, ProbeResult, diagnose_timeout
from app.models import Agent, Branch, Call, CallAiNotice, Company, LineCheck, PhoneNumber

# in the order of the way, with the seconds after which a step that is waited for is red
STEPS = {
    "number": 0, "branch": 0, "agent": 0, "notice": 0, "signatures": 0, "ringing": 15, "webhook": 15,
    "stored": 5, "drained": 12, "database": 5, "emergency": 10, "dashboard": 8, "clock": 5,
}  # fmt: skip
# steps that may fail while the call is still processed
NON_BLOCKING_STEPS = ("agent", "notice", "signatures", "ringing", "emergency", "clock")
# age of calls with transcripts searched for the AI notice
NOTICE_LOOKBACK = timedelta(hours=24)
# a second start within this time returns the running check; longer checks are over
MAX_DURATION_S = 60
PAGE_SIZE = 20


def start_check(phone_number_id: str, *, channel: str, requested_by: str | None = None) -> LineCheck:
    """Start a check of a number of the current company and complete its first five steps; return a running one if any.

    Raises NotFound for a number of another company.
    """
    number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.id == phone_number_id).with_for_update()).first()
    if number is None:
        raise NotFound("There is no such number here.")
    if running := _find_running(number.id):
        return running
    check_id = new_ulid()
    check = LineCheck(
        id=check_id, phone_number_id=number.id, number=number.e164, channel=channel, requested_by=requested_by,
        provider_call_id=f"line_check_{check_id}", started_at=now(), step_started_at=now(), result="running",
        steps=[{"name": name, "status": "waiting"} for name in STEPS],
    )  # fmt: skip
    db.session.add(check)
    for name, look in FIRST_STEPS.items():
        if not check.is_running:
            break
        began = time.perf_counter()
        problem, data = look(number)
        _complete_step(check, name, ProbeResult(_elapsed_ms(began), problem, data))
    db.session.flush()
    return check


def record_step(check_id: str, name: str, result: ProbeResult) -> None:
    """Record the result of a step; a completed step stays unchanged."""
    check = _lock_check(check_id)
    if check is not None and check.is_running and _get_step(check, name)["status"] == "waiting":
        _complete_step(check, name, result)
        continue_check(check)


def record_listening(check_id: str, data: dict[str, Any]) -> None:
    """Record where the listener is connected, or why not; reported with the dashboard step."""
    check = _lock_check(check_id)
    if check is not None and check.is_running:
        check.steps = [step | {"data": data} if step["name"] == "dashboard" else step for step in check.steps]


def record_received(check_id: str, at: datetime) -> None:
    """The pushed event has come out of a live socket."""
    check = _lock_check(check_id)
    if check is not None and check.received_at is None:
        check.received_at = at
        continue_check(check)


def poll_check(check_id: str) -> LineCheck | None:
    """Poll the check: complete the steps that can be seen, fail those that take too long. Idempotent."""
    check = _lock_check(check_id)
    if check is not None:
        continue_check(check)
    return check


def continue_check(check: LineCheck) -> None:
    while check.is_running:
        waiting = next(step for step in check.steps if step["status"] == "waiting")
        began = time.perf_counter()
        result = PROBES[waiting["name"]](check)
        if result is not None and result.ms is None and not result.problem:
            result = replace(result, ms=_elapsed_ms(began))
        if result is None and not _is_late(check, waiting["name"]):
            return
        data = waiting.get("data") or {}
        result = result or ProbeResult(None, diagnose_timeout(check, waiting["name"], data))
        _complete_step(check, waiting["name"], replace(result, data=data | result.data))


def is_waiting_for(check: LineCheck, name: str) -> bool:
    """Whether this is the step under way."""
    return check.is_running and next((step["name"] for step in check.steps if step["status"] == "waiting"), None) == name


def is_late(check: LineCheck) -> bool:
    """Whether the current step is overdue and the check must be polled."""
    waiting = next((step["name"] for step in check.steps if step["status"] == "waiting"), None)
    return check.is_running and waiting is not None and _is_late(check, waiting)


def list_late_checks(most: int = 100) -> list[tuple[str, str]]:
    """List (company, check) of overdue checks. Call inside unscoped."""
    late = now() - timedelta(seconds=MAX_DURATION_S)
    statement = select(LineCheck.company_id, LineCheck.id).where(LineCheck.result == "running", LineCheck.started_at < late)
    return [(row.company_id, row.id) for row in db.session.execute(statement.limit(most))]


def list_checks(phone_number_id: str, most: int = PAGE_SIZE) -> list[LineCheck]:
    """The checks of a number, the newest first."""
    statement = select(LineCheck).where(LineCheck.phone_number_id == phone_number_id)
    return list(db.session.scalars(statement.order_by(LineCheck.started_at.desc(), LineCheck.id.desc()).limit(most)))


def _find_running(phone_number_id: str) -> LineCheck | None:
    recent = now() - timedelta(seconds=MAX_DURATION_S)
    statement = select(LineCheck).where(
        LineCheck.phone_number_id == phone_number_id, LineCheck.result == "running", LineCheck.started_at > recent
    )
    return db.session.scalars(statement.limit(1)).first()


def _lock_check(check_id: str) -> LineCheck | None:
    """As the others have left it, whatever this session still remembers."""
    statement = select(LineCheck).where(LineCheck.id == check_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).first()


def _get_step(check: LineCheck, name: str) -> dict[str, Any]:
    return next(step for step in check.steps if step["name"] == name)


def _elapsed_ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _is_late(check: LineCheck, name: str) -> bool:
    at = now()
    return at > check.step_started_at + timedelta(seconds=STEPS[name]) or at > check.started_at + timedelta(seconds=MAX_DURATION_S)


def _complete_step(check: LineCheck, name: str, result: ProbeResult) -> None:
    """Store the result of a step; the last one, or a failed one that stops the call, ends the check."""
    settled = {
        "name": name,
        "status": "failed" if result.problem else "ok",
        "ms": result.ms,
        "problem": result.problem,
        "data": result.data,
    }
    steps = [settled if step["name"] == name else step for step in check.steps]
    if result.problem and name not in NON_BLOCKING_STEPS:
        steps = [step | {"status": "skipped"} if step["status"] == "waiting" else step for step in steps]
    check.steps, check.step_started_at = steps, now()
    if all(step["status"] != "waiting" for step in steps):
        check.result = "failed" if any(step["status"] == "failed" for step in steps) else "ok"
        check.finished_at = now()


Problem = tuple[str | None, dict[str, Any]]


def _check_number(number: PhoneNumber) -> Problem:
    """Registered, switched on, and known to the way that real calls take."""
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    if not company.is_active:
        return "company_off", {"company": company.name}
    if not number.is_active:
        return "number_off", {"company": company.name}
    if number.valid_from and number.valid_from > now():
        return "number_later", {"from": number.valid_from.isoformat()}
    match = number_lookup.find_numbers([number.e164]).get(number.e164)
    if match is None or (match.company_id, match.branch_id) != (number.company_id, number.branch_id):
        return ("number_cached" if match and match.cached else "number_unknown"), {}
    return None, {"cached": match.cached, "at": to_ms(now())}


def _check_branch(number: PhoneNumber) -> Problem:
    branch = db.session.scalars(select(Branch).where(Branch.id == number.branch_id)).one()
    return (None if branch.is_active else "branch_off"), {"branch": branch.name}


def _check_agent(number: PhoneNumber) -> Problem:
    agent = db.session.scalars(select(Agent).where(Agent.id == number.agent_id)).first() if number.agent_id else None
    if agent is None:
        return "no_agent", {}
    if not agent.is_active:
        return "agent_off", {"agent": agent.name}
    return ("not_registered" if get_status(agent).kind == "wrong" else None), {"agent": agent.name}


def _check_notice(number: PhoneNumber) -> Problem:
    """Check that calls to this number contain the AI notice, by transcripts rather than by the greeting."""
    recent = select(CallAiNotice.turn).join(Call, and_(Call.company_id == CallAiNotice.company_id, Call.id == CallAiNotice.call_id))
    recent = recent.where(Call.phone_number_id == number.id, Call.started_at > now() - NOTICE_LOOKBACK, Call.is_test.is_(False))
    turns = list(db.session.scalars(recent))
    lacking = sum(turn is None for turn in turns)
    return ("notice_missing" if lacking else None), {"lacking": lacking, "calls": len(turns)}


def _check_signatures(number: PhoneNumber) -> Problem:
    """Check that no webhook about this number was refused since the last one that was accepted."""
    rejected = find_recent_rejections(number)
    if rejected is None:
        return None, {}
    return (None if rejected.is_over else f"rejected_{rejected.reason}"), {"rejected": rejected.count}


# those that need no call
FIRST_STEPS: dict[str, Callable[[PhoneNumber], Problem]] = {
    "number": _check_number, "branch": _check_branch, "agent": _check_agent, "notice": _check_notice, "signatures": _check_signatures,
}  # fmt: skip
