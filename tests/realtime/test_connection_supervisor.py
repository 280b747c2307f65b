"""The sockets of one process: who must go goes, who takes no connection is closed, what was lost on the way is noticed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import delete

from app.core.transactions import transaction
from app.models import User, WebSession
from app.realtime.authentication import filter_authorized
from app.realtime.connection_supervisor import Hub
from app.realtime.connections import ConnectionRegistry, SocketUser
from tests.support.live import build_turn, make_call, make_live_company, publish_events
from tests.support.sockets import Dashboard, SocketServer, make_user, sign_in
from tests.support.waiting import wait_until

on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def make_subscriber(user: User, session: str, **changes: Any) -> SocketUser:
    values = {"epoch": user.session_epoch, "role": user.role, "company_id": user.company_id or "", "branch_ids": ()}
    return SocketUser(user.id, session, **(values | changes))


def test_whose_session_or_rights_ended_is_not_welcome_any_more(db: SQLAlchemy) -> None:
    salon = make_live_company()
    users = [make_user(salon, f"{number}@salon-lindgren.example") for number in range(6)]
    subscribers = []
    for user in users:
        sign_in(user)
        session = db.session.query(WebSession.id_hash).filter_by(user_id=user.id).scalar()
        subscribers.append(make_subscriber(user, session))
    assert filter_authorized(subscribers) == set(subscribers)

    with transaction():
        db.session.execute(delete(WebSession).where(WebSession.user_id == users[0].id))
        for user, change in ((1, {"is_active": False}), (2, {"session_epoch": 1}), (3, {"role": "staff"}), (4, {"company_id": None})):
            for name, value in change.items():
                setattr(db.session.get_one(User, users[user].id), name, value)
    assert filter_authorized(subscribers) == {subscribers[5]}
    assert filter_authorized([make_subscriber(users[5], subscribers[5].session, branch_ids=salon.branch_ids[:1])]) == set()
    assert filter_authorized([]) == set()


def test_seats_are_limited_and_free_again() -> None:
    connections, subscriber = ConnectionRegistry(2), SocketUser("user", "session", 0, "owner", "company")
    assert [connections.add(sid, subscriber) is not None for sid in ("a", "b", "c")] == [True, True, False]
    connections.remove("a")
    assert connections.add("c", subscriber)
    assert {connection.sid for connection in connections.list_for_user("user")} == {"b", "c"}
    assert connections.list_for_user("user", "another session") == connections.list_for_user("another user") == []


@on_one_database
def test_a_lost_word_about_the_end_of_a_session_is_made_up_for(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(make_live_company(), "owner@salon-lindgren.example")
    hub: Hub = app.extensions["askproai_live"]
    disconnected: list[str] = []
    monkeypatch.setattr(hub, "_disconnect", lambda connection: disconnected.append(connection.sid))
    hub.connections.add("sid", make_subscriber(user, "a session that nobody keeps"))
    hub.recheck_access()
    hub.connections.remove("sid")
    assert disconnected == ["sid"]


@on_one_database
def test_who_takes_no_seat_is_closed(
    db: SQLAlchemy, start_sockets: Callable[..., SocketServer], open_dashboard: Callable[..., Dashboard]
) -> None:
    server = start_sockets(LIVE_SOCKETS="1")
    cookie = sign_in(make_user(make_live_company(), "owner@salon-lindgren.example"))
    seated, standing = open_dashboard(server, cookie), open_dashboard(server, cookie, greets=False)
    wait_until(lambda: not standing.connected)
    assert seated.connected


@on_one_database
def test_an_event_that_was_never_pushed_is_noticed(
    db: SQLAlchemy,
    start_sockets: Callable[..., SocketServer],
    open_dashboard: Callable[..., Dashboard],
    make_app: Callable[..., Flask],
) -> None:
    salon = make_live_company()
    dashboard = open_dashboard(start_sockets(), sign_in(make_user(salon, "owner@salon-lindgren.example")))
    assert dashboard.wait_for("welcome")["seq"] == 0
    call = make_call(salon)
    with make_app(redis_url="redis://127.0.0.1:9/0").app_context():
        publish_events(build_turn(call, 0, "niemand hört es"))
    wait_until(lambda: dashboard.all("welcome")[-1]["seq"] == 1)
    assert dashboard.ask("catch_up", {"since": 0})["events"][0]["data"]["text"] == "niemand hört es"
