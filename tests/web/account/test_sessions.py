"""Where one is signed in: what the list says, and how a session there ends with its sockets."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.event_bus import _listeners, subscribe
from app.core.ids import new_ulid
from app.core.sessions import PUSH_DEVICE, hash_of
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.events import SessionsRevoked
from app.models import AuditEntry, Company, PushSubscription, User, WebSession
from tests.factories.staff_notices import PushSubscriptionFactory
from tests.support.users import PASSWORD, csrf_token, make_company, make_user, sign_in, signed_in, token_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company()


@pytest.fixture
def owner(company: Company) -> User:
    return make_user(company)


@pytest.fixture
def ended() -> Iterator[list[SessionsRevoked]]:
    heard: list[SessionsRevoked] = []
    subscribe(SessionsRevoked, when="after_commit")(heard.extend)
    yield heard
    _listeners["after_commit"].pop()


def come_in(app: Flask, user: User, browser: str) -> FlaskClient:
    client = app.test_client()
    page = client.post(
        "/login", data={"email": user.email, "password": PASSWORD, "csrf_token": csrf_token(client)}, headers={"User-Agent": browser}
    )
    assert page.status_code == 302
    return client


def session_id(client: FlaskClient) -> str:
    cookie = client.get_cookie("askproai")
    assert cookie is not None
    return hash_of(cookie.value)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_list_names_each_browser_and_this_one_first(app: Flask, owner: User) -> None:
    come_in(app, owner, IPHONE)
    page = come_in(app, owner, FIREFOX).get("/account/sessions").text
    assert page.index("Firefox, Windows") < page.index("Safari, iPhone")
    assert page.count("dieses Gerät") == 1


def test_ended_session_is_dead_at_once_with_its_sockets_and_no_other(app: Flask, owner: User, db: SQLAlchemy, ended: list) -> None:
    here, lost = signed_in(app, owner), signed_in(app, owner)
    name = session_id(lost)
    ended.clear()
    answer = here.post(f"/account/sessions/{name}/end", data={"csrf_token": token_of(here)})
    assert (answer.status_code, answer.location) == (302, "/account/sessions")
    assert not is_in(lost)
    assert is_in(here)
    assert ended == [SessionsRevoked(owner.id, name)]
    assert "sessions_ended" in set(db.session.scalars(select(AuditEntry.action)))


def test_all_others_end_and_this_one_stays(app: Flask, owner: User, ended: list) -> None:
    here, others = signed_in(app, owner), [signed_in(app, owner) for _browser in range(2)]
    names = {session_id(client) for client in others}
    here.post("/account/sessions/end-others", data={"csrf_token": token_of(here)})
    assert [is_in(client) for client in (here, *others)] == [True, False, False]
    assert {event.session for event in ended} == names


def test_session_of_somebody_else_cannot_be_ended(app: Flask, owner: User, company: Company) -> None:
    here = signed_in(app, owner)
    colleague = signed_in(app, make_user(company, "manager"))
    neighbour = signed_in(app, make_user(make_company("werkstatt-kruse")))
    for name in (session_id(colleague), session_id(neighbour), new_ulid(), "f" * 64):
        assert here.post(f"/account/sessions/{name}/end", data={"csrf_token": token_of(here)}).status_code == 404
    assert is_in(colleague)
    assert is_in(neighbour)


def test_own_session_ended_leads_to_the_sign_in_page(app: Flask, owner: User) -> None:
    here = signed_in(app, owner)
    answer = here.post(f"/account/sessions/{session_id(here)}/end", data={"csrf_token": token_of(here)})
    assert answer.location.startswith("/login")
    assert not is_in(here)


def test_push_of_an_ended_session_ends_with_it(app: Flask, owner: User, db: SQLAlchemy) -> None:
    lost = app.test_client()
    sign_in(lost, owner)
    with company_scope(owner.company_id), transaction():
        device = PushSubscriptionFactory(user_id=owner.id)
        device_id = device.id
    with transaction():
        row = db.session.get_one(WebSession, session_id(lost))
        row.data = json.dumps(json.loads(row.data) | {PUSH_DEVICE: device_id})
    here = signed_in(app, owner)
    here.post(f"/account/sessions/{session_id(lost)}/end", data={"csrf_token": token_of(here)})
    with unscoped():
        assert db.session.scalars(select(PushSubscription)).all() == []
