"""Receives all webhooks: verifies the raw bytes, stores the event once, responds, and leaves processing to the inbox."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Response, request
from sqlalchemy import select

from app.core import metrics, settings
from app.core.clock import now
from app.core.database import read_only
from app.core.errors import AppError, NotConfigured
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.tenancy import unscoped
from app.domain.inbox import store
from app.jobs import inbox
from app.models import Connection
from app.providers import WEBHOOK_PROVIDERS, get_webhook_reader
from app.providers.webhook_reader import Unreadable
from app.webhooks.rejections import diagnose_signature, record_rejection, reject_signature

log = structlog.get_logger()
# Whether the request is signed with the given secret.
Verify = Callable[[str], bool]


@dataclass(frozen=True)
class WebhookAccount:
    """The account behind a webhook: the platform's own, or a company's connection."""

    secret: str
    connection_id: str | None = None


def receive(provider: str, *, sender: WebhookAccount, verify: Verify, raw: bytes) -> Response:
    """Store a verified event; responds 204, also for a duplicate.

    Raises InvalidSignature (401) and AppError 400 for an unreadable body; an unavailable database becomes 503, and the
    provider sends again.
    """
    if not _is_genuine(verify, sender.secret):
        metrics.WEBHOOKS_RECEIVED.labels(provider, "unknown", "refused").inc()
        reject_signature(provider, diagnose_signature(provider), connection_id=sender.connection_id)
    reader = get_webhook_reader(provider)
    try:
        peek = reader.peek(raw)
    except Unreadable as unreadable:
        metrics.WEBHOOKS_RECEIVED.labels(provider, "unknown", "unreadable").inc()
        raise AppError(str(unreadable), code="unreadable") from unreadable
    should_wake = store.store(
        store.IncomingWebhook(
            provider=provider,
            event_name=peek.event,
            dedupe_key=peek.dedupe_key,
            body=raw,
            provider_call_id=peek.provider_call_id,
            to_number=peek.business_raw,
            connection_id=sender.connection_id,
            received_at=now(),
        )
    )
    if should_wake:
        inbox.wake()
    # a sender must not create metric labels
    metrics.WEBHOOKS_RECEIVED.labels(provider, peek.event if peek.event in reader.event_names else "other", "stored").inc()
    return Response(status=204)


def get_signature(provider: str) -> str | None:
    """Get the signature that the request carries in the provider's header."""
    return request.headers.get(WEBHOOK_PROVIDERS[provider].signature_header)


def get_sender(provider: str, connection_id: str | None, *, column: str) -> WebhookAccount:
    """Get the sender with its secret: the connection's in that column, or the platform's where the URL names none.

    Raises NotConfigured (503) for an empty secret, InvalidSignature (401) for an unknown connection.
    """
    setting = WEBHOOK_PROVIDERS[provider].secret
    secret = getattr(settings(), setting) if connection_id is None else _get_connection_secret(provider, connection_id, column)
    if not secret:
        log.warning("webhook.not_configured", provider=provider, connection=connection_id)
        record_rejection(provider, "no_secret", connection_id=connection_id)
        raise NotConfigured("This webhook is not configured: its secret is empty.")
    return WebhookAccount(secret, connection_id)


def get_raw_body() -> bytes:
    """Get the body as it was sent; raises 413 over MAX_CONTENT_LENGTH."""
    return request.get_data(cache=True, parse_form_data=False)


def _get_connection_secret(provider: str, connection_id: str, column: str) -> str | None:
    """Get the secret; an unknown connection raises like a wrong key, so that ids cannot be probed."""
    if is_ulid(connection_id):
        with read_only(), unscoped():
            statement = select(getattr(Connection, column)).where(
                Connection.id == connection_id, Connection.provider == provider, Connection.is_active
            )
            row = db.session.execute(statement).first()
            # Close the transaction before the event is stored through another connection.
            db.session.rollback()
        if row is not None:
            return row[0]
    reject_signature(provider, "unknown_connection", connection_id=connection_id)


def _is_genuine(verify: Verify, secret: str) -> bool:
    try:
        return verify(secret)
    except Exception:
        log.exception("webhook.verification_failed")
        return False
