"""Answers the agent's function calls during a call: each runs once, is stored with its times, and is shown live."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import force_locale
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from app.core import metrics
from app.core.clock import now
from app.core.database import is_transient, is_unavailable
from app.core.event_bus import publish
from app.core.extensions import db
from app.core.ids import new_ulid
from app.core.query_stats import track_queries
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.agents.request_hash import hash_request
from app.domain.agents.tools import registry
from app.domain.agents.tools.context import ToolContext, ToolResult, reject
from app.domain.agents.tools.emergency_override import CODE as EMERGENCY, handle_emergency, handle_emergency_offline, remind_of_emergency
from app.domain.calls import lifecycle
from app.domain.calls.call_unit_of_work import CallUnitOfWork
from app.domain.calls.outcome import is_tool_successful
from app.domain.companies.number_lookup import CallAddress, find_owners
from app.domain.language.detection import detect_language
from app.domain.language.parsed_time import Language
from app.domain.privacy.call_content_erasure import erase_words
from app.domain.privacy.refused_call_deletion import request_deletion
from app.events import ToolFinished, ToolStarted
from app.models import Call, ToolCall
from app.providers.voice.call_webhook_reader import FunctionRequest

log = structlog.get_logger()
# the same again so soon is a repetition, not a new question
REPEAT_WINDOW = timedelta(seconds=15)
LANGUAGE_TURNS = 6
# names say nothing of a language, and these are written by the model
UNSPOKEN_ARGUMENTS = frozenset({"name", "part_of_day", "staff", "branch", "email", "hold", "booking_id", "kind", "channel", "code"})
Run = Callable[[str, dict[str, Any], ToolContext], ToolResult]

# built once: making a statement costs more than running it
CALL = select(Call).where(Call.provider == bindparam("provider"), Call.provider_call_id == bindparam("name")).with_for_update()
CALL_WITHOUT_CONNECTION = CALL.where(Call.connection_id.is_(None)).execution_options(populate_existing=True)
CALL_BY_CONNECTION = CALL.where(Call.connection_id == bindparam("connection")).execution_options(populate_existing=True)
USES = (
    select(ToolCall.id, ToolCall.tool_call_id, ToolCall.name, ToolCall.request_hash, ToolCall.finished_at, ToolCall.after_turn)
    .where(ToolCall.call_id == bindparam("call"))
    .order_by(ToolCall.id)
)
RESULT = select(ToolCall.result).where(ToolCall.id == bindparam("use"))


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A verified use of a function."""

    use: FunctionRequest
    connection_id: str | None
    received_at: datetime


def answer_function_call(function_call: FunctionCall) -> dict[str, Any]:
    """Run the function and commit, then return the result for the agent. Internal errors are logged and become a sentence."""
    began = time.perf_counter()
    for _attempt in range(2):
        try:
            return run_in_transaction(lambda: _answer_in_transaction(function_call, began, registry.run_tool))
        except IntegrityError:
            # the worker inserted the same call concurrently; the second attempt finds it
            log.info("function.again", name=function_call.use.name)
        except Exception as error:
            if is_unavailable(error) and not is_transient(error):
                log.warning("function.database_away", name=function_call.use.name)
                return _answer_without_database(function_call.use)
            log.exception("function.failed", name=function_call.use.name)
            break
    with suppress(Exception):
        return run_in_transaction(lambda: _answer_in_transaction(function_call, began, _run_as_trouble))
    log.error("function.not_written", name=function_call.use.name)
    return _answer_without_database(function_call.use)


def _answer_without_database(use: FunctionRequest) -> dict[str, Any]:
    """Answer without the database: an emergency's instructions, else an apology."""
    language = _detect_caller_language(use) or _guess_caller_language(use) or "de"
    dialled = use.event.business_raw
    result = handle_emergency_offline(use.name, use.arguments, turns=_list_caller_turns(use), dialled=dialled, language=language)
    return result.as_json() if result is not None else build_trouble_result(language)


def build_trouble_result(language: Language = "de") -> dict[str, Any]:
    with force_locale(language):
        return reject("trouble", registry.say_trouble()).as_json()


def _run_as_trouble(_name: str, _given: dict[str, Any], context: ToolContext) -> ToolResult:
    """Record the tool call even when it could not be answered."""
    with force_locale(context.language):
        return reject("trouble", registry.say_trouble())


