"""Counts webhooks whose signature was refused: a row per account, sender's address and hour, with the last one as example.

Anybody can send them, so they are counted up to a rate, rows are limited per day and expire, and nothing of a body is stored.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.core.clock import now
from app.core.extensions import db
from app.core.ids import is_ulid
from app.core.rate_limiter import RateLimit
from app.core.tenancy import unscoped
from app.domain.companies.number_lookup import find_company_id, parse_business_number
from app.models import Connection, PhoneNumber, RejectedWebhook, WebhookEvent
from app.providers.webhook_reader import Peek

RejectionReason = Literal["unsigned", "unreadable", "expired", "mismatch", "unknown_connection", "no_secret"]
RETENTION = timedelta(days=30)
RECENT = timedelta(hours=24)
# beyond these, rejections are not counted; rows are no more than MAX_ROWS_PER_DAY twice and one per provider and hour
SENDER_LIMIT = RateLimit("rejected_webhooks", 60)
TOTAL_LIMIT = RateLimit("rejected_webhooks_total", 600)
MAX_ROWS_PER_DAY = 500
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused webhook. `peek` is what its body claims, if it is readable; `address` is the sender's, None for all together."""

    provider: str
    reason: RejectionReason
    address: str | None
    path: str
    size: int
    connection_id: str | None = None
    peek: Peek | None = None
    user_agent: str | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RejectionSummary:
    """The recent rejections that name a number: how many, the last one, and whether an event was accepted afterwards."""

    count: int
    last_at: datetime
    reason: str
    is_over: bool


def is_counted(address: str) -> bool:
    """Whether one more rejection of this sender is recorded; each question counts."""
    return SENDER_LIMIT.hit(address) is None and TOTAL_LIMIT.hit("") is None


def record_rejection(rejection: Rejection) -> None:
    """Count the rejection in its row, or in one of several senders once a day has too many rows. Inside a transaction."""
    at = now()
    with unscoped():
        connection_id, number = _find_connection_id(rejection.connection_id), _find_number(rejection.peek)
        company_id = find_company_id(number, connection_id)
    values = {
        "provider": rejection.provider, "connection_id": connection_id, "to_number": number, "company_id": company_id,
        "address": rejection.address, "hour": at.replace(minute=0, second=0, microsecond=0), "reason": rejection.reason,
        "example": _build_example(rejection), "rejection_count": 1, "first_at": at, "last_at": at,
    }  # fmt: skip
    together = {"address": None}
    for coarser in ({}, together, together | {"to_number": None, "connection_id": None, "company_id": None}):
        if _count(values | coarser):
            return


def list_rejections(*conditions: ColumnElement[bool], since: datetime | None = None, limit: int = MAX_LISTED) -> list[RejectedWebhook]:
    """List the rejections, the latest first; those of the last 30 days without `since`."""
    statement = select(RejectedWebhook).where(RejectedWebhook.last_at >= (since or now() - RETENTION), *conditions)
    return list(db.session.scalars(statement.order_by(RejectedWebhook.last_at.desc(), RejectedWebhook.id.desc()).limit(limit)))


def count_recent_rejections() -> int:
    """Count the rejected webhooks of the last 24 hours."""
    total = select(func.sum(RejectedWebhook.rejection_count)).where(RejectedWebhook.last_at >= now() - RECENT)
    return int(db.session.scalar(total) or 0)


def find_recent_rejections(number: PhoneNumber) -> RejectionSummary | None:
    """Sum up the rejections of the last 24 hours that name this number of the company at work."""
    rows = list_rejections(RejectedWebhook.company_id == number.company_id, RejectedWebhook.to_number == number.e164, since=now() - RECENT)
    if not rows:
        return None
    accepted = select(WebhookEvent.id).where(
        WebhookEvent.to_number == number.e164, WebhookEvent.received_at > rows[0].last_at,
        ~WebhookEvent.provider_call_id.startswith("line_check_", autoescape=True),
    )  # fmt: skip
    is_over = db.session.scalar(accepted.limit(1)) is not None
    return RejectionSummary(sum(row.rejection_count for row in rows), rows[0].last_at, rows[0].reason, is_over)


def delete_expired_rejections() -> int:
    """Delete rejections whose retention has ended; returns their number."""
    expired = delete(RejectedWebhook).where(RejectedWebhook.last_at < now() - RETENTION)
    return db.session.execute(expired.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]


def _find_connection_id(connection_id: str | None) -> str | None:
    """An id in the URL that no connection has is anybody's invention."""
    if connection_id is None or not is_ulid(connection_id):
        return None
    return db.session.scalar(select(Connection.id).where(Connection.id == connection_id))


def _find_number(peek: Peek | None) -> str | None:
    """A number in the body counts only if it is one of ours."""
    number = parse_business_number(peek.business_raw) if peek else None
    return db.session.scalar(select(PhoneNumber.e164).where(PhoneNumber.e164 == number)) if number else None


def _build_example(rejection: Rejection) -> dict[str, Any]:
    peek = rejection.peek
    example = {
        "path": rejection.path[:120],
        "size": rejection.size,
        "event": peek.event[:64] if peek else None,
        "call": (peek.provider_call_id or "")[:128] if peek else None,
        "user_agent": (rejection.user_agent or "")[:120],
        "signed_at": rejection.signed_at.isoformat() if rejection.signed_at else None,
    }
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for name, value in example.items() if value
    }


def _count(values: dict[str, Any]) -> bool:
    """Raise the count of the row with this key, or insert it unless a day has too many of its kind."""
    key = (values["provider"], values["connection_id"], values["to_number"], values["address"], values["hour"].isoformat())
    fingerprint = hashlib.sha256("\0".join(part or "" for part in key).encode()).hexdigest()
    if _count_again(fingerprint, values):
        return True
    if _has_too_many(values):
        return False
    try:
        with db.session.begin_nested():
            db.session.add(RejectedWebhook(fingerprint=fingerprint, **values))
    except IntegrityError:
        # inserted concurrently by another request
        return _count_again(fingerprint, values)
    return True


def _count_again(fingerprint: str, values: dict[str, Any]) -> bool:
    latest = {name: values[name] for name in ("last_at", "reason", "example")}
    again = update(RejectedWebhook).where(RejectedWebhook.fingerprint == fingerprint)
    again = again.values(rejection_count=RejectedWebhook.rejection_count + 1, **latest)
    return bool(db.session.execute(again.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def _has_too_many(values: dict[str, Any]) -> bool:
    """Whether a day has too many rows of single senders, or of single companies; one a provider and hour is always possible."""
    if values["address"] is None and values["company_id"] is None:
        return False
    same_kind = RejectedWebhook.address.is_(None) if values["address"] is None else RejectedWebhook.address.is_not(None)
    today = select(func.count()).select_from(RejectedWebhook).where(same_kind, RejectedWebhook.last_at > values["last_at"] - RECENT)
    return (db.session.scalar(today) or 0) >= MAX_ROWS_PER_DAY
