"""The one way in for webhooks: verified over the raw bytes, stored once, answered, and only then worked through."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Response, request
from sqlalchemy import select

from app.core import metrics
from app.core.clock import now
from app.core.database import read_only
from app.core.errors import AppError, NotConfigured
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.tenancy import unscoped
from app.domain.inbox import store
from app.jobs import inbox
from app.models import Connection
from app.providers import get_webhook_reader
from app.providers.webhook_reader import Unreadable

log = structlog.get_logger()
# secret, request → whether the sender knows the secret
Verify = Callable[[str], bool]


class BadSignature(AppError):
    status = 401
    code = "bad_signature"


@dataclass(frozen=True)
class Sender:
    """Whose webhook this is: the platform's own account, or a company's connection."""

    secret: str
    connection_id: str | None = None


def receive(provider: str, *, sender: Sender, verify: Verify, raw: bytes) -> Response:
    """204 once the event is stored or was known before.

    Raises BadSignature (401) and AppError 400 for what cannot be read; when the database is away its error becomes 503, and
    the provider sends again.
    """
    if not _is_genuine(verify, sender.secret):
        metrics.WEBHOOKS_RECEIVED.labels(provider, "unknown", "refused").inc()
        raise BadSignature("The signature does not fit this body.")
    try:
        peek = get_webhook_reader(provider).peek(raw)
    except Unreadable as unreadable:
        metrics.WEBHOOKS_RECEIVED.labels(provider, "unknown", "unreadable").inc()
        raise AppError(str(unreadable), code="unreadable") from unreadable
    led = store.store(
        store.Incoming(
            provider=provider,
            event=peek.event,
            dedupe_key=peek.dedupe_key,
            body=raw,
            provider_call_id=peek.provider_call_id,
            dialled=peek.business_raw,
            connection_id=sender.connection_id,
            received_at=now(),
        )
    )
    if led:
        inbox.wake()
    metrics.WEBHOOKS_RECEIVED.labels(provider, _known_event(peek.event), "stored").inc()
    return Response(status=204)


def sender_of(provider: str, connection_id: str | None, *, platform_secret: str | None, column: str) -> Sender:
    """The secret that must have signed: the connection's, or the platform's where the address names none."""
    secret = platform_secret if connection_id is None else _connection_secret(provider, connection_id, column)
    if not secret:
        log.warning("webhook.closed", provider=provider, connection=connection_id)
        raise NotConfigured("This webhook is not configured: its secret is empty.")
    return Sender(secret, connection_id)


def raw_body() -> bytes:
    """The bytes as they were sent; over the limit of MAX_CONTENT_LENGTH this raises 413."""
    return request.get_data(cache=True, parse_form_data=False)


def _connection_secret(provider: str, connection_id: str, column: str) -> str | None:
    """An unknown connection looks like a wrong key, so that ids cannot be tried out."""
    if is_ulid(connection_id):
        with read_only(), unscoped():
            wanted = select(getattr(Connection, column)).where(
                Connection.id == connection_id, Connection.provider == provider, Connection.is_active
            )
            found = db.session.execute(wanted).first()
            # no transaction stays open while the event is stored through another connection
            db.session.rollback()
        if found is not None:
            return found[0]
    raise BadSignature("The signature does not fit this body.")


def _is_genuine(verify: Verify, secret: str) -> bool:
    try:
        return verify(secret)
    except Exception:
        log.exception("webhook.verifying_failed")
        return False


KNOWN_EVENTS = {
    "call_started", "call_ended", "call_analyzed", "transcript_updated", "transfer_started", "transfer_bridged", "transfer_cancelled",
    "transfer_ended", "initiated", "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled",
    "BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED",
}  # fmt: skip


def _known_event(name: str) -> str:
    """A sender must not be able to make up metric labels."""
    return name if name in KNOWN_EVENTS else "other"
