"""Authenticates sockets by their session, and authorizes them again while they stay open."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask import current_app, request
from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import joinedload

from app.core.calendar_scope import NO_CALENDAR
from app.core.clock import now
from app.core.database import read_only
from app.core.encryption import DecryptionError
from app.core.extensions import db
from app.core.line_check_listener_token import HEADER, read_token
from app.core.sessions import EPOCH, SESSIONS, active_condition, find_active_sessions, hash_of
from app.core.tenancy import company_scope, unscoped
from app.domain.accounts.access import find_calendar_limit
from app.domain.accounts.permissions import can
from app.models.company import Company
from app.models.line_check import LineCheck
from app.models.staff_member import StaffMember
from app.models.user import User, UserBranch
from app.realtime.connections import SocketUser

BATCH_SIZE = 500
IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
USERS = (
    select(
        User.id, User.is_active, User.session_epoch, User.role, User.company_id, Company.is_active.label("company_is_active"),
        Company.staff_see_all_bookings,
    )
    .outerjoin(Company, Company.id == User.company_id)
    .where(User.id.in_(IDS))
)  # fmt: skip
WITH_SESSION = select(User, SESSIONS.c.data).join(SESSIONS, SESSIONS.c.user_id == User.id).options(joinedload(User.branches))
RUNNING_CHECKS = select(LineCheck.id).where(LineCheck.id.in_(IDS), LineCheck.result == "running")
CALENDARS = (
    select(StaffMember.user_id, StaffMember.id)
    .join(User, and_(User.id == StaffMember.user_id, User.company_id == StaffMember.company_id))
    .where(StaffMember.user_id.in_(IDS), StaffMember.is_active)
    .order_by(StaffMember.id.desc())
)
BRANCHES = select(UserBranch.user_id, UserBranch.branch_id).where(UserBranch.user_id.in_(IDS))


def find_request_subscriber() -> SocketUser | None:
    """Find the signed-in user behind the request's cookie or the line check behind its ticket; None where neither may listen."""
    if ticket := request.headers.get(HEADER):
        return _find_line_check_subscriber(read_token(ticket))
    cookie = request.cookies.get(current_app.session_interface.cookie_name)  # type: ignore[attr-defined]
    return _find_session_subscriber(hash_of(cookie)) if cookie else None


def _find_session_subscriber(session_id: str) -> SocketUser | None:
    """One query per handshake: hundreds of dashboards reconnect at once. It does not extend the session."""
    by_session = WITH_SESSION.where(SESSIONS.c.id_hash == session_id, *active_condition(now()))
    with read_only():
        try:
            user, data = db.session.execute(by_session).unique().one_or_none() or (None, None)
        except DecryptionError:
            return None
        if user is None or json.loads(data).get(EPOCH) != user.session_epoch:
            return None
        if not can(user, "calls.read") or user.must_change_password or not user.company_id:
            return None
        return SocketUser(
            user_id=user.id,
            session=session_id,
            epoch=user.session_epoch,
            role=user.role,
            company_id=user.company_id,
            branch_ids=tuple(sorted(user.branch_ids)),
            calendar=_find_calendar(user),
        )


def _find_calendar(user: User) -> str | None:
    with company_scope(user.company_id or ""):
        return find_calendar_limit(user)


def _find_line_check_subscriber(check_id: str | None) -> SocketUser | None:
    with read_only(), unscoped():
        company_id = db.session.scalar(RUNNING_CHECKS.with_only_columns(LineCheck.company_id), {"ids": [check_id]}) if check_id else None
        db.session.rollback()
    if check_id is None or company_id is None:
        return None
    return SocketUser(user_id="", session="", epoch=0, role="", company_id=company_id, check_id=check_id)


def filter_authorized(subscribers: Iterable[SocketUser]) -> set[SocketUser]:
    """Keep the subscribers whose session is alive and whose rights are unchanged; three queries per BATCH_SIZE."""
    authorized: set[SocketUser] = set()
    distinct = list(set(subscribers))
    with read_only():
        for first in range(0, len(distinct), BATCH_SIZE):
            authorized.update(_filter_batch(distinct[first : first + BATCH_SIZE]))
    return authorized


def _filter_batch(subscribers: list[SocketUser]) -> Iterator[SocketUser]:
    checks = [subscriber for subscriber in subscribers if subscriber.check_id]
    if checks:
        with unscoped():
            running = set(db.session.scalars(RUNNING_CHECKS, {"ids": [subscriber.check_id for subscriber in checks]}))
        yield from (subscriber for subscriber in checks if subscriber.check_id in running)
    user_ids = sorted({subscriber.user_id for subscriber in subscribers})
    users = {row.id: row for row in db.session.execute(USERS, {"ids": user_ids})}
    branches: dict[str, list[str]] = {}
    for row in db.session.execute(BRANCHES, {"ids": user_ids}):
        branches.setdefault(row.user_id, []).append(row.branch_id)
    calendars = _load_calendars([user for user in users.values() if user.role == "staff" and not user.staff_see_all_bookings])
    db.session.rollback()
    alive = find_active_sessions({subscriber.session for subscriber in subscribers})
    for subscriber in subscribers:
        if subscriber.check_id:
            continue
        user = users.get(subscriber.user_id)
        if user is None or subscriber.session not in alive or not user.is_active or user.company_is_active is False:
            continue
        seen = (tuple(sorted(branches.get(subscriber.user_id, []))), calendars.get(subscriber.user_id))
        current = (user.session_epoch, user.role, user.company_id, *seen)
        if current == (subscriber.epoch, subscriber.role, subscriber.company_id, subscriber.branch_ids, subscriber.calendar):
            yield subscriber


def _load_calendars(users: list[Any]) -> dict[str, str]:
    """The calendars beyond which these users see nothing."""
    if not users:
        return {}
    with unscoped():
        linked = dict(db.session.execute(CALENDARS, {"ids": [user.id for user in users]}).all())
    return {user.id: linked.get(user.id, NO_CALENDAR) for user in users}
