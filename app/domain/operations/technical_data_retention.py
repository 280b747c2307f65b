"""Delete rows and texts whose retention has ended."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.core.clock import now
from app.core.extensions import db
from app.core.tenancy import unscoped
from app.models import (
    Call,
    CallEvent,
    CallSearchText,
    LineCheck,
    Notification,
    PushDelivery,
    StaffDigest,
    StaffNotice,
    ToolCall,
    TruthCheck,
    Turn,
)
from app.models.live_event import LiveEvent

LIVE_EVENT_RETENTION = timedelta(hours=24)
# the last check of a number is kept at any age, because its page shows the result
LINE_CHECK_RETENTION = timedelta(days=14)
# read or not: what is still open stands among the tasks
STAFF_NOTICE_RETENTION = timedelta(days=30)
# what messages said: as long as it may matter what a customer was told
SENT_TEXT_RETENTION = timedelta(days=365)
# bodies of messages deleted in one go
BATCH_SIZE = 500
CALL_MODELS = (CallEvent, Turn, ToolCall, TruthCheck, CallSearchText)


def delete_expired_live_events(limit: int) -> int:
    """Delete expired live events, oldest first, about `limit` at a time; return their number.

    Numbering continues; a browser that requests a deleted event must reload the whole state.
    """
    with unscoped():
        old = (
            select(LiveEvent.occurred_at)
            .where(LiveEvent.occurred_at < now() - LIVE_EVENT_RETENTION)
            .order_by(LiveEvent.occurred_at)
            .limit(limit)
        )
        newest = db.session.scalars(old).all()[-1:]
        if not newest:
            return 0
        deleting = delete(LiveEvent).where(LiveEvent.occurred_at <= newest[0]).execution_options(synchronize_session=False)
        return db.session.execute(deleting).rowcount  # type: ignore[attr-defined]


def delete_expired_line_checks(limit: int) -> int:
    """Delete old line checks and their synthetic calls, and no other call; returns the number of checks."""
    with unscoped():
        last = select(func.max(LineCheck.id)).group_by(LineCheck.company_id, LineCheck.phone_number_id)
        latest = set(db.session.scalars(last))
        old = select(LineCheck).where(LineCheck.result.in_(("ok", "failed")), LineCheck.started_at < now() - LINE_CHECK_RETENTION)
        checks = db.session.scalars(old.where(LineCheck.id.not_in(latest)).order_by(LineCheck.started_at).limit(limit)).all()
        test_calls = select(Call.id).where(Call.id.in_([check.call_id for check in checks if check.call_id]), Call.is_test.is_(True))
        call_ids = db.session.scalars(test_calls).all()
        for model in CALL_MODELS:
            db.session.execute(delete(model).where(model.call_id.in_(call_ids)).execution_options(synchronize_session=False))
        db.session.execute(delete(Call).where(Call.id.in_(call_ids)).execution_options(synchronize_session=False))
        statement = delete(LineCheck).where(LineCheck.id.in_([check.id for check in checks]))
        db.session.execute(statement.execution_options(synchronize_session=False))
        return len(checks)


def delete_expired_bodies(limit: int = BATCH_SIZE) -> int:
    """Delete the text of messages that were never sent and have expired, and of those sent long ago; inside unscoped()."""
    expired = select(Notification).where(Notification.status.in_(("not_set_up", "dead")), Notification.expires_at <= now())
    rows = list(db.session.scalars(expired.where(Notification.body.is_not(None)).limit(limit)))
    for row in rows:
        row.body = None
    read = select(Notification).where(Notification.finished_at < now() - SENT_TEXT_RETENTION, Notification.sent_text.is_not(None))
    old = list(db.session.scalars(read.order_by(Notification.finished_at).limit(limit)))
    for row in old:
        row.sent_text = None
    db.session.flush()
    return len(rows) + len(old)


def delete_expired_staff_notices(limit: int) -> int:
    """Delete old notices to people of companies, and what was sent of them, oldest first; returns the number of rows."""
    deleted = 0
    with unscoped():
        for model in (PushDelivery, StaffNotice, StaffDigest):
            old = select(model.created_at).where(model.created_at < now() - STAFF_NOTICE_RETENTION)
            newest = db.session.scalars(old.order_by(model.created_at).limit(limit)).all()[-1:]
            if newest:
                deleting = delete(model).where(model.created_at <= newest[0]).execution_options(synchronize_session=False)
                deleted += db.session.execute(deleting).rowcount  # type: ignore[attr-defined]
    return deleted
