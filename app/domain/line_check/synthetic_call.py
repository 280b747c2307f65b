"""The synthetic call of a line check: webhooks to our own address, signed as Retell signs."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from app.core import settings
from app.core.clock import now, to_ms
from app.core.extensions import db
from app.domain.line_check.step_probes import ProbeResult
from app.domain.privacy.ai_notice import NOTICE
from app.models import Agent, Connection, LineCheck, PhoneNumber
from app.providers.voice.retell_webhook_sender import PostResult, post_signed

# an anonymous caller, so that no customer record is touched
ANONYMOUS_CALLER = "anonymous"
# recognised as an emergency in every industry
EMERGENCY_PHRASE = "Druck auf der Brust"


@dataclass(frozen=True, slots=True)
class LineCheckCall:
    """URL and key of the synthetic call; no key if the secret is missing."""

    check_id: str
    bases: tuple[str, ...]
    live_bases: tuple[str, ...]
    path: str
    number: str
    call_id: str
    agent_ref: str
    key: str | None = field(repr=False)


def prepare_call(check_id: str) -> LineCheckCall | None:
    """Load the data of the call before anything is sent; None when the check is over."""
    check = db.session.scalars(select(LineCheck).where(LineCheck.id == check_id)).first()
    if check is None or not check.is_running:
        return None
    own = db.session.scalars(
        select(Connection).where(Connection.provider == "retell", Connection.is_active).order_by(Connection.created_at)
    ).first()
    agent_ref = db.session.scalar(
        select(Agent.provider_agent_id).join(PhoneNumber, PhoneNumber.agent_id == Agent.id).where(PhoneNumber.id == check.phone_number_id)
    )
    return LineCheckCall(
        check.id, _with_public(settings().own_base), _with_public(settings().own_live_base),
        f"/{own.id}" if own else "", check.number, check.provider_call_id, agent_ref or "line_check",
        own.api_key if own else settings().retell_api_key,
    )  # fmt: skip


def _with_public(own: str) -> tuple[str, ...]:
    """The address that the world uses, then ourselves: a machine cannot always reach its own public address."""
    return (own,) if settings().public_url is None else (settings().public_base, own)


def send_inbound(synthetic_call: LineCheckCall) -> ProbeResult:
    """The ringing phone is answered with where it rings."""
    body = {
        "event": "call_inbound",
        "call_inbound": {"from_number": ANONYMOUS_CALLER, "to_number": synthetic_call.number, "agent_id": synthetic_call.agent_ref},
    }
    base, posted, failure = _post(synthetic_call, "inbound", body)
    problem = _get_rejection(posted)
    if problem is None and not _is_inbound_response(posted.body):
        problem = "not_welcomed"
    elif problem is None and not _has_notice(posted.body):
        problem = "not_noticed"
    return ProbeResult(posted.ms, problem, _build_data(synthetic_call, base, posted, failure))


def send_call_events(synthetic_call: LineCheckCall) -> ProbeResult:
    """The call starts and, once that is taken, ends: nothing is left running."""
    at = to_ms(now())
    base, posted, failure = _post(synthetic_call, "webhook", _build_event("call_started", synthetic_call, at, call_status="ongoing"))
    problem = _get_rejection(posted)
    if problem is None:
        over = {"call_status": "ended", "end_timestamp": at + 1000, "duration_ms": 1000, "disconnection_reason": "user_hangup"}
        _post(synthetic_call, "webhook", _build_event("call_ended", synthetic_call, at, **over))
    return ProbeResult(posted.ms, problem, _build_data(synthetic_call, base, posted, failure))


def send_emergency(synthetic_call: LineCheckCall) -> ProbeResult:
    """Send an emergency phrase as a function call; the response must name a number. A test alerts no staff."""
    call = _build_event("function", synthetic_call, to_ms(now()), call_status="ongoing")["call"]
    base, posted, failure = _post(synthetic_call, "function", {"name": "get_context", "args": {"said": EMERGENCY_PHRASE}, "call": call})
    answer = _parse_json(posted.body)
    data, problem = answer.get("data") or {}, _get_rejection(posted)
    if problem is None and (answer.get("code") != "emergency" or not data.get("numbers")):
        problem = "no_emergency_answer"
    named = {name: data[name] for name in ("numbers", "transfer_to") if data.get(name)}
    return ProbeResult(posted.ms, problem, _build_data(synthetic_call, base, posted, failure) | named)


def _parse_json(raw: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _build_event(name: str, synthetic_call: LineCheckCall, at: int, **more: Any) -> dict[str, Any]:
    call = {
        "call_type": "phone_call", "call_id": synthetic_call.call_id, "agent_id": synthetic_call.agent_ref,
        "from_number": ANONYMOUS_CALLER,
        "to_number": synthetic_call.number, "direction": "inbound", "start_timestamp": at,
        "metadata": {"line_check": synthetic_call.check_id},
    }  # fmt: skip
    return {"event": name, "call": call | more}


def _post(synthetic_call: LineCheckCall, door: str, body: dict[str, Any]) -> tuple[str, PostResult, str | None]:
    """Post to the first address that responds; return the error of the first one too."""
    raw, posted, base, failure = orjson.dumps(body), PostResult(0, 0), synthetic_call.bases[0], None
    for base in synthetic_call.bases:
        posted = post_signed(f"{base}/api/retell/{door}{synthetic_call.path}", raw, synthetic_call.key or "")
        if posted.status:
            break
        failure = failure or posted.error
    return base, posted, failure


def _get_rejection(posted: PostResult) -> str | None:
    if posted.status in (200, 204):
        return None
    return {0: "door_unreachable", 401: "signature_refused", 503: "webhook_closed"}.get(posted.status, "door_refused")


def _is_inbound_response(raw: bytes) -> bool:
    try:
        return bool(orjson.loads(raw)["call_inbound"]["metadata"]["branch"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


def _has_notice(raw: bytes) -> bool:
    """Whether the first words that we answer with hold the AI notice."""
    first_words = str(orjson.loads(raw)["call_inbound"].get("agent_override", {}).get("retell_llm", {}).get("begin_message"))
    return any(sentence in first_words for sentence in NOTICE.values())


def _build_data(synthetic_call: LineCheckCall, base: str, posted: PostResult, failure: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"url": base, "status": posted.status}
    if base != synthetic_call.bases[0]:
        answer |= describe_detour(synthetic_call.bases[0], failure)
    return answer | ({"error": posted.error} if posted.error else {})


def describe_detour(address: str, failure: str | None) -> dict[str, Any]:
    """That another address was taken than this one, and whether its certificate is why."""
    return {"instead_of": address, "certificate": "SSL" in (failure or "")}
