"""Checks a line: a synthetic call goes its whole way, step by step, and each step ends green, red or not reached."""

import time
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
from app.domain.line_check.probes import LOOKS, Seen, why_nothing_moves
from app.models import Agent, Branch, Call, CallNotice, Company, LineCheck, PhoneNumber

# in the order of the way, with the seconds after which a step that is waited for is red
STEPS = {
    "number": 0, "branch": 0, "agent": 0, "notice": 0, "ringing": 15, "webhook": 15,
    "stored": 5, "drained": 12, "database": 5, "emergency": 10, "dashboard": 8, "clock": 5,
}  # fmt: skip
# what can be red while the call still gets through
GOES_ON_AFTER = ("agent", "notice", "ringing", "emergency", "clock")
# calls whose transcripts are looked through for the AI notice
NOTICES_OF = timedelta(hours=24)
# whoever begins within this time gets the check that runs already; whatever takes longer is over
LONGEST_S = 60
SHOWN = 20


def begin(phone_number_id: str, *, via: str, asked_by: str | None = None) -> LineCheck:
    """A new check of a number of the company at work, its first four steps done; the running one where there is one.

    Raises NotFound for a number of another company.
    """
    number = db.session.scalars(select(PhoneNumber).where(PhoneNumber.id == phone_number_id).with_for_update()).first()
    if number is None:
        raise NotFound("There is no such number here.")
    if running := _running(number.id):
        return running
    check_id = new_ulid()
    check = LineCheck(
        id=check_id, phone_number_id=number.id, number=number.e164, via=via, asked_by=asked_by,
        provider_call_id=f"line_check_{check_id}", started_at=now(), step_started_at=now(), result="running",
        steps=[{"name": name, "status": "waiting"} for name in STEPS],
    )  # fmt: skip
    db.session.add(check)
    for name, look in (("number", _look_at_number), ("branch", _look_at_branch), ("agent", _look_at_agent), ("notice", _look_at_notice)):
        if not check.is_running:
            break
        began = time.perf_counter()
        problem, data = look(number)
        _settle(check, name, Seen(_since(began), problem, data))
    db.session.flush()
    return check


def note(check_id: str, name: str, seen: Seen) -> None:
    """What came of a step that was done elsewhere; a step that is settled already stays as it is."""
    check = _locked(check_id)
    if check is not None and check.is_running and _step(check, name)["status"] == "waiting":
        _settle(check, name, seen)
        look_on(check)


def note_listening(check_id: str, data: dict[str, Any]) -> None:
    """Where we listen for the event, or why nowhere; told with the step of the dashboard once that is settled."""
    check = _locked(check_id)
    if check is not None and check.is_running:
        check.steps = [step | {"data": data} if step["name"] == "dashboard" else step for step in check.steps]


def note_heard(check_id: str, at: datetime) -> None:
    """The pushed event has come out of a live socket."""
    check = _locked(check_id)
    if check is not None and check.heard_at is None:
        check.heard_at = at
        look_on(check)


def look(check_id: str) -> LineCheck | None:
    """The check, moved on as far as can be seen now; what takes too long is red. Anybody may look, any number of times."""
    check = _locked(check_id)
    if check is not None:
        look_on(check)
    return check


def look_on(check: LineCheck) -> None:
    while check.is_running:
        waiting = next(step for step in check.steps if step["status"] == "waiting")
        began = time.perf_counter()
        seen = LOOKS[waiting["name"]](check)
        if seen is not None and seen.ms is None and not seen.problem:
            seen = replace(seen, ms=_since(began))
        if seen is None and not _is_late(check, waiting["name"]):
            return
        data = waiting.get("data") or {}
        seen = seen or Seen(None, why_nothing_moves(check, waiting["name"], data))
        _settle(check, waiting["name"], replace(seen, data=data | seen.data))


def waits_for(check: LineCheck, name: str) -> bool:
    """Whether this is the step under way."""
    return check.is_running and next((step["name"] for step in check.steps if step["status"] == "waiting"), None) == name


def is_late(check: LineCheck) -> bool:
    """Whether the step under way should be done by now: somebody must look, since those who should do not."""
    waiting = next((step["name"] for step in check.steps if step["status"] == "waiting"), None)
    return check.is_running and waiting is not None and _is_late(check, waiting)


