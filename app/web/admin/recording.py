"""Writes down what support did, in the transaction that did it."""

from typing import Any

from flask import g
from flask_login import current_user

from app.core.extensions import db
from app.models import AuditEntry


def record(action: str, subject: str, *, company_id: str | None = None, data: dict[str, Any] | None = None) -> None:
    """An audit entry of the user of this request."""
    db.session.add(
        AuditEntry(
            action=action, subject=subject[:80], company_id=company_id, user_id=current_user.id, data=data, request_id=g.get("request_id")
        )
    )
