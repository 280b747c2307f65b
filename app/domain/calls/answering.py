"""Answers the agent in mid-call: the function is run once for each use, written down with its times, and shown live."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import metrics
from app.core.announcements import announce
from app.core.clock import now
from app.core.database import is_away, is_passing
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.query_times import measured
from app.core.tenancy import company_scope
from app.core.transactions import transact
from app.domain.agents import toolbox
from app.domain.agents.answers import Answer, refused
from app.domain.agents.asked import asked_key
from app.domain.agents.situation import Situation
from app.domain.calls import lifecycle
from app.domain.calls.desk import Desk
from app.domain.companies.number_lookup import Match
from app.domain.language.detecting import spoken_language
from app.events import ToolFinished, ToolStarted
from app.models import Call, ToolCall
from app.providers.voice.base import FunctionUse

log = structlog.get_logger()
# the same again so soon is a repetition, not a new question
REPEATED_WITHIN = timedelta(seconds=15)
TURNS_HEARD = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A verified use of a function, and whose call it is."""

    use: FunctionUse
    match: Match
    connection_id: str | None
    received_at: datetime
    cached: bool = False


def answer(asked: Asked) -> dict[str, Any]:
    """What the agent is told, committed before it is told. Faults of ours become a sentence too; only what goes on is in the log."""
    began = time.perf_counter()
    with company_scope(asked.match.company_id):
        for attempt in (1, 2):
            try:
                return transact(lambda: _answer(asked, began, toolbox.use))
            except IntegrityError:
                # the worker has made the call of the same moment; the second time it is there
                if attempt == 2:
                    break
            except Exception as error:
                if is_away(error) and not is_passing(error):
                    log.warning("function.database_away", name=asked.use.name)
                    return in_trouble("de")
                log.exception("function.failed", name=asked.use.name)
                break
        return _write_trouble(asked, began)


def in_trouble(language: str) -> dict[str, Any]:
    with force_locale(language):
        return refused("trouble", toolbox.trouble()).as_json()


def _answer(asked: Asked, began: float, run: Callable[[str, dict[str, Any], Situation], Answer]) -> dict[str, Any]:
    """One transaction: the call is locked, so that uses of one call are answered one after the other."""
    call = _locked(asked) or _made(asked)
    key = asked_key(asked.use.name, asked.use.arguments)
    if (known := _answered(call, asked.use, key)) is not None:
        return known
    with measured() as spent:
        situation = Situation(call, heard_language=_heard(asked.use))
        found = run(asked.use.name, asked.use.arguments, situation)
        db.session.flush()
    told = found.as_json()
    _write(asked, call, key, found, told, _Times(began, spent.seconds))
    return told


@dataclass(frozen=True, slots=True)
class _Times:
    began: float
    database_s: float

    @property
    def own_ms(self) -> int:
        return round((time.perf_counter() - self.began) * 1000)


def _locked(asked: Asked) -> Call | None:
    wanted = select(Call).where(
        Call.provider == asked.use.event.provider,
        Call.provider_call_id == asked.use.event.provider_call_id,
        Call.connection_id == asked.connection_id if asked.connection_id else Call.connection_id.is_(None),
    )
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()


def _made(asked: Asked) -> Call:
    """The agent is faster than the worker: the call is made as any event makes it."""
    arrival = lifecycle.Arrival(
        webhook_event_id=None, received_at=asked.received_at, connection_id=asked.connection_id, event=asked.use.event,
        match=asked.match, cached=asked.cached,
    )  # fmt: skip
    return lifecycle.apply_events([arrival])[0]


def _answered(call: Call, use: FunctionUse, key: str) -> dict[str, Any] | None:
    """The stored answer to just this use: the same id, or the same question again with nothing done in between."""
    wanted = select(ToolCall.id, ToolCall.tool_call_id, ToolCall.asked, ToolCall.result, ToolCall.finished_at)
    newest = db.session.execute(wanted.where(ToolCall.call_id == call.id).order_by(ToolCall.id.desc()).limit(1)).first()
    if newest is None:
        return None
    same = newest
    if use.tool_call_id and newest.tool_call_id != use.tool_call_id:
        same = db.session.execute(wanted.where(ToolCall.call_id == call.id, ToolCall.tool_call_id == use.tool_call_id)).first() or newest
    is_same_use = same.tool_call_id == use.tool_call_id
    if same.asked != key or not isinstance(same.result, dict) or same.finished_at is None:
        return None
    return same.result if is_same_use or same.finished_at > now() - REPEATED_WITHIN else None


def _heard(use: FunctionUse) -> Any:
    said = [turn.text for turn in use.event.turns or () if turn.role == "caller"]
    return spoken_language(said[-TURNS_HEARD:])


def _write(asked: Asked, call: Call, key: str, found: Answer, told: dict[str, Any], times: _Times) -> None:
    """The row of this use: the provider may have told of it before, or tells of it later (lifecycle finds this one then)."""
    use, desk = asked.use, Desk()
    shown: dict[str, Any] = {"tool_call_id": use.tool_call_id or f"{lifecycle.OWN_USE}{new_ulid()}", "name": use.name}
    finished = {
        "result": told, "ok": found.ok, "asked": key, "finished_at": now(), "duration_ms": times.own_ms,
        "database_ms": round(times.database_s * 1000), "provider_ms": 0,
    }  # fmt: skip
    row = _told_of(call, use)
    if row is not None:
        shown["tool_call_id"] = row["tool_call_id"]
        desk.change_tool(row, **finished)
    else:
        desk.add_tool(
            call,
            {**shown, "arguments": use.arguments, "after_position": use.position, "created_at": asked.received_at, **finished},
        )
        announce(ToolStarted(call.company_id, call.branch_id, call.id, asked.received_at, shown | {"arguments": use.arguments}))
    desk.note(call, "tool", at=now(), webhook_event_id=None, data=shown | {"ok": found.ok})
    desk.write()
    finished_tool = shown | {"ok": found.ok, "result": told, "duration_ms": times.own_ms}
    announce(ToolFinished(call.company_id, call.branch_id, call.id, asked.received_at, finished_tool))
    metrics.TOOL_SECONDS.labels(_known_name(use.name)).observe(time.perf_counter() - times.began)


def _told_of(call: Call, use: FunctionUse) -> dict[str, Any] | None:
    """The unfinished row that a transcript has brought of this use already."""
    wanted = select(ToolCall.id, ToolCall.tool_call_id).where(ToolCall.call_id == call.id, ToolCall.finished_at.is_(None))
    wanted = wanted.where(ToolCall.tool_call_id == use.tool_call_id) if use.tool_call_id else wanted.where(ToolCall.name == use.name)
    found = db.session.execute(wanted.order_by(ToolCall.id).limit(1)).mappings().first()
    return dict(found) if found else None


def _write_trouble(asked: Asked, began: float) -> dict[str, Any]:
    """The use stands in the call's history even when we could not answer it."""

    def trouble(_name: str, _given: dict[str, Any], situation: Situation) -> Answer:
        with force_locale(situation.language):
            return refused("trouble", toolbox.trouble())

    try:
        return transact(lambda: _answer(asked, began, trouble))
    except Exception:
        log.exception("function.not_written", name=asked.use.name)
        return in_trouble("de")


def _known_name(name: str) -> str:
    """Whoever knows the key must not be able to make up metric labels."""
    return name if toolbox.find_tool(name) else "other"
