"""A handshake is authenticated by its session with one query, and refused as soon as the session or the user's rights are gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, update

from app.core import sessions
from app.core.clock import now
from app.core.transactions import transaction
from app.domain.accounts import users
from app.models import User, WebSession
from app.realtime.authentication import find_request_subscriber
from app.realtime.connections import SocketUser
from tests.support.live import make_live_company
from tests.support.sockets import make_user, sign_in


def connect(app: Flask, cookie: str | None) -> SocketUser | None:
    headers = {"Cookie": f"{app.session_interface.cookie_name}={cookie}"} if cookie else {}  # type: ignore[attr-defined]
    with app.test_request_context("/socket.io/", headers=headers):
        return find_request_subscriber()


@contextmanager
def statements(db: SQLAlchemy) -> Iterator[list[str]]:
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_signed_in_user_is_found_with_one_query(app: Flask, db: SQLAlchemy) -> None:
    salon = make_live_company()
    user = make_user(salon, "frontdesk@salon.example", branches=tuple(salon.branch_ids), role="front_desk")
    cookie, user_id = sign_in(user), user.id
    db.session.remove()
    with statements(db) as heard:
        subscriber = connect(app, cookie)
    assert subscriber is not None
    assert (subscriber.user_id, subscriber.company_id, subscriber.role) == (user_id, salon.company_id, "front_desk")
    assert (subscriber.session, subscriber.branch_ids) == (sessions.hash_of(cookie), tuple(sorted(salon.branch_ids)))
    assert len([line for line in heard if line.lstrip().upper().startswith("SELECT")]) == 1


def test_handshake_does_not_extend_the_session(app: Flask, db: SQLAlchemy) -> None:
    cookie = sign_in(make_user(make_live_company(), "owner@salon.example"))
    seen_at = now() - sessions.TOUCH_INTERVAL * 3
    with transaction():
        db.session.execute(update(WebSession).values(seen_at=seen_at))
    assert connect(app, cookie) is not None
    assert db.session.scalar(db.select(WebSession.seen_at)) == seen_at


@pytest.mark.parametrize("cookie", [None, "", "x" * 43, "\x80\xff"])
def test_unknown_session_is_refused(app: Flask, db: SQLAlchemy, cookie: str | None) -> None:
    sign_in(make_user(make_live_company(), "owner@salon.example"))
    assert connect(app, cookie) is None


def test_user_without_access_is_refused(app: Flask, db: SQLAlchemy) -> None:
    user = make_user(make_live_company(), "owner@salon.example")
    cookie, user_id = sign_in(user), user.id
    for values in ({"is_active": False}, {"must_change_password": True}, {"role": "support"}, {"session_epoch": User.session_epoch + 1}):
        before = db.session.get_one(User, user_id)
        kept = {name: getattr(before, name) for name in values}
        with transaction():
            db.session.execute(update(User).where(User.id == user_id).values(**values))
        assert connect(app, cookie) is None, values
        with transaction():
            db.session.execute(update(User).where(User.id == user_id).values(**kept))
        assert connect(app, cookie) is not None


def test_session_that_ended_or_ran_out_is_refused(app: Flask, db: SQLAlchemy) -> None:
    user = make_user(make_live_company(), "owner@salon.example")
    cookie, other = sign_in(user), sign_in(user)
    for column, age in ((WebSession.seen_at, sessions.IDLE_TIMEOUT), (WebSession.created_at, sessions.ABSOLUTE_TIMEOUT)):
        with transaction():
            db.session.execute(update(WebSession).where(WebSession.id_hash == sessions.hash_of(cookie)).values({column: now() - age}))
        assert connect(app, cookie) is None
        assert connect(app, other) is not None
        with transaction():
            db.session.execute(update(WebSession).values({column: now()}))
    with transaction():
        users.revoke_sessions(db.session.get_one(User, user.id))
    assert connect(app, other) is None
