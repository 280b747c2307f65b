"""The list of a person's notices: what is unread, and marking it as read."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, update

from app.core.clock import now
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.staff_notices.notice_kinds import KINDS
from app.events import StaffNoticesChanged
from app.models import StaffNotice, User

# counting stops here: the bell then says "99+"
MAX_COUNTED = 100


def count_unread(user: User) -> int:
    """Count the unread notices, up to MAX_COUNTED."""
    unread = select(StaffNotice.id).where(*_build_conditions(user), StaffNotice.read_at.is_(None)).limit(MAX_COUNTED)
    return db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def list_notices(user: User, *, limit: int, only_unread: bool = False, after: str | None = None) -> Sequence[StaffNotice]:
    """List the notices, newest first; `after` is the id of the last one before."""
    statement = select(StaffNotice).where(*_build_conditions(user))
    if only_unread:
        statement = statement.where(StaffNotice.read_at.is_(None))
    last = find_notice(user, after) if after else None
    if last is not None:
        same_time = (StaffNotice.created_at == last.created_at) & (StaffNotice.id < last.id)
        statement = statement.where(or_(StaffNotice.created_at < last.created_at, same_time))
    return db.session.scalars(statement.order_by(StaffNotice.created_at.desc(), StaffNotice.id.desc()).limit(limit)).all()


def find_notice(user: User, notice_id: str) -> StaffNotice | None:
    """Find one of the person's notices, in the list or not."""
    mine = (StaffNotice.id == notice_id, StaffNotice.user_id == user.id)
    return db.session.scalars(select(StaffNotice).where(*mine)).first() if notice_id.isascii() else None


def mark_read(notice: StaffNotice, *, is_read: bool = True) -> None:
    if (notice.read_at is not None) == is_read:
        return
    notice.read_at = now() if is_read else None
    db.session.flush()
    publish(StaffNoticesChanged(notice.company_id, notice.user_id))


def mark_all_read(user: User) -> None:
    unread = update(StaffNotice).where(StaffNotice.user_id == user.id, StaffNotice.read_at.is_(None))
    db.session.execute(unread.values(read_at=now()).execution_options(synchronize_session=False))
    publish(StaffNoticesChanged(user.company_id or "", user.id))


def _build_conditions(user: User) -> list[ColumnElement[bool]]:
    """What the person may see today, which may be less than when it was stored."""
    kinds = [kind.name for kind in KINDS.values() if can(user, kind.action)]
    conditions = [StaffNotice.user_id == user.id, StaffNotice.in_bell.is_(True), StaffNotice.kind.in_(kinds)]
    if user.branch_ids:
        conditions.append(or_(StaffNotice.branch_id.in_(user.branch_ids), StaffNotice.branch_id.is_(None)))
    return conditions
