"""Retell's synchronous requests: answered from local data, and never with an error once the signature is valid."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from flask import Blueprint, Response

from app.core import metrics
from app.core.clock import now, to_ms
from app.core.concurrency_limiter import caller_slot
from app.core.database import read_only
from app.core.extensions import db
from app.core.route_guards import declare_guard
from app.core.signatures import verify_retell
from app.core.tenancy import company_scope
from app.domain.agents import inbound_call
from app.domain.calls import function_execution
from app.domain.companies.number_lookup import find_owner
from app.providers.voice.call_webhook_reader import Unreadable
from app.providers.voice.retell_synchronous_requests import parse_function, parse_inbound
from app.providers.webhook_reader import Peek
from app.webhooks.receiver import get_raw_body, get_sender, get_signature
from app.webhooks.rejections import diagnose_signature, reject_signature

log = structlog.get_logger()
blueprint = Blueprint("retell_questions", __name__, url_prefix="/api/retell")


@blueprint.post("/inbound")
@blueprint.post("/inbound/<connection>")
@declare_guard("signature", "Retell's, over the raw body")
def inbound(connection: str | None = None) -> Response:
    """Answer an inbound call. An unknown number gets an empty response, and Retell's own agent takes the call."""
    raw, began = _get_verified_body(connection, "call_inbound", _peek_inbound), time.perf_counter()
    try:
        with read_only(), caller_slot(writes=False):
            response = _handle_inbound(raw, connection)
    except Exception:
        log.exception("inbound.failed")
        response = {}
    db.session.rollback()
    metrics.TOOL_SECONDS.labels("inbound").observe(time.perf_counter() - began)
    return _json_response({"call_inbound": response})


@blueprint.post("/function")
@blueprint.post("/function/<connection>")
@declare_guard("signature", "Retell's, over the raw body")
def function(connection: str | None = None) -> Response:
    """Run a mid-call function: `{ok, say, code?, data}`. The company is derived from the call, never from an argument."""
    raw, received_at = _get_verified_body(connection, "function", _peek_function), now()
    try:
        use = parse_function(raw)
    except Unreadable:
        return _json_response(function_execution.build_trouble_result())
    with caller_slot(writes=True):
        return _json_response(function_execution.answer_function_call(function_execution.FunctionCall(use, connection, received_at)))


def _get_verified_body(connection: str | None, event: str, peek: Callable[[bytes], Peek]) -> bytes:
    """Get the raw body after verification. Raises InvalidSignature (401) and NotConfigured (503)."""
    sender = get_sender("retell", connection, column="api_key")
    raw = get_raw_body()
    genuine = verify_retell(raw, get_signature("retell"), sender.secret, to_ms(now()))
    metrics.WEBHOOKS_RECEIVED.labels("retell", event, "answered" if genuine else "refused").inc()
    if not genuine:
        reject_signature("retell", diagnose_signature("retell"), connection_id=sender.connection_id, peek=peek)
    return raw


def _peek_inbound(raw: bytes) -> Peek:
    call = parse_inbound(raw)
    return Peek("call_inbound", call.provider_call_id, call.business_raw, "")


def _peek_function(raw: bytes) -> Peek:
    event = parse_function(raw).event
    return Peek("function", event.provider_call_id, event.business_raw, "")


def _handle_inbound(raw: bytes, connection: str | None) -> dict[str, Any]:
    try:
        call = parse_inbound(raw)
    except Unreadable:
        return {}
    match = find_owner("retell", None, call.business_raw, connection)
    if match is None:
        return {}
    with company_scope(match.company_id):
        welcome = inbound_call.handle_inbound(match, call.caller_raw)
    if welcome.rejected:
        return {"reject": True}
    llm_override = {"retell_llm": {"begin_message": welcome.begin_message, "start_speaker": "agent"}}
    return {"dynamic_variables": welcome.variables, "metadata": welcome.metadata, "agent_override": llm_override}


def _json_response(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
