"""Retell's synchronous requests: answered from local data, and never with an error once the signature is valid."""

import time
from typing import Any

import orjson
import structlog
from flask import Blueprint, Response, request

from app.core import metrics, settings
from app.core.clock import now, to_ms
from app.core.concurrency import caller_slot
from app.core.database import read_only
from app.core.extensions import db
from app.core.route_guards import declare_guard
from app.core.signatures import verify_retell
from app.core.tenancy import company_scope
from app.domain.agents import inbound_call
from app.domain.calls import function_calls
from app.domain.companies.number_lookup import NumberMatch
from app.domain.inbox import call_event_handler
from app.domain.inbox.inbox_item import InboxItem
from app.models import WebhookEvent
from app.providers.voice.base import CallEvent, Unreadable
from app.providers.voice.retell_functions import parse_function, parse_inbound
from app.webhooks.receiver import InvalidSignature, get_raw_body, get_sender

log = structlog.get_logger()
blueprint = Blueprint("retell_questions", __name__, url_prefix="/api/retell")


@blueprint.post("/inbound")
@blueprint.post("/inbound/<connection>")
@declare_guard("signature", "Retell's, over the raw body")
def inbound(connection: str | None = None) -> Response:
    """Answer an inbound call. An unknown number gets an empty response, and Retell's own agent takes the call."""
    raw, began = _get_verified_body(connection, "call_inbound"), time.perf_counter()
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
    raw, received_at = _get_verified_body(connection, "function"), now()
    try:
        use = parse_function(raw)
    except Unreadable:
        return _json_response(function_calls.build_trouble_result())
    with caller_slot(writes=True):
        return _json_response(
            function_calls.answer_function_call(
                function_calls.FunctionCall(use, connection, received_at, lambda: _find_owner(use.event, connection))
            )
        )


def _get_verified_body(connection: str | None, event: str) -> bytes:
    """Get the raw body after verification. Raises InvalidSignature (401) and NotConfigured (503)."""
    sender = get_sender("retell", connection, platform_secret=settings().retell_api_key, column="api_key")
    raw = get_raw_body()
    genuine = verify_retell(raw, request.headers.get("X-Retell-Signature"), sender.secret, to_ms(now()))
    metrics.WEBHOOKS_RECEIVED.labels("retell", event, "answered" if genuine else "refused").inc()
    if not genuine:
        raise InvalidSignature("The signature does not fit this body.")
    return raw


def _handle_inbound(raw: bytes, connection: str | None) -> dict[str, Any]:
    try:
        call = parse_inbound(raw)
    except Unreadable:
        return {}
    match, _cached = _find_owner(CallEvent("retell", "started", "call_inbound", None, business_raw=call.business_raw), connection)
    if match is None:
        return {}
    with company_scope(match.company_id):
        welcome = inbound_call.handle_inbound(match, call.caller_raw)
    if welcome.rejected:
        return {"reject": True}
    first_words = {"retell_llm": {"begin_message": welcome.begin_message, "start_speaker": "agent"}}
    return {"dynamic_variables": welcome.variables, "metadata": welcome.metadata, "agent_override": first_words}


def _find_owner(event: CallEvent, connection: str | None) -> tuple[NumberMatch | None, bool]:
    """Find the owner as for every event: by the stored call, else by the dialled number."""
    read = InboxItem(WebhookEvent(id=0, provider="retell", connection_id=connection), event)
    call_event_handler.match([read])
    return (read.match if isinstance(read.match, NumberMatch) else None), read.cached


def _json_response(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