def _answer_in_transaction(function_call: FunctionCall, began: float, run: Run) -> dict[str, Any]:
    """One transaction: the call is locked, so that uses of one call are answered one after the other."""
    call = _lock_call(function_call) or _create_call(function_call)
    if call is None:
        return _answer_without_database(function_call.use)
    with company_scope(call.company_id):
        key, uses = hash_request(function_call.use.name, function_call.use.arguments), db.session.execute(USES, {"call": call.id}).all()
        use = function_call.use
        context = ToolContext(call, spoken_language=_detect_caller_language(use), likely_language=_guess_caller_language(use))
        with track_queries() as spent:
            # an emergency takes precedence over every function and over repeated results
            urgent = handle_emergency(context, use.name, use.arguments, turns=_list_caller_turns(use), index=use.position)
            if urgent is None and (repeated := _find_repeated_result(uses, use, key)) is not None:
                return repeated
            result = _answer_emergency(urgent, use, context, run) if urgent else _answer(use, context, run)
            db.session.flush()
        _save_tool_call(function_call, call, uses, key, result, began=began, database_s=spent.seconds)
        if not call.keeps_words:
            erase_words(call)
            request_deletion(call, "declined", again=False)
        return result.as_json()


def _answer(use: FunctionRequest, context: ToolContext, run: Run) -> ToolResult:
    """Answer the use; an appointment made after an emergency comes with the number that helps sooner."""
    result, entry = run(use.name, use.arguments, context), registry.find_tool(use.name)
    return remind_of_emergency(context, result) if entry and entry.sets_a_time else result


def _answer_emergency(urgent: ToolResult, use: FunctionRequest, context: ToolContext, run: Run) -> ToolResult:
    """Answer the emergency first; what harms nobody, such as noting a callback, is done as well, and questions wait."""
    entry = registry.find_tool(use.name)
    if entry is None or not entry.runs_in_emergency:
        return urgent
    result = run(use.name, use.arguments, context)
    if not result.ok:
        return urgent
    say = urgent.say if result.say.rstrip().endswith("?") else f"{urgent.say} {result.say}"
    return replace(urgent, say=say, data=urgent.data | {"done": result.data}, disclosed_days=result.disclosed_days)


def _lock_call(function_call: FunctionCall) -> Call | None:
    """The call, locked; one that came by another way is another one."""
    names = {
        "provider": function_call.use.event.provider,
        "name": function_call.use.event.provider_call_id,
        "connection": function_call.connection_id,
    }
    with unscoped():
        return db.session.scalars(CALL_BY_CONNECTION if function_call.connection_id else CALL_WITHOUT_CONNECTION, names).first()


def _create_call(function_call: FunctionCall) -> Call | None:
    """The agent is faster than the worker: the call is made as any event makes it."""
    event = function_call.use.event
    address = CallAddress(
        event.provider, event.provider_call_id, event.business_raw, function_call.connection_id,
        agent_ref=event.agent_ref, started_at=event.started_at,
    )  # fmt: skip
    (owner,) = find_owners([address])
    if (match := owner.match) is None:
        log.warning("function.nobodys_call", name=function_call.use.name, reason=owner.reason, company=owner.company_id)
        return None
    inbound = lifecycle.MatchedCallEvent(
        webhook_event_id=None, received_at=function_call.received_at, connection_id=function_call.connection_id,
        event=event, match=match,
    )  # fmt: skip
    with company_scope(match.company_id):
        return lifecycle.apply_events([inbound])[0]


def _find_repeated_result(uses: Sequence[Any], use: FunctionRequest, key: str) -> dict[str, Any] | None:
    """The stored answer to just this use: the same id, or the same question again with nothing done in between."""
    same_id = next((row for row in uses if use.tool_call_id and row.tool_call_id == use.tool_call_id), None)
    last = uses[-1] if uses else None
    for row in (same_id, last):
        if row is None or row.request_hash != key or row.finished_at is None:
            continue
        if row is same_id or row.finished_at > now() - REPEAT_WINDOW:
            result = db.session.scalar(RESULT, {"use": row.id})
            if not isinstance(result, dict) or (_is_past(result, row, use) and row is not same_id):
                return None
            return result
    return None