def late_checks(most: int = 100) -> list[tuple[str, str]]:
    """(company, check) of all that should be over by now; to be asked inside unscoped()."""
    late = now() - timedelta(seconds=LONGEST_S)
    wanted = select(LineCheck.company_id, LineCheck.id).where(LineCheck.result == "running", LineCheck.started_at < late)
    return [(row.company_id, row.id) for row in db.session.execute(wanted.limit(most))]


def company_of(check_id: str) -> str:
    return db.session.scalars(select(LineCheck.company_id).where(LineCheck.id == check_id)).one()


def history(phone_number_id: str, most: int = SHOWN) -> list[LineCheck]:
    """The checks of a number, the newest first."""
    wanted = select(LineCheck).where(LineCheck.phone_number_id == phone_number_id)
    return list(db.session.scalars(wanted.order_by(LineCheck.started_at.desc(), LineCheck.id.desc()).limit(most)))


def _running(phone_number_id: str) -> LineCheck | None:
    recent = now() - timedelta(seconds=LONGEST_S)
    wanted = select(LineCheck).where(
        LineCheck.phone_number_id == phone_number_id, LineCheck.result == "running", LineCheck.started_at > recent
    )
    return db.session.scalars(wanted.limit(1)).first()


def _locked(check_id: str) -> LineCheck | None:
    """As the others have left it, whatever this session still remembers."""
    wanted = select(LineCheck).where(LineCheck.id == check_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(wanted).first()


def _step(check: LineCheck, name: str) -> dict[str, Any]:
    return next(step for step in check.steps if step["name"] == name)


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _is_late(check: LineCheck, name: str) -> bool:
    moment = now()
    return moment > check.step_started_at + timedelta(seconds=STEPS[name]) or moment > check.started_at + timedelta(seconds=LONGEST_S)


def _settle(check: LineCheck, name: str, seen: Seen) -> None:
    """Writes a step down; the last one, or a red one that stops the call, ends the check."""
    settled = {"name": name, "status": "failed" if seen.problem else "ok", "ms": seen.ms, "problem": seen.problem, "data": seen.data}
    steps = [settled if step["name"] == name else step for step in check.steps]
    if seen.problem and name not in GOES_ON_AFTER:
        steps = [step | {"status": "skipped"} if step["status"] == "waiting" else step for step in steps]
    check.steps, check.step_started_at = steps, now()
    if all(step["status"] != "waiting" for step in steps):
        check.result = "failed" if any(step["status"] == "failed" for step in steps) else "ok"
        check.finished_at = now()


Problem = tuple[str | None, dict[str, Any]]


def _look_at_number(number: PhoneNumber) -> Problem:
    """Registered, switched on, and known to the way that real calls take."""
    company = db.session.scalars(select(Company).where(Company.id == number.company_id)).one()
    if not company.is_active:
        return "company_off", {}
    if not number.is_active:
        return "number_off", {}
    if number.valid_from and number.valid_from > now():
        return "number_later", {"from": number.valid_from.isoformat()}
    match, cached = number_lookup.find_numbers([number.e164]).get(number.e164, (None, False))
    if match is None or (match.company_id, match.branch_id) != (number.company_id, number.branch_id):
        return ("number_cached" if cached else "number_unknown"), {}
    return None, {"cached": cached, "at": to_ms(now())}


def _look_at_branch(number: PhoneNumber) -> Problem:
    branch = db.session.scalars(select(Branch).where(Branch.id == number.branch_id)).one()
    return (None if branch.is_active else "branch_off"), {"branch": branch.name}


def _look_at_agent(number: PhoneNumber) -> Problem:
    agent = db.session.scalars(select(Agent).where(Agent.id == number.agent_id)).first() if number.agent_id else None
    if agent is None:
        return "no_agent", {}
    if not agent.is_active:
        return "agent_off", {"agent": agent.name}
    return ("not_registered" if get_status(agent).kind == "wrong" else None), {"agent": agent.name}


def _look_at_notice(number: PhoneNumber) -> Problem:
    """Whether callers of this number have heard the notice: as their transcripts tell, whatever stands in the greeting."""
    recent = select(CallNotice.turn).join(Call, and_(Call.company_id == CallNotice.company_id, Call.id == CallNotice.call_id))
    recent = recent.where(Call.phone_number_id == number.id, Call.started_at > now() - NOTICES_OF, Call.is_test.is_(False))
    turns = list(db.session.scalars(recent))
    lacking = sum(turn is None for turn in turns)
    return ("notice_missing" if lacking else None), {"lacking": lacking, "calls": len(turns)}
