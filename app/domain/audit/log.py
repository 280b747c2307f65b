"""Writes the audit log, within the transaction of the action."""

from typing import Any

import structlog

from app.core.extensions import db
from app.core.tenancy import current_company_id
from app.models import AuditEntry


def find_acting_user_id() -> str | None:
    """The user at whose request this happens; None for callers, programs and jobs."""
    return structlog.contextvars.get_contextvars().get("user")


def record(
    action: str,
    *,
    subject: str | None = None,
    data: dict[str, Any] | None = None,
    company_id: str | None = None,
    user_id: str | None = None,
) -> None:
    """Add an audit entry to the current transaction.

    Company, user and request default to the current ones. `data` holds no secrets and no
    personal data beyond ids.
    """
    at_work = structlog.contextvars.get_contextvars()
    db.session.add(
        AuditEntry(
            action=action,
            subject=subject,
            data=data,
            company_id=company_id or current_company_id(),
            user_id=user_id or at_work.get("user"),
            request_id=at_work.get("request"),
        )
    )
