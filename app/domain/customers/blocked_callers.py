"""Blocked callers: the inbound call rejects them before the agent answers."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.core.extensions import db
from app.domain.audit.log import record
from app.models import BlockedCaller

MAX_LISTED = 100


def block_callers(numbers: Collection[str], *, reason: str = "") -> int:
    """Block these numbers (E.164); gives how many are new."""
    new = sorted(set(numbers) - find_blocked(numbers))
    for number in new:
        row = BlockedCaller(number=number, reason=" ".join(reason.split())[:200] or None)
        db.session.add(row)
        db.session.flush()
        record("caller_blocked", subject=row.id)
    return len(new)


def unblock_callers(numbers: Collection[str]) -> int:
    """Unblock these numbers; gives how many were blocked."""
    rows = db.session.scalars(select(BlockedCaller).where(BlockedCaller.number.in_(numbers))).all()
    for row in rows:
        record("caller_unblocked", subject=row.id)
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def find_blocked(numbers: Collection[str]) -> set[str]:
    statement = select(BlockedCaller.number).where(BlockedCaller.number.in_(sorted(numbers)))
    return set(db.session.scalars(statement)) if numbers else set()


def list_blocked_callers() -> Sequence[BlockedCaller]:
    """List blocked callers, newest first."""
    statement = select(BlockedCaller).order_by(BlockedCaller.created_at.desc(), BlockedCaller.id.desc())
    return db.session.scalars(statement.limit(MAX_LISTED)).all()
