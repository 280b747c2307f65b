"""Who a socket belongs to: found in the session when it comes, and looked at again while it stays."""

from collections.abc import Iterable, Iterator

from flask import request, session
from flask_login import current_user
from sqlalchemy import BindParameter, bindparam, select

from app.core.database import read_only
from app.core.extensions import db
from app.core.line_check_token import HEADER, read_token
from app.core.sessions import find_active_sessions
from app.core.tenancy import unscoped
from app.domain.accounts.permissions import can
from app.models.company import Company
from app.models.line_check import LineCheck
from app.models.user import User, UserBranch
from app.realtime.connections import Visitor

AT_ONCE = 500
IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
USERS = (
    select(User.id, User.is_active, User.session_epoch, User.role, User.company_id, Company.is_active.label("company_is_active"))
    .outerjoin(Company, Company.id == User.company_id)
    .where(User.id.in_(IDS))
)
RUNNING_CHECKS = select(LineCheck.id).where(LineCheck.id.in_(IDS), LineCheck.result == "running")
BRANCHES = select(UserBranch.user_id, UserBranch.branch_id).where(UserBranch.user_id.in_(IDS))


def visitor_of_request() -> Visitor | None:
    """The signed-in user behind the request's cookie or the line check behind its ticket, or None for who may hear nothing."""
    if ticket := request.headers.get(HEADER):
        return _checker(read_token(ticket))
    # a socket that opens again by itself keeps nobody signed in
    session.is_activity = False  # type: ignore[attr-defined]
    with read_only():
        if not can(current_user, "calls.read") or current_user.must_change_password:
            return None
        name = session.id_hash  # type: ignore[attr-defined]
        company_id = current_user.company_id
        if not name or not company_id:
            return None
        return Visitor(
            user_id=current_user.id,
            session=name,
            epoch=current_user.session_epoch,
            role=current_user.role,
            company_id=company_id,
            branch_ids=tuple(sorted(current_user.branch_ids)),
        )


def _checker(check_id: str | None) -> Visitor | None:
    with read_only(), unscoped():
        company_id = db.session.scalar(RUNNING_CHECKS.with_only_columns(LineCheck.company_id), {"ids": [check_id]}) if check_id else None
        db.session.rollback()
    if check_id is None or company_id is None:
        return None
    return Visitor(user_id="", session="", epoch=0, role="", company_id=company_id, check_id=check_id)


def still_welcome(visitors: Iterable[Visitor]) -> set[Visitor]:
    """Those whose session lives and whose rights are what they were; in three queries for up to five hundred."""
    welcome: set[Visitor] = set()
    asked = list(set(visitors))
    with read_only():
        for first in range(0, len(asked), AT_ONCE):
            welcome.update(_still_welcome(asked[first : first + AT_ONCE]))
    return welcome


def _still_welcome(asked: list[Visitor]) -> Iterator[Visitor]:
    checks = [visitor for visitor in asked if visitor.check_id]
    if checks:
        with unscoped():
            running = set(db.session.scalars(RUNNING_CHECKS, {"ids": [visitor.check_id for visitor in checks]}))
        yield from (visitor for visitor in checks if visitor.check_id in running)
    user_ids = sorted({visitor.user_id for visitor in asked})
    users = {row.id: row for row in db.session.execute(USERS, {"ids": user_ids})}
    branches: dict[str, list[str]] = {}
    for row in db.session.execute(BRANCHES, {"ids": user_ids}):
        branches.setdefault(row.user_id, []).append(row.branch_id)
    db.session.rollback()
    alive = find_active_sessions({visitor.session for visitor in asked})
    for visitor in asked:
        if visitor.check_id:
            continue
        user = users.get(visitor.user_id)
        if user is None or visitor.session not in alive or not user.is_active or user.company_is_active is False:
            continue
        now_is = (user.session_epoch, user.role, user.company_id, tuple(sorted(branches.get(visitor.user_id, []))))
        if now_is == (visitor.epoch, visitor.role, visitor.company_id, visitor.branch_ids):
            yield visitor
