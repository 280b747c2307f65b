"""Refuses requests whose signature is wrong, and leaves a trace of them for support."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

import structlog
from flask import request

from app.core.clock import from_ms, now, to_ms
from app.core.errors import AppError
from app.core.rate_limiter import network_of
from app.core.signatures import RETELL_TOLERANCE_MS, read_retell_time
from app.core.transactions import run_in_transaction
from app.domain.inbox import rejections
from app.domain.inbox.rejections import Rejection, RejectionReason
from app.providers import WEBHOOK_PROVIDERS, get_webhook_reader
from app.providers.webhook_reader import Peek

log = structlog.get_logger()
ReadClaims = Callable[[bytes], Peek]
# a larger body without a valid signature is not parsed
MAX_CLAIMED_LENGTH = 256 * 1024


class InvalidSignature(AppError):
    status = 401
    code = "bad_signature"


def reject_signature(provider: str, reason: RejectionReason, *, connection_id: str | None, peek: ReadClaims | None = None) -> NoReturn:
    """Record the rejection and raise InvalidSignature."""
    record_rejection(provider, reason, connection_id=connection_id, peek=peek)
    raise InvalidSignature("The signature does not fit this body.")


def record_rejection(provider: str, reason: RejectionReason, *, connection_id: str | None, peek: ReadClaims | None = None) -> None:
    """Count the rejected request, up to a rate; nothing that fails here changes the response. `peek` reads what its body claims."""
    address = network_of(request.remote_addr)
    if not rejections.is_counted(address):
        return
    claims = _read_claims(peek or get_webhook_reader(provider).peek)
    rejection = Rejection(
        provider, reason, address, request.path, request.content_length or 0, connection_id, claims, request.user_agent.string,
        _read_signed_at(provider),
    )  # fmt: skip
    try:
        run_in_transaction(lambda: rejections.record_rejection(rejection))
    except Exception as error:
        log.warning("webhook.rejection_not_recorded", provider=provider, error=type(error).__name__)


def diagnose_signature(provider: str) -> RejectionReason:
    """Find out why the signature of the request was refused."""
    header = request.headers.get(WEBHOOK_PROVIDERS[provider].signature_header)
    if header is None:
        return "unsigned"
    if provider != "retell":
        return "mismatch"
    signed_ms = read_retell_time(header)
    if signed_ms is None:
        return "unreadable"
    return "mismatch" if abs(to_ms(now()) - signed_ms) <= RETELL_TOLERANCE_MS else "expired"


def _read_claims(peek: ReadClaims) -> Peek | None:
    """Read what the body of a stranger claims, unless it is large."""
    try:
        raw = request.get_data(cache=True, parse_form_data=False) if (request.content_length or 0) <= MAX_CLAIMED_LENGTH else b""
        return peek(raw)
    except Exception:
        return None


def _read_signed_at(provider: str) -> datetime | None:
    signed_ms = read_retell_time(request.headers.get(WEBHOOK_PROVIDERS[provider].signature_header)) if provider == "retell" else None
    try:
        return from_ms(signed_ms) if signed_ms is not None else None
    except (ValueError, OverflowError):
        return None