def _is_past(result: dict[str, Any], row: Any, use: FunctionRequest) -> bool:
    """What asks something, or answers an emergency, is said once: when the caller has spoken since, the same is a new request."""
    return (not result.get("ok") or result.get("code") == EMERGENCY) and row.after_turn != use.position


def _list_caller_turns(use: FunctionRequest) -> list[tuple[int, str]]:
    return [(index, turn.text) for index, turn in enumerate(use.event.turns or ()) if turn.role == "caller"]


def _detect_caller_language(use: FunctionRequest) -> Language | None:
    """Detect the language of the last turns; where these say too little, of the call so far."""
    turns = [text for _index, text in _list_caller_turns(use)]
    return detect_language(turns[-LANGUAGE_TURNS:]) or detect_language(turns)


def _guess_caller_language(use: FunctionRequest) -> Language | None:
    """Guess the language from the little that was said, and from the caller's words in the arguments."""
    turns = [text for _index, text in _list_caller_turns(use)]
    said = [value for name, value in use.arguments.items() if name not in UNSPOKEN_ARGUMENTS and isinstance(value, str)]
    return detect_language(turns, at_least=1) or detect_language([*turns, *said])


def _save_tool_call(
    function_call: FunctionCall, call: Call, uses: Sequence[Any], key: str, result: ToolResult, *, began: float, database_s: float
) -> None:
    """Save the tool call: the provider's event for it may come before or after (lifecycle matches it then)."""
    use, batch, payload = function_call.use, CallUnitOfWork(), result.as_json()
    did_it = is_tool_successful(payload, result.ok)
    own_s = time.perf_counter() - began
    finished = {
        "result": payload, "disclosed_days": sorted(day.isoformat() for day in result.disclosed_days) or None,
        "ok": did_it, "request_hash": key,
        "finished_at": now(), "duration_ms": round(own_s * 1000), "database_ms": round(database_s * 1000), "provider_ms": 0,
    }  # fmt: skip
    row = _find_unfinished_use(uses, use)
    shown: dict[str, Any] = {"tool_call_id": row["tool_call_id"] if row else _get_tool_call_id(uses, use), "name": use.name}
    if row is not None:
        batch.change_tool(row, **finished)
    else:
        new_columns = {"arguments": use.arguments, "after_turn": use.position, "created_at": function_call.received_at}
        batch.add_tool(call, {**shown, **new_columns, **finished})
        _publish_unless_test(
            call, ToolStarted(call.company_id, call.branch_id, call.id, function_call.received_at, shown | {"arguments": use.arguments})
        )
    batch.add_event(call, "tool", at=now(), webhook_event_id=None, data=shown | {"ok": did_it})
    if result.code == EMERGENCY:
        batch.add_event(call, EMERGENCY, at=now(), webhook_event_id=None, data={"kind": result.data["kind"], "answered": True})
    batch.write()
    shown |= {"ok": did_it, "result": payload, "duration_ms": round(own_s * 1000)}
    _publish_unless_test(call, ToolFinished(call.company_id, call.branch_id, call.id, function_call.received_at, shown))
    metrics.TOOL_SECONDS.labels(use.name if registry.find_tool(use.name) else "other").observe(own_s)


def _publish_unless_test(call: Call, happened: ToolStarted | ToolFinished) -> None:
    """Publish the event unless the call is the synthetic one of a line check."""
    if not call.is_test:
        publish(happened)


def _find_unfinished_use(uses: Sequence[Any], use: FunctionRequest) -> dict[str, Any] | None:
    """The unfinished row that a transcript has brought of this use already."""
    running = [row for row in uses if row.finished_at is None and row.name == use.name]
    same = next((row for row in running if use.tool_call_id in (None, row.tool_call_id)), None)
    return {"id": same.id, "tool_call_id": same.tool_call_id} if same else None


def _get_tool_call_id(uses: Sequence[Any], use: FunctionRequest) -> str:
    """The provider's id of the use, unless something else goes by it already."""
    taken = use.tool_call_id is None or any(row.tool_call_id == use.tool_call_id for row in uses)
    return f"{lifecycle.OWN_USE_PREFIX}{new_ulid()}" if taken else use.tool_call_id or ""
