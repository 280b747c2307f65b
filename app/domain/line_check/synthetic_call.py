"""The synthetic call of a line check: rings at our own door and starts and ends there, signed as Retell signs."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from app.core import settings
from app.core.clock import now, to_ms
from app.core.extensions import db
from app.domain.line_check.probes import Seen
from app.domain.privacy.ai_notice import NOTICE
from app.models import Agent, Connection, LineCheck, PhoneNumber
from app.providers.voice.retell_sender import PostResult, post_signed

# nobody is the caller, so nobody's file is touched
NOBODY = "anonymous"
# heard as an emergency at every business
IN_NEED = "Druck auf der Brust"


@dataclass(frozen=True, slots=True)
class Errand:
    """Where to ring and with which key; no key where the secret is missing."""

    check_id: str
    bases: tuple[str, ...]
    live_bases: tuple[str, ...]
    path: str
    number: str
    call_id: str
    agent_ref: str
    key: str | None = field(repr=False)


def prepare(check_id: str) -> Errand | None:
    """What is needed to ring, read before anything is sent; None when the check is over."""
    check = db.session.scalars(select(LineCheck).where(LineCheck.id == check_id)).first()
    if check is None or not check.is_running:
        return None
    own = db.session.scalars(
        select(Connection).where(Connection.provider == "retell", Connection.is_active).order_by(Connection.created_at)
    ).first()
    agent_ref = db.session.scalar(
        select(Agent.provider_agent_id).join(PhoneNumber, PhoneNumber.agent_id == Agent.id).where(PhoneNumber.id == check.phone_number_id)
    )
    return Errand(
        check.id, _with_public(settings().own_base), _with_public(settings().own_live_base),
        f"/{own.id}" if own else "", check.number, check.provider_call_id, agent_ref or "line_check",
        own.api_key if own else settings().retell_api_key,
    )  # fmt: skip


def _with_public(own: str) -> tuple[str, ...]:
    """The address that the world uses, then ourselves: a machine cannot always reach its own public address."""
    return (own,) if settings().public_url is None else (settings().public_base, own)


def ring(errand: Errand) -> Seen:
    """The ringing phone is answered with where it rings."""
    body = {"event": "call_inbound", "call_inbound": {"from_number": NOBODY, "to_number": errand.number, "agent_id": errand.agent_ref}}
    base, posted, failure = _post(errand, "inbound", body)
    problem = _refusal(posted)
    if problem is None and not _is_welcome(posted.body):
        problem = "not_welcomed"
    elif problem is None and not _has_notice(posted.body):
        problem = "not_noticed"
    return Seen(posted.ms, problem, _told(errand, base, posted, failure))


def call(errand: Errand) -> Seen:
    """The call starts and, once that is taken, ends: nothing is left running."""
    at = to_ms(now())
    base, posted, failure = _post(errand, "webhook", _event("call_started", errand, at, call_status="ongoing"))
    problem = _refusal(posted)
    if problem is None:
        over = {"call_status": "ended", "end_timestamp": at + 1000, "duration_ms": 1000, "disconnection_reason": "user_hangup"}
        _post(errand, "webhook", _event("call_ended", errand, at, **over))
    return Seen(posted.ms, problem, _told(errand, base, posted, failure))


def cry_for_help(errand: Errand) -> Seen:
    """A sentence in need goes the way of every function; the answer must name a number to call. Nobody is told of a test."""
    call = _event("function", errand, to_ms(now()), call_status="ongoing")["call"]
    base, posted, failure = _post(errand, "function", {"name": "get_context", "args": {"said": IN_NEED}, "call": call})
    told = _read(posted.body)
    data, problem = told.get("data") or {}, _refusal(posted)
    if problem is None and (told.get("code") != "emergency" or not data.get("numbers")):
        problem = "no_emergency_answer"
    found = {name: data[name] for name in ("numbers", "transfer_to") if data.get(name)}
    return Seen(posted.ms, problem, _told(errand, base, posted, failure) | found)


def _read(raw: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _event(name: str, errand: Errand, at: int, **more: Any) -> dict[str, Any]:
    call = {
        "call_type": "phone_call", "call_id": errand.call_id, "agent_id": errand.agent_ref, "from_number": NOBODY,
        "to_number": errand.number, "direction": "inbound", "start_timestamp": at, "metadata": {"line_check": errand.check_id},
    }  # fmt: skip
    return {"event": name, "call": call | more}


def _post(errand: Errand, door: str, body: dict[str, Any]) -> tuple[str, PostResult, str | None]:
    """At the first address where anybody answers; last, why the first one of all did not."""
    raw, posted, base, failure = orjson.dumps(body), PostResult(0, 0), errand.bases[0], None
    for base in errand.bases:
        posted = post_signed(f"{base}/api/retell/{door}{errand.path}", raw, errand.key or "")
        if posted.status:
            break
        failure = failure or posted.error
    return base, posted, failure


def _refusal(posted: PostResult) -> str | None:
    if posted.status in (200, 204):
        return None
    return {0: "door_unreachable", 401: "signature_refused", 503: "webhook_closed"}.get(posted.status, "door_refused")


def _is_welcome(raw: bytes) -> bool:
    try:
        return bool(orjson.loads(raw)["call_inbound"]["metadata"]["branch"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


def _has_notice(raw: bytes) -> bool:
    """Whether the first words that we answer with hold the AI notice."""
    first_words = str(orjson.loads(raw)["call_inbound"].get("agent_override", {}).get("retell_llm", {}).get("begin_message"))
    return any(sentence in first_words for sentence in NOTICE.values())


def _told(errand: Errand, base: str, posted: PostResult, failure: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"url": base, "status": posted.status}
    if base != errand.bases[0]:
        told |= way_round(errand.bases[0], failure)
    return told | ({"error": posted.error} if posted.error else {})


def way_round(address: str, failure: str | None) -> dict[str, Any]:
    """That another address was taken than this one, and whether its certificate is why."""
    return {"instead_of": address, "certificate": "SSL" in (failure or "")}
